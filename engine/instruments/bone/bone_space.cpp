#include "shell_holes.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/instruments/cement.hpp>
#include <fluoro/instruments/spine_places.hpp>
#include <optional>

namespace fluoro {
namespace {

// TotalSegmentator's numbers, and our own from 1000 up.
constexpr int sacrum_label = 25, uppermost_label = 50, cord_label = 79, disc_label = 1020, fluid_label = 1111;

/// How far around the vertebra cement is followed [mm].
constexpr double margin_mm = 22;
/// Denser than this inside a vertebra: compact bone, no pores. Below the other there is gas: a cleft.
constexpr int compact_hu = 800, gas_hu = -250;
/// So much of the canal outside the dura yields to cement [mm]: the epidural space, thinner than a CT's voxel.
constexpr double epidural_mm = 1.5;
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
    std::optional<std::size_t> voxel_at(Vec3 const& p) const
    {
        glm::ivec3 const i{glm::round(map_point(to_index_, p))};
        return is_in(i) ? std::optional{index_of(i)} : std::nullopt;
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
    /// Between the voxels.
    double smooth_hu_at(Vec3 const& p) const
    {
        Vec3 const at = map_point(to_index_, p), low = glm::floor(at), t = at - low;
        double sum = 0;
        for (int corner = 0; corner < 8; ++corner) {
            glm::ivec3 const way{corner & 1, corner >> 1 & 1, corner >> 2}, i = glm::ivec3{low} + way;
            double const weight = (way.x ? t.x : 1 - t.x) * (way.y ? t.y : 1 - t.y) * (way.z ? t.z : 1 - t.z);
            sum += weight * (is_in(i) ? double(patient_.ct.hu[index_of(i)]) : -1000.0);
        }
        return sum;
    }
    bool is_vertebra(Vec3 const& p) const { return label_at(p) == label_; }

private:
    Patient const& patient_;
    int label_;
    Mat4 to_index_;

    bool is_in(glm::ivec3 const& i) const
    {
        return !glm::any(glm::lessThan(i, glm::ivec3{0})) && !glm::any(glm::greaterThanEqual(i, patient_.ct.grid.size));
    }
    std::size_t index_of(glm::ivec3 const& i) const
    {
        glm::ivec3 const size = patient_.ct.grid.size;
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
    int const steps = int(std::ceil(4 * glm::length(to - from) / space.grid.spacing_mm));
    for (int n = 0; n <= steps; ++n) {
        Vec3 const p = from + (to - from) * (double(n) / steps);
        glm::ivec3 const i{glm::round((p - space.grid.origin_mm) / space.grid.spacing_mm)}, size = space.grid.size;
        if (glm::any(glm::lessThan(i, glm::ivec3{0})) || glm::any(glm::greaterThanEqual(i, size))) continue;
        auto const at = std::uint32_t((i.z * size.y + i.y) * size.x + i.x);
        space.place[at] = n == steps && goes_on ? CementPlace::lungs : CementPlace::vein;
        space.vein_mm[at] = float(radius_mm);
        auto const known = std::ranges::find(space.vein_lines, at, &std::pair<std::uint32_t, glm::vec3>::first);
        Vec3 const middle = space.grid.at(i);
        // The point of the line that is nearest to the voxel's middle.
        if (known == space.vein_lines.end())
            space.vein_lines.emplace_back(at, glm::vec3{p});
        else if (glm::length(p - middle) < glm::length(Vec3{known->second} - middle))
            known->second = glm::vec3{p};
    }
}

} // namespace

BoneSpace bone_space(Patient const& patient, std::string_view level, double spacing_mm)
{
    std::string const name{level};
    int const label = vertebra_label(level);
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
    space.hu.resize(voxels);
    space.is_own.resize(voxels);
    Around const around{patient, label};
    SpinePlaces const places{patient};
    double const ct_mm = patient.ct.grid.spacing_mm.x;
    auto const holes = shell_holes(patient, label);
    // All 26 neighbours: cement must not slip through a corner.
    auto const is_shell = [&](Vec3 const& p) {
        for (int corner = 0; corner < 27; ++corner)
            if (!around.is_vertebra(p + ct_mm * Vec3{corner % 3 - 1, corner / 3 % 3 - 1, corner / 9 - 1})) return true;
        return false;
    };
    auto const is_hole = [&](Vec3 const& p) {
        auto const at = around.voxel_at(p);
        return at && std::ranges::binary_search(holes, std::uint32_t(*at));
    };
    auto const place_of = [&](Vec3 const& p) {
        int const here = around.label_at(p), hu = around.hu_at(p);
        if (here == label) {
            if (hu < gas_hu) return CementPlace::cleft;
            if (hu > compact_hu) return CementPlace::wall;
            return is_shell(p) && !is_hole(p) ? CementPlace::wall : CementPlace::marrow;
        }
        if (here >= sacrum_label && here <= uppermost_label) return CementPlace::wall;
        if (here == cord_label || here == fluid_label) {
            // The dura; beside the bone there is room before it.
            for (int corner = 0; corner < 27; ++corner)
                if (around.is_vertebra(p + epidural_mm * Vec3{corner % 3 - 1, corner / 3 % 3 - 1, corner / 9 - 1}))
                    return CementPlace::canal;
            return CementPlace::wall;
        }
        if (here == disc_label) return CementPlace::disc;
        if (hu > compact_hu) return CementPlace::wall;
        switch (places.at(p, here)) {
        case SpinePlace::canal:
            return CementPlace::canal;
        case SpinePlace::foramen:
            return CementPlace::foramen;
        default:
            return CementPlace::beside;
        }
    };
    std::size_t n = 0;
    for (int k = 0; k < space.grid.size.z; ++k)
        for (int j = 0; j < space.grid.size.y; ++j)
            for (int i = 0; i < space.grid.size.x; ++i, ++n) {
                Vec3 const p = space.grid.at({i, j, k});
                space.place[n] = place_of(p);
                space.hu[n] = std::int16_t(std::lround(around.smooth_hu_at(p)));
                space.is_own[n] = around.is_vertebra(p);
            }

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
    std::ranges::sort(space.vein_lines, {}, &std::pair<std::uint32_t, glm::vec3>::first);
    return space;
}

} // namespace fluoro
