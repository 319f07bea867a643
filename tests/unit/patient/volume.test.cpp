#include <fluoro/patient/volume.hpp>

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

using namespace fluoro;

namespace {

Grid turned_grid()
{
    Grid grid;
    grid.size = glm::ivec3{10, 20, 30};
    grid.spacing_mm = Vec3{0.5, 2, 3};
    grid.origin_mm = Vec3{10, -20, 30};
    grid.directions = Mat3{Vec3{0, 1, 0}, Vec3{-1, 0, 0}, Vec3{0, 0, -1}};
    return grid;
}

std::string refusal(Grid const& grid)
{
    try {
        check_grid(grid, "'file'");
    } catch (Error const& error) {
        return error.what();
    }
    return "";
}

} // namespace

TEST(Grid, a_voxel_lies_its_steps_along_the_axes_from_the_origin)
{
    Vec3 const p = map_point(turned_grid().patient_from_index(), Vec3{2, 3, 4});
    EXPECT_EQ(p, (Vec3{10 - 3 * 2.0, -20 + 2 * 0.5, 30 - 4 * 3.0}));
}

TEST(Grid, index_and_patient_maps_undo_each_other)
{
    Grid const grid = turned_grid();
    Vec3 const index = map_point(grid.index_from_patient(), map_point(grid.patient_from_index(), Vec3{1.25, 7.5, 29}));
    EXPECT_NEAR(glm::length(index - Vec3{1.25, 7.5, 29}), 0, 1e-12); // double rounding
}

TEST(Grid, its_centre_is_half_way_between_the_first_and_the_last_voxel)
{
    Grid const grid = turned_grid();
    Vec3 const last = map_point(grid.patient_from_index(), Vec3{grid.size - 1});
    EXPECT_NEAR(glm::length(grid.centre_mm() - 0.5 * (grid.origin_mm + last)), 0, 1e-12);
}

TEST(Grid, a_left_handed_grid_is_accepted)
{
    Grid grid;
    grid.size = glm::ivec3{2};
    grid.directions[1] = Vec3{0, -1, 0};
    EXPECT_EQ(refusal(grid), "");
}

TEST(Grid, what_is_no_grid_is_refused_with_its_reason)
{
    Grid const good = turned_grid();
    ASSERT_EQ(refusal(good), "");
    Grid bad = good;
    bad.size = glm::ivec3{1 << 20, 1 << 20, 1 << 20};
    EXPECT_NE(refusal(bad).find("1024^3"), std::string::npos);
    bad = good;
    bad.size.y = 0;
    EXPECT_NE(refusal(bad).find("no voxels"), std::string::npos);
    for (double const spacing : {0.0, -1.0, 0.005, 25.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
        bad = good;
        bad.spacing_mm.z = spacing;
        EXPECT_NE(refusal(bad).find("spacing"), std::string::npos) << spacing;
    }
    bad = good;
    bad.directions[0] = glm::normalize(Vec3{0.1, 1, 0});
    EXPECT_NE(refusal(bad).find("right angles"), std::string::npos);
    bad = good;
    bad.directions[2] = Vec3{0, 0, std::nan("")};
    EXPECT_NE(refusal(bad).find("direction"), std::string::npos);
    bad = good;
    bad.origin_mm.x = 1e9;
    EXPECT_NE(refusal(bad).find("origin"), std::string::npos);
}
