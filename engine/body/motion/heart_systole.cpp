#include "heart_systole.hpp"

#include "inner_map.hpp"
#include "shaped.hpp"

#include <algorithm>

namespace fluoro::motion {

namespace {

enum Group : std::uint8_t { none, muscle, first_cavity };
// How much volumes count: what is known about each against how easily it gives way.
constexpr float cavity_weight[chamber_count] = {1, 1, 0.3F, 0.3F};
constexpr float muscle_weight = 0.1F, soft_weight = 0.1F, lung_weight = 0.003F, mean_weight = 40;
constexpr float muscle_least = 0.4F, soft_least = 0.5F; // below which a place is about to fold
constexpr float hold_weight = 0.004F;
constexpr float smooth_weight = 0.02F, narrow_weight = 3; // the way back out of a narrow cavity is steeper

VolumeWish wish_at(Tissue const& tissue, Vec3 const& p)
{
    int const label = tissue.label_at(p);
    if (int const chamber = label - 1050; chamber >= 0 && chamber < chamber_count) {
        auto const share = float(systolic_share[std::size_t(chamber)]);
        return {share, cavity_weight[chamber], std::min(share, muscle_least), std::uint8_t(first_cavity + chamber)};
    }
    if (label == 1054) return {1, muscle_weight, muscle_least, muscle};
    return {1, (tissue.kinds_at(p) & lung) != 0 ? lung_weight : soft_weight, soft_least, none};
}

} // namespace

std::vector<Mode> shaped_systole(Tissue const& tissue, FieldGrid const& grid, std::vector<Mode> draft,
                                 std::vector<Mode> twist)
{
    std::size_t const points = points_of(grid);
    ShapeWishes w{grid, std::move(draft), std::move(twist), {}, {}, {}};
    w.wish.resize(points * ShapeWishes::places);
    w.hold.assign(points, hold_weight);
    w.smooth.assign(points, smooth_weight);
    Census const census = tissue.census(grid);
    Mask const is_bone = census.of(bone, 0);
    for_each_point(grid, [&](glm::ivec3 const& at, std::size_t n) {
        bool const is_border = glm::any(glm::equal(at, glm::ivec3{0})) || glm::any(glm::equal(at, grid.size - 1));
        if (is_border) w.smooth[n] = 0;
        if (is_border || is_bone.is[n] || w.start[n].is_still()) w.hold[n] = -1;
        if (int const chamber = tissue.label_at(grid.at(at)) - 1050;
            chamber >= 0 && chamber < chamber_count && systolic_share[std::size_t(chamber)] < 1)
            w.smooth[n] *= narrow_weight;
        if (glm::any(glm::equal(at, grid.size - 1))) return;
        for (int p = 0; p < ShapeWishes::places; ++p) {
            Vec3 const share{p & 1 ? 0.75 : 0.25, p & 2 ? 0.75 : 0.25, p & 4 ? 0.75 : 0.25};
            w.wish[n * ShapeWishes::places + std::size_t(p)] = wish_at(tissue, grid.at(at) + grid.spacing_mm * share);
        }
    });
    for (std::size_t g = 1; g < ShapeWishes::groups; ++g) w.mean_weight[g] = mean_weight;
    return shaped(w);
}

} // namespace fluoro::motion
