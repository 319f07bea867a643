#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/instruments/cement.hpp>
#include <optional>

namespace fluoro {
namespace {

// TotalSegmentator's numbers, and our own from 1000 up.
constexpr int sacrum_label = 25, uppermost_label = 50, cord_label = 79, disc_label = 1020, fluid_label = 1111;
constexpr std::array<std::string_view, 24> levels = {"L5", "L4", "L3", "L2", "L1", "T12", "T11", "T10",
                                                     "T9", "T8", "T7", "T6", "T5", "T4",  "T3",  "T2",
                                                     "T1", "C7", "C6", "C5", "C4", "C3",  "C2",  "C1"};
constexpr int first_level_label = 27;

/// How far around the vertebra cement is followed [mm].
constexpr double margin_mm = 22;
/// Denser than this inside a vertebra: compact bone, no pores. Below the other there is gas: a cleft. A shell that is
/// less dense than spongy bone has a hole.
constexpr int compact_hu = 800, gas_hu = -250, hole_hu = 60;
/// The canal about the line through its landmarks, the foramina beside it [mm].
constexpr double canal_radius_mm = 10, foramen_radius_mm = 20;
/// Radii of the basivertebral vein and of the segmental veins where they leave the body; how far out these are followed
/// [mm]. Typical.
constexpr double basivertebral_mm = 0.8, segmental_mm = 0.6, followed_mm = 12;

/// The CT's voxels around one vertebra.
class Around {
public:
    Around(Patient const& patient, int label)
        : patient_{patient}, label_{label}, to_index_{patient.ct.grid.index_from_patient()}
    {
    }
    int label_at(Vec3 const& p) const
    {
        auto const n = voxel_at(p);
        return n ? patient_.labels[*n] : 0;
    }
    int hu_at(Vec3 const& p) const
    {
        auto const n = voxel_at(p);
        return n ? patient_.ct.hu[*n] : -1000;
    }
    bool is_vertebra(Vec3 const& p) const { return label_at(p) == label_; }

private:
    Patient const& patient_;
    int label_;
    Mat4 to_index_;

