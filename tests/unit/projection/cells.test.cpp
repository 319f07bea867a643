#include <cells.hpp>
#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <shared/march.h>

namespace fluoro {
namespace {

WorkingVolume volume_of(glm::ivec3 size, double spacing_mm, std::function<double(int, int, int)> const& hu)
{
    WorkingVolume volume;
    volume.grid.size = size;
    volume.grid.spacing_mm = Vec3{spacing_mm};
    for (int k = 0; k < size.z; ++k)
        for (int j = 0; j < size.y; ++j)
            for (int i = 0; i < size.x; ++i)
                volume.biased_hu.push_back(std::uint16_t(std::lround(hu(i, j, k)) + shared::hu_bias));
    return volume;
}

std::uint32_t word_at(CellGrid const& cells, int i, int j, int k)
{
    return cells.words[std::size_t((k * cells.count.y + j) * cells.count.x + i)];
}

TEST(Cells, are_near_7_mm_in_2_to_8_voxels)
{
    auto const sides = [](double spacing) {
        return find_uniform_cells(volume_of({20, 20, 20}, spacing, [](int, int, int) { return 0.0; })).sides;
    };
    EXPECT_EQ(sides(0.5), glm::ivec3{8});
    EXPECT_EQ(sides(1.75), glm::ivec3{4});
    EXPECT_EQ(sides(5), glm::ivec3{2});
}

// A record's step is 1/16 HU: half of it is the rounding.
TEST(Cells, hold_the_mean_of_the_interpolated_HU)
{
    // One step of 16 HU between voxels 7 and 8: between their centres it is a ramp, half of which lies in each cell.
    // The mean of the first is 16/8 voxels x 1/2 x mean of the ramp's lower half (1/4) = 0.25 HU.
    auto const cells =
        find_uniform_cells(volume_of({16, 8, 8}, 1, [](int i, int, int) { return i < 8 ? 0.0 : 16.0; }), 0.02);
    ASSERT_EQ(cells.sides.x, 7); // so the step lies in the second cell and the halo of none
    ASSERT_NE(word_at(cells, 0, 0, 0), shared::march_cell_mixed);
    EXPECT_NEAR(shared::cell_above_air_hu(word_at(cells, 0, 0, 0)), 1000, 1.0 / 32);
    ASSERT_NE(word_at(cells, 1, 0, 0), shared::march_cell_mixed);
    // Voxels 7 .. 13: one of 0 HU, six of 16; a quarter of a half of a voxel is the ramp's upper half missing: the
    // trapezium over the cell's length [6.5, 13.5] holds 0.5 x 0 + 1 x 8 + 5.5 x 16 = 96 HU voxels.
    EXPECT_NEAR(shared::cell_above_air_hu(word_at(cells, 1, 0, 0)), 1000 + 96.0 / 7, 1.0 / 32);
}

TEST(Cells, with_an_edge_a_wire_or_too_much_noise_are_mixed)
{
    auto const is_mixed = [](std::function<double(int, int, int)> const& hu) {
        auto const cells = find_uniform_cells(volume_of({21, 21, 21}, 1, hu));
        return word_at(cells, 1, 1, 1) == shared::march_cell_mixed;
    };
    EXPECT_FALSE(is_mixed([](int, int, int) { return 40.0; }));
    EXPECT_TRUE(is_mixed([](int i, int, int) { return i < 10 ? -1000.0 : 40.0; }));
    EXPECT_TRUE(is_mixed([](int i, int j, int) { return i == 10 && j == 10 ? 3000.0 : 40.0; }));
    // Just outside, where the interpolation still reaches in.
    EXPECT_TRUE(is_mixed([](int i, int, int) { return i < 14 ? 40.0 : 900.0; }));
    EXPECT_FALSE(is_mixed([](int i, int, int) { return i < 15 ? 40.0 : 900.0; }));
    // 0.02 g/cm2 over 7 mm are 28.6 HU on a line's mean, of which the mean of an eighth may be off by 8.6.
    // A line of 100 HU more, seen by its own mean; an eighth with it by 100 x 4 / 64 = 6 HU.
    EXPECT_TRUE(is_mixed([](int, int j, int k) { return j == 11 && k == 11 ? 140.0 : 40.0; }));
    EXPECT_FALSE(is_mixed([](int, int j, int k) { return j == 11 && k == 11 ? 60.0 : 40.0; }));
    // A slope, whose outermost lines are 4 voxels off the middle and whose eighths 1.5: 24 and 9 HU, then 20 and 7.5.
    EXPECT_TRUE(is_mixed([](int i, int, int) { return 6.0 * i; }));
    EXPECT_FALSE(is_mixed([](int i, int, int) { return 5.0 * i; }));
}

TEST(Cells, at_the_volumes_end_are_cut_to_its_voxels)
{
    auto const cells = find_uniform_cells(volume_of({9, 9, 9}, 1, [](int, int, int) { return 100.0; }));
    EXPECT_EQ(cells.count, glm::ivec3{2});
    EXPECT_NEAR(shared::cell_above_air_hu(word_at(cells, 1, 1, 1)), 1100, 1.0 / 32);
}

} // namespace
} // namespace fluoro
