#pragma once
#include <fluoro/core/geometry.hpp>
#include <fluoro/physics/mixture.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fluoro {

enum class ToolKind { wire, catheter, guide, sheath, balloon, stent, needle, bone_needle, bone_balloon, paddle };
inline constexpr std::initializer_list<ToolKind> all_tool_kinds = {
    ToolKind::wire,  ToolKind::catheter, ToolKind::guide,       ToolKind::sheath,       ToolKind::balloon,
    ToolKind::stent, ToolKind::needle,   ToolKind::bone_needle, ToolKind::bone_balloon, ToolKind::paddle};
/// "wire", "catheter", ..., "bone-needle", "bone-balloon", "paddle".
std::string_view name_of(ToolKind kind);

/// One stretch of a tool, the same all along.
struct ToolSection {
    double length_mm = 0;
    double outer_mm = 0, inner_mm = 0; ///< diameters; inner 0 = solid
    double bending_n_mm2 = 0;          ///< E I
    double torsion_n_mm2 = 0;          ///< G J
    double friction = 0.1;             ///< Coulomb's coefficient on a wet vessel wall
    /// Shape when nothing holds it: an arc of this radius, or straight (0). It curves toward the hub's mark, turned
    /// about the tool's axis by `plane_rad`.
    double arc_radius_mm = 0, plane_rad = 0;
    Mixture content; ///< what the picture sees between the inner and the outer diameter
};

/// A band or coil that stands out in the picture.
struct ToolMarker {
    double to_tip_mm = 0; ///< of its end nearest the tip
    double length_mm = 1;
    double outer_mm = 0, inner_mm = 0; ///< diameters
    Mixture content;                   ///< of a coil: thinned by its gaps
};

/// How a balloon answers pressure: D = nominal (1 + growth (P - nominal pressure)). Atmospheres above the air's.
struct BalloonForm {
    double nominal_mm = 0, length_mm = 0;
    double nominal_atm = 8, rated_atm = 14;
    double growth_per_atm = 0.008; ///< 0.007-0.01 semi-compliant, 0.003 non-compliant
    double folded_mm = 0;          ///< diameter of the folded balloon
    double to_tip_mm = 3;          ///< from the balloon's far shoulder to the tool's tip
    double most_ml = 0;            ///< that a balloon for bone may hold; 0 = not said
};

/// A balloon-expandable stent, crimped on its balloon.
struct StentForm {
    double length_mm = 0, nominal_mm = 0;
    double most_mm = 0; ///< diameter beyond which its struts tear
    double strut_mm = 0.08;
    int crowns = 8;       ///< peaks of one ring
    double ring_mm = 1.2; ///< length of one ring
    double holds_n = 1;   ///< force that pulls it off its balloon while it is crimped
    double recoil = 0.04; ///< share of the diameter that is lost when the balloon lets go
    Mixture content;
};

/// A tool of the library: everything that a hand, the mechanics and the picture need.
struct Tool {
    std::string name;  ///< "jl4-5f"
    std::string title; ///< "Judkins left 4, 5 F"
    ToolKind kind = ToolKind::wire;
    std::vector<ToolSection> sections; ///< from the hub to the tip
    std::vector<ToolMarker> markers;
    std::optional<BalloonForm> balloon;
    std::optional<StentForm> stent;
    std::string source; ///< where its figures come from

    double length_mm() const;
    /// The section at a distance from the tip; the first or the last one where that lies beyond the tool.
    ToolSection const& section_at(double to_tip_mm) const;
    /// Widest outside, a folded balloon included; narrowest inside: what must fit into what [mm].
    double widest_mm() const;
    double narrowest_inner_mm() const;
};

/// The unloaded tool in space: hub at the origin, its axis along +z there, curving toward +x where `plane_rad` is 0;
/// points no further apart than `step_mm`.
std::vector<Vec3> free_shape(Tool const& tool, double step_mm = 1);

} // namespace fluoro