    std::optional<std::size_t> voxel_at(Vec3 const& p) const
    {
        glm::ivec3 const i{glm::round(map_point(to_index_, p))}, size = patient_.ct.grid.size;
        if (glm::any(glm::lessThan(i, glm::ivec3{0})) || glm::any(glm::greaterThanEqual(i, size))) return {};
        return (std::size_t(i.z) * std::size_t(size.y) + std::size_t(i.y)) * std::size_t(size.x) + std::size_t(i.x);
    }
};

/// Box of a label's voxels in patient space [mm].
struct Box {
    Vec3 low{1e9}, high{-1e9};
};
Box box_of(Patient const& patient, int label)
{
    Box box;
    Grid const& grid = patient.ct.grid;
    Mat4 const to_patient = grid.patient_from_index();
    std::size_t n = 0;
    for (int k = 0; k < grid.size.z; ++k)
        for (int j = 0; j < grid.size.y; ++j)
            for (int i = 0; i < grid.size.x; ++i, ++n)
                if (patient.labels[n] == label) {
                    Vec3 const p = map_point(to_patient, {i, j, k});
                    box.low = glm::min(box.low, p);
                    box.high = glm::max(box.high, p);
                }
    return box;
}

/// A vein of this radius along a straight way; its end leads on to the lungs where `goes_on`.
void lay_vein(BoneSpace& space, Vec3 const& from, Vec3 const& to, double radius_mm, bool goes_on)
{
    auto const index_of = [&](Vec3 const& p) -> std::optional<std::size_t> {
        glm::ivec3 const i{glm::round((p - space.grid.origin_mm) / space.grid.spacing_mm)}, size = space.grid.size;
        if (glm::any(glm::lessThan(i, glm::ivec3{0})) || glm::any(glm::greaterThanEqual(i, size))) return {};
        return (std::size_t(i.z) * std::size_t(size.y) + std::size_t(i.y)) * std::size_t(size.x) + std::size_t(i.x);
    };
    int const steps = int(std::ceil(4 * glm::length(to - from) / space.grid.spacing_mm));
    for (int n = 0; n <= steps; ++n)
        if (auto const at = index_of(from + (to - from) * (double(n) / steps))) {
            space.place[*at] = n == steps && goes_on ? CementPlace::lungs : CementPlace::vein;
            space.vein_mm[*at] = float(radius_mm);
        }
}

} // namespace

BoneSpace bone_space(Patient const& patient, std::string_view level, double spacing_mm)
{
    auto const known = std::ranges::find(levels, level);
    std::string const name{level};
    if (known == levels.end())
        throw Error{"'" + name + "' is no vertebra that takes cement; write C1 to C7, T1 to T12 or L1 to L5"};
    int const label = first_level_label + int(known - levels.begin());
    Box const box = patient.labels.empty() ? Box{} : box_of(patient, label);
    auto const middle = patient.lumens.landmarks.find(name), canal = patient.lumens.landmarks.find("canal-" + name);
    if (box.low.x > box.high.x || middle == patient.lumens.landmarks.end() || canal == patient.lumens.landmarks.end())
        throw Error{"the patient has no vertebra " + name +
                    " with labels and landmarks: take a built-in patient whose region holds it, or fit the CT first"};

    BoneSpace space;
    space.grid = {box.low - margin_mm, spacing_mm,
                  glm::ivec3{glm::ceil((box.high - box.low + 2 * margin_mm) / spacing_mm)}};
    auto const voxels =
        std::size_t(space.grid.size.x) * std::size_t(space.grid.size.y) * std::size_t(space.grid.size.z);
    space.place.resize(voxels);
    space.vein_mm.assign(voxels, 0);
    Around const around{patient, label};
    double const ct_mm = patient.ct.grid.spacing_mm.x;
    auto const place_of = [&](Vec3 const& p) {
        int const here = around.label_at(p), hu = around.hu_at(p);
        if (here == label) {
            if (hu < gas_hu) return CementPlace::cleft;
            // All 26 neighbours: cement must not slip through a corner.
            double densest = hu;
            bool is_shell = false;
            for (int corner = 0; corner < 27; ++corner) {
                Vec3 const beside = p + ct_mm * Vec3{corner % 3 - 1, corner / 3 % 3 - 1, corner / 9 - 1};
                is_shell = is_shell || !around.is_vertebra(beside);
                densest = std::max(densest, double(around.hu_at(beside)));
            }
            return hu > compact_hu || (is_shell && densest > hole_hu) ? CementPlace::wall : CementPlace::marrow;
        }
        if (here >= sacrum_label && here <= uppermost_label) return CementPlace::wall;
        if (here == cord_label || here == fluid_label) return CementPlace::wall; // the dura
        if (here == disc_label) return CementPlace::disc;
        if (hu > compact_hu) return CementPlace::wall;
        Vec3 const aside = p - canal->second;
        double const across = std::hypot(aside.x, aside.y);
        if (across < canal_radius_mm) return CementPlace::canal;
        if (across < foramen_radius_mm && aside.y < canal_radius_mm) return CementPlace::foramen;
        return CementPlace::beside;
    };
    std::size_t n = 0;
    for (int k = 0; k < space.grid.size.z; ++k)
        for (int j = 0; j < space.grid.size.y; ++j)
            for (int i = 0; i < space.grid.size.x; ++i, ++n) space.place[n] = place_of(space.grid.at({i, j, k}));

    // From the middle of the body backward through its wall, and forward to either side on to the azygos or caval vein.
    Vec3 const centre = middle->second, back = canal->second - centre;
    double const depth = glm::length(back);
    Vec3 const posterior = back / depth;
    lay_vein(space, centre, centre + (depth - 4) * posterior, basivertebral_mm, false);
    for (double const side : {-1.0, 1.0}) {
        Vec3 const outward = glm::normalize(Vec3{side, 0, 0} - 0.6 * posterior);
        double out = 0;
        while (out < 60 && around.is_vertebra(centre + out * outward)) out += 0.5;
        lay_vein(space, centre + 0.5 * out * outward, centre + (out + followed_mm) * outward, segmental_mm, true);
    }
    return space;
}

} // namespace fluoro
