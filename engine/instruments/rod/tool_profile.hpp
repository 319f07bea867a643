#pragma once
#include <array>
#include <fluoro/instruments/tool.hpp>
#include <vector>

namespace fluoro {

/// A stretch of a tool between two distances from its tip, as the rod wants it.
struct ProfileStretch {
    double bending_n_mm2 = 0, torsion_n_mm2 = 0; ///< that bends and twists as the stretch does as a whole
    Vec2 rest_per_mm{0};                         ///< mean rest curvature in the axes of the tool
};

/// A tool's sections counted from its tip, summed up so that any stretch's mean is found at once: what a rod gets does
/// not depend on where its segments lie.
class ToolProfile {
public:
    explicit ToolProfile(Tool const& tool);
    double length_mm() const { return length_mm_; }
    double widest_mm() const { return widest_mm_; }
    double narrowest_inner_mm() const { return narrowest_inner_mm_; }
    /// From `near_mm` to `far_mm` (> near) from the tip; beyond the hub as the section there.
    ProfileStretch stretch(double near_mm, double far_mm) const;
    double outer_mm(double to_tip_mm) const { return at(to_tip_mm).outer_mm; }
    double friction(double to_tip_mm) const { return at(to_tip_mm).friction; }

private:
    struct Piece {
        double from_mm, bends, twists; ///< distance from the tip; 1 / E I, 1 / G J
        Vec2 rest_per_mm;
        double outer_mm, friction;
        double bends_before, twists_before; ///< summed from the tip to here
        Vec2 rest_before;
    };
    struct Sums {
        double bends, twists;
        Vec2 rest;
    };
    Piece const& at(double to_tip_mm) const;
    Sums sums(double to_tip_mm) const;

    std::vector<Piece> pieces_;
    double length_mm_ = 0, widest_mm_ = 0, narrowest_inner_mm_ = 0;
};

} // namespace fluoro
