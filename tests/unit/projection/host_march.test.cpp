// The march on the processor: every width of its vectors gives the same bits; cut and easy pieces are the same sums.
#include <fluoro/physics/basis.hpp>
#include <fluoro/room/view.hpp>
#include <gtest/gtest.h>
#include <host_march.hpp>

namespace fluoro {
namespace {

constexpr glm::ivec3 voxels{44, 36, 30};

/// Noise from air to metal, so that every part of the HU curve is met.
HostVolume noise()
{
    WorkingVolume volume;
    volume.grid.size = voxels;
    volume.grid.spacing_mm = {1, 1, 1};
    volume.grid.origin_mm = -0.5 * (Vec3{voxels} - 1.0);
    std::uint32_t state = 1;
    for (std::size_t i = 0; i < volume.grid.voxels(); ++i) {
        state = state * 1664525u + 1013904223u;
        volume.biased_hu.push_back(std::uint16_t(state >> 28 == 0 ? 5000 : (state >> 16) % 2400));
    }
    return HostVolume{std::move(volume)};
}

struct Rays {
    shared::MarchParams params{};
    shared::MarchWarp warp{};
    BeamLattice bent;
    std::size_t count = 0;
};

/// A cone of rays that fills the volume and passes it on all sides, along one of its axes or between two.
Rays rays_along(VoxelOrder const& order, Vec3 const& direction, bool moves)
{
    constexpr int columns = 75, rows = 61;
    Vec3 const beam = glm::normalize(direction), side = glm::normalize(glm::cross(beam, Vec3{0.3, 0.5, 0.81})),
               down = glm::cross(beam, side);
    Vec3 const source = 0.5 * (Vec3{voxels} - 1.0) - 120.0 * beam;
    auto const ordered = [&](Vec3 const& v) {
        return glm::vec4{glm::vec3{Vec3{v[order.u], v[order.v], v[order.main]}}, 0};
    };
    Rays rays;
    auto& p = rays.params;
    p.source = ordered(source);
    p.to_origin = p.to_origin_mm = ordered(200.0 * beam - 0.7 * columns * side - 0.7 * rows * down);
    p.column = p.column_mm = ordered(1.4 * side);
    p.row = p.row_mm = ordered(1.4 * down);
    HuCurve const& curve = hu_curve();
    for (int i = 0; i < 4; ++i) {
        auto const at = std::size_t(i);
        p.hinge_hu_a[i] = float(curve.hu_at[at]);
        p.hinge_hu_b[i] = float(curve.hu_at[at + 4]);
        p.hinge_slope_a[i] = float(curve.bone_slope[at]);
        p.hinge_slope_b[i] = float(curve.bone_slope[at + 4]);
    }
    p.soft_per_hu = float(curve.soft_per_hu);
    p.soft_per_bone = float(curve.soft_per_bone);
    p.columns = p.stride = columns;
    p.rows = rows;
    p.size_u = std::uint32_t(voxels[order.u]);
    p.size_v = std::uint32_t(voxels[order.v]);
    p.size_main = std::uint32_t(voxels[order.main]);
    p.strict_u = order.u < order.main;
    p.strict_v = order.v < order.main;
    rays.count = std::size_t(columns) * rows;
    if (!moves) return rays;
    rays.bent.columns = rays.bent.rows = 9;
    rays.bent.planes = 11;
    std::uint32_t state = 5;
    auto const random = [&] { return float((state = state * 1664525u + 1013904223u) >> 8) / 16777216.0f; };
    for (int i = 0; i < 9 * 9 * 11; ++i)
        rays.bent.nodes.emplace_back(3 * random(), 3 * random(), 3 * random(), 0.9f + 0.2f * random());
    auto& w = rays.warp;
    w.u_per_mm = {1, 0.1, 0, 0};
    w.v_per_mm = {0, 1, 0.1, 0};
    w.main_per_mm = {0.1, 0, 1, 0};
    w.most_voxels = {4, 4, 4, 0};
    w.nodes_per_column = 8.0f / (columns - 1);
    w.nodes_per_row = 8.0f / (rows - 1);
    w.columns = w.rows = 9;
    w.planes = 11;
    w.first_t = 0.42f;
    w.t_step = 0.035f;
    return rays;
}

TEST(HostMarch, every_width_of_vectors_gives_the_same_bits)
{
    HostVolume const volume = noise();
    bool is_all_met = true;
    for (Vec3 const& direction : {Vec3{0.1, 1, 0.05}, Vec3{-1, 0.2, 0.1}, Vec3{0.1, -0.2, 1}, Vec3{1, 1, 0.4}})
        for (bool const moves : {false, true}) {
            std::vector<std::vector<glm::vec2>> pictures;
            for (MostLanes const most : {MostLanes::four, MostLanes::eight, MostLanes::sixteen}) {
                constexpr float untouched = -1;
                auto& picture = pictures.emplace_back();
                for (int main = 0; main < 3; ++main) {
                    VoxelOrder const order = volume.order(main);
                    Rays const rays = rays_along(order, direction, moves);
                    picture.resize(rays.count, glm::vec2{untouched});
                    host_march(rays.params, rays.warp, rays.bent, order, picture, most);
                }
                // Every ray has one main axis.
                for (auto const& ray : picture) is_all_met = is_all_met && ray.x != untouched;
            }
            EXPECT_EQ(pictures[0], pictures[1]);
            EXPECT_EQ(pictures[0], pictures[2]);
            EXPECT_GT(pictures[0][75 * 30 + 37].x, 1); // about 3.5 cm of half the way bone
        }
    EXPECT_TRUE(is_all_met);
}

} // namespace
} // namespace fluoro
