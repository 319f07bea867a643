#pragma once
#include "../lattice.hpp"

#include <fluoro/anatomy/body_plan.hpp>
#include <map>
#include <optional>
#include <string>

// What can be seen in a CT without any model: each finder reads the work volume and what those before it found.
// docs/theory/fitting.md
namespace fluoro {

/// Half of a pair.
struct Sides {
    std::optional<Vec3> right, left;
};

/// The spinal canal from its uppermost visible point down, every millimetre.
struct SpinePath {
    std::vector<Vec3> points_mm;
    std::vector<Vec3> up, front, left; ///< axes at each point
    double quality = 0;                ///< 0 to 1: share of the canal's wall that bone is seen on
    double length_mm() const { return points_mm.empty() ? 0 : double(points_mm.size() - 1); }
};

struct FoundVertebra {
    Vec3 centre_mm{0}; ///< of the body
    Vec3 up{0, 0, 1};
};

struct FoundSpine {
    SpinePath canal;
    std::map<Level, FoundVertebra> vertebrae;
    double confidence = 0;            ///< in the level assignment, 0 to 1
    std::vector<std::string> reasons; ///< what spoke for the assignment, one line each
};

/// Centre line of the thoracic and abdominal aorta, from the root along the flow.
struct FoundAorta {
    std::vector<Vec3> points_mm;
    std::vector<double> radii_mm;
    double mean_hu = 0;
    std::size_t ascending_end = 0, arch_end = 0; ///< points [0, ascending_end) go up, [arch_end, ...) down
};

struct Findings {
    WorkVolume work;
    Mask body;                ///< inside the skin, holes filled
    bool has_outline = false; ///< air all around the body in most slices
    Mask bone;                ///< HU of bone, contrast included
    Mask lungs;               ///< 1 right, 2 left, 3 airway
    FoundSpine spine;
    std::map<std::string, Vec3> lung_places; ///< of places.hpp
    Sides lung_apex, dome, costophrenic, hip, iliac_crest;
    std::optional<Vec3> carina;
    std::vector<Vec3> trachea_mm; ///< from above
    std::optional<Box> heart_box;
    std::optional<FoundAorta> aorta;
    std::optional<Vec3> jugular_notch;
    std::vector<std::string> not_found; ///< one line each, with the reason
};

/// The middle of the body's outline in a slice; nothing where there is no body.
std::optional<Vec3> body_middle(Findings const& found, int slice);

void find_body(Findings& found);
void find_lungs(Findings& found);
void find_airway(Findings& found);
SpinePath find_canal(Findings const& found);
void find_hips(Findings& found);
/// Discs along the canal and the vertebrae between them, named by the best agreement of all that was found.
void find_vertebrae(Findings& found, BodyPlan const& plan);
void find_sternum_and_heart(Findings& found);
void find_aorta(Findings& found, BodyPlan const& plan);

/// What a label map of TotalSegmentator's ids says, in place of what was found: vertebrae, hips, lungs, aorta.
void find_from_labels(Findings& found, std::vector<std::uint16_t> const& labels);

/// All of the above in their order. `plan`: of an average adult, for what sizes to expect.
Findings find(Volume const& ct, BodyPlan const& plan);

} // namespace fluoro
