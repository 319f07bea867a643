// How the body has moved, on the lattice that follows the beam: what a ray makes of it against the tissue's own place.
#include <beam_lattice.hpp>
#include <cmath>
#include <gtest/gtest.h>
#include <numbers>

#include "measured.hpp"

namespace fluoro {
namespace {

constexpr double step_mm = 8;

/// Waves of 8 mm over 80 mm that run across each other, dying out at the border. The way back is left for the search to
/// find: all zero.
std::shared_ptr<Displacement const> waves()
{
    auto made = std::make_shared<Displacement>();
    made->grid = {Vec3{-120}, step_mm, glm::ivec3{31}};
    for (int z = 0; z < 31; ++z)
        for (int y = 0; y < 31; ++y)
            for (int x = 0; x < 31; ++x) {
                Vec3 const p = made->grid.at({x, y, z}), share = glm::cos(p * std::numbers::pi / 240.0);
                Vec3 const turn = p * std::numbers::pi / 40.0;
                double const fade = std::abs(share.x * share.y * share.z);
                made->forward_mm.emplace_back(Vec3{8 * std::sin(turn.y) * fade, 8 * std::sin(turn.z + 1) * fade,
                                                   8 * std::sin(turn.x + 2) * fade});
            }
    made->backward_mm.assign(made->forward_mm.size(), glm::vec3{0});
    made->density.assign(made->forward_mm.size(), 1.0F);
    return made;
}

/// By repeated substitution, as nothing else here does it: it converges as the waves are flatter than 1 in 1.
Vec3 rest_by_substitution(Displacement const& d, Vec3 const& place)
{
    Vec3 rest = place;
    for (int n = 0; n < 200; ++n) rest = place - sampled(d.grid, d.forward_mm, rest);
    return rest;
}

Scene scene_of(std::shared_ptr<Displacement const> moved)
{
    Scene scene;
    Vec3 const beam = glm::normalize(Vec3{0.3, 1, 0.2}), side = glm::normalize(glm::cross(beam, Vec3{0, 0, 1}));
    scene.view.source_mm = -700.0 * beam;
    scene.view.detector_centre_mm = 350.0 * beam;
    scene.view.column_direction = side;
    scene.view.row_direction = glm::cross(beam, side);
    scene.view.source_to_detector_mm = 1050;
    scene.view.source_to_isocentre_mm = 700;
    scene.pixels = {200, 256, 256};
    scene.displacement = std::move(moved);
    return scene;
}

TEST(BeamLattice, rays_find_tissue_where_it_lies_at_rest)
{
    auto const moved = waves();
    Scene const scene = scene_of(moved);
    RayGrid const rays = one_ray_per_pixel(scene.pixels);
    PixelRect const all{0, 0, 256, 256};
    double worst[2]{}, mean[2]{};
    for (int fine = 0; fine < 2; ++fine) {
        BeamLattice const beam = make_beam_lattice(*moved, scene, rays, all, fine ? fine_node_steps : live_node_steps);
        int count = 0;
        for (int row = 20; row < 236; row += 9)
            for (int column = 20; column < 236; column += 11)
                for (double t = 0.585; t < 0.75; t += 0.0067) {
                    Vec2 const at = scene.pixels.position_mm(column, row);
                    Vec3 const way = scene.view.detector_centre_mm + at.x * scene.view.column_direction +
                                     at.y * scene.view.row_direction - scene.view.source_mm;
                    Vec3 const place = scene.view.source_mm + t * way;
                    // As the kernels do it: between four nodes across, two planes along.
                    double const u = (column - beam.first_column) / beam.column_step,
                                 v = (row - beam.first_row) / beam.row_step, w = (t - beam.first_t) / beam.t_step;
                    int const c = int(u), r = int(v), k = int(w);
                    auto const node = [&](int i, int j, int l) {
                        return Vec3{beam.nodes[std::size_t(((r + j) * beam.columns + c + i) * beam.planes + k + l)]};
                    };
                    auto const across = [&](int l) {
                        return glm::mix(glm::mix(node(0, 0, l), node(1, 0, l), u - c),
                                        glm::mix(node(0, 1, l), node(1, 1, l), u - c), v - r);
                    };
                    Vec3 const rest = place + glm::mix(across(0), across(1), w - k);
                    double const off = glm::length(rest - rest_by_substitution(*moved, place));
                    worst[fine] = std::max(worst[fine], off);
                    mean[fine] += off;
                    ++count;
                }
        mean[fine] /= count;
    }
    test::measured("beam_lattice_live_worst_mm", worst[0]);
    test::measured("beam_lattice_live_mean_mm", mean[0]);
    test::measured("beam_lattice_fine_worst_mm", worst[1]);
    test::measured("beam_lattice_fine_mean_mm", mean[1]);
    // The waves' second derivative is 8 (2 pi / 80)^2 = 0.05 per mm, and the way back is steeper where they are steep,
    // by twice and more: h^2 / 8 of it along each of three axes is 1.2 mm at 8 mm, half of it evened out. Half the
    // spacing: a quarter of that, but for the kinks between the displacement's own points.
    EXPECT_LT(worst[0], 1.2);
    EXPECT_LT(mean[1], 0.4 * mean[0]);
    EXPECT_LT(worst[1], 0.6 * worst[0]);
}

TEST(BeamLattice, what_bends_evenly_is_read_off_as_it_is)
{
    // All that is linear passes the evening out unchanged.
    auto still = std::make_shared<Displacement>(*waves());
    for (std::size_t n = 0; n < still->forward_mm.size(); ++n) {
        still->forward_mm[n] = glm::vec3{3, -2, 1};
        still->backward_mm[n] = -still->forward_mm[n];
    }
    Scene const scene = scene_of(still);
    BeamLattice const beam =
        make_beam_lattice(*still, scene, one_ray_per_pixel(scene.pixels), PixelRect{0, 0, 256, 256}, live_node_steps);
    // Well inside, where no neighbour lies beyond the lattice's border.
    int const r = beam.rows / 2, c = beam.columns / 2, k = beam.planes / 2;
    glm::vec4 const node = beam.nodes[std::size_t((r * beam.columns + c) * beam.planes + k)];
    EXPECT_LT(glm::length(glm::vec3{node} - glm::vec3{-3, 2, -1}), 1e-4F); // the search's end, in floats of 1e2 mm
    EXPECT_EQ(node.w, 1);
}

} // namespace
} // namespace fluoro
