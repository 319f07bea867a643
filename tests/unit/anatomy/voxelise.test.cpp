#include <algorithm>
#include <cmath>
#include <fluoro/anatomy/voxelise.hpp>
#include <gtest/gtest.h>
#include <numeric>

namespace fluoro {
namespace {

Anatomy two_balls()
{
    Anatomy anatomy;
    anatomy.organs.push_back({"outer", 5, Rank::organ, {60, 1.05}, ball({3, -2, 1}, 30)});
    anatomy.organs.push_back({"inner", 51, Rank::lumen, {40, 1.06}, ball({3, -2, 1}, 10)});
    return anatomy;
}

// A voxel of the surface counts whole or not at all: of 30,000 mm3 in 1 mm voxels that leaves a few thousandths.
TEST(Voxelise, a_ball_has_its_volume_in_labels_and_in_hounsfield_units)
{
    Patient const p = voxelise(two_balls(), {1, {Vec3{-40}, Vec3{45}}});
    double const inner = 4.0 / 3 * std::numbers::pi * 1000, outer = 4.0 / 3 * std::numbers::pi * 27'000;
    EXPECT_NEAR(double(std::ranges::count(p.labels, 51)) / inner, 1, 0.01);
    EXPECT_NEAR(double(std::ranges::count(p.labels, 5)) / (outer - inner), 1, 0.005);
    // Partial voxels carry their share, so the sum over air is nearly exact.
    double sum = 0;
    for (auto const hu : p.ct.hu) sum += hu + 1000.0;
    EXPECT_NEAR(sum / ((outer - inner) * 1060 + inner * 1040), 1, 0.002);
    auto const masses = masses_g(two_balls(), p);
    EXPECT_NEAR(masses.at(51), inner * 1.06e-3, 0.01 * inner * 1.06e-3);
}

TEST(Voxelise, a_higher_rank_covers_a_lower_one_whatever_the_order)
{
    Anatomy anatomy = two_balls();
    std::swap(anatomy.organs[0], anatomy.organs[1]);
    EXPECT_EQ(voxelise(anatomy, {2, {Vec3{-40}, Vec3{45}}}).labels,
              voxelise(two_balls(), {2, {Vec3{-40}, Vec3{45}}}).labels);
}

TEST(Voxelise, a_region_is_a_piece_of_the_whole)
{
    Patient const whole = voxelise(two_balls(), {1, {Vec3{-40}, Vec3{44}}});
    Patient const piece = voxelise(two_balls(), {1, {Vec3{-12, -8, -20}, Vec3{20, 30, 11}}});
    for (int k = 0; k < piece.ct.grid.size.z; ++k)
        for (int j = 0; j < piece.ct.grid.size.y; ++j)
            for (int i = 0; i < piece.ct.grid.size.x; ++i) {
                auto const at = [](Patient const& p, int x, int y, int z) {
                    auto const n = p.ct.grid.size;
                    return p.ct
                        .hu[(std::size_t(z) * std::size_t(n.y) + std::size_t(y)) * std::size_t(n.x) + std::size_t(x)];
                };
                ASSERT_EQ(at(piece, i, j, k), at(whole, i + 28, j + 32, k + 20));
            }
}

TEST(Voxelise, what_is_only_inside_stays_inside)
{
    Anatomy anatomy = two_balls();
    Organ spot{"spot", 1091, Rank::content, {100, 1.1}, ball({33, -2, 1}, 8)};
    spot.only_inside = 5;
    anatomy.organs.push_back(spot);
    Patient const with = voxelise(anatomy, {1, {Vec3{-40}, Vec3{45}}});
    Patient const without_it = voxelise(two_balls(), {1, {Vec3{-40}, Vec3{45}}});
    EXPECT_GT(std::ranges::count(with.labels, 1091), 200);
    for (std::size_t i = 0; i < with.labels.size(); ++i)
        if (with.labels[i] == 1091) {
            ASSERT_EQ(without_it.labels[i], 5);
        }
}

// Twice as wide, shifted: eight times the volume, of voxels that are counted whole or not at all.
TEST(Voxelise, a_warped_model_is_drawn_where_the_map_says)
{
    VoxelSettings settings{1, {Vec3{-40}, Vec3{90}}, [](Vec3 const& p) { return (p - Vec3{20, 30, 10}) / 2.0; }};
    Anatomy anatomy = two_balls();
    Patient const p = voxelise(anatomy, settings);
    EXPECT_NEAR(double(std::ranges::count(p.labels, 51)) / (4.0 / 3 * std::numbers::pi * 8000), 1, 0.01);
    Vec3 sum{0};
    double count = 0;
    std::size_t at = 0;
    Grid const& grid = p.ct.grid;
    for (int k = 0; k < grid.size.z; ++k)
        for (int j = 0; j < grid.size.y; ++j)
            for (int i = 0; i < grid.size.x; ++i, ++at)
                if (p.labels[at] == 51) sum += grid.origin_mm + Vec3{i, j, k}, count += 1;
    EXPECT_LT(glm::length(sum / count - Vec3{26, 26, 12}), 0.1); // 2 (3, -2, 1) + (20, 30, 10)
}

TEST(Voxelise, an_empty_region_and_a_silly_spacing_are_refused)
{
    EXPECT_THROW(voxelise(two_balls(), {1, {Vec3{10}, Vec3{-10}}}), Error);
    EXPECT_THROW(voxelise(two_balls(), {0.01, {Vec3{-10}, Vec3{10}}}), Error);
    EXPECT_THROW(voxelise(two_balls(), {std::nan(""), {Vec3{-10}, Vec3{10}}}), Error);
}

} // namespace
} // namespace fluoro
