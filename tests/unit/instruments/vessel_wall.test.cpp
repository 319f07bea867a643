#include "tools.hpp"

#include <fluoro/instruments/vessel_wall.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <numbers>

namespace fluoro {
namespace {

constexpr FieldGrid grid{{-15, -15, -10}, 0.5, {61, 61, 141}};

LumenGraph two_tubes()
{
    LumenGraph graph;
    graph.add_edge("artery", graph.add_node({-6, 0, -10}), {{-6, 0, 60}}, {3, 3}, WallClass::coronary, 61);
    graph.add_edge("vein", graph.add_node({6, 0, -10}), {{6, 0, 60}}, {4, 4}, WallClass::vein, 62);
    return graph;
}

/// Tissue that stretches along x by `stretch` and has moved by `shift`, both linear: a lattice has them exactly.
std::shared_ptr<Displacement const> moved(double stretch, Vec3 const& shift)
{
    auto made = std::make_shared<Displacement>();
    made->grid = {{-60, -60, -60}, 8, {16, 16, 20}};
    for (int k = 0; k < made->grid.size.z; ++k)
        for (int j = 0; j < made->grid.size.y; ++j)
            for (int i = 0; i < made->grid.size.x; ++i) {
                Vec3 const at = made->grid.at({i, j, k});
                made->forward_mm.emplace_back(Vec3{stretch * at.x, 0, 0} + shift);
                made->backward_mm.emplace_back(Vec3{(at.x - shift.x) / (1 + stretch) - at.x, -shift.y, -shift.z});
            }
    return made;
}

TEST(VesselWall, knows_depth_direction_and_class_at_rest)
{
    VesselWall const wall{two_tubes(), std::make_shared<LumenDistance>(two_tubes(), Patient{}, grid)};
    WallTouch const touch = wall.touch({-6, 2.7, 20});
    // The distance field's own 0.025 mm.
    EXPECT_NEAR(touch.depth_mm, -0.3, 0.025);
    EXPECT_NEAR(touch.outward.y, 1, 0.01);
    EXPECT_EQ(touch.stiffness, wall_kind(WallClass::coronary).stiffness);
    EXPECT_EQ(wall.touch({6, 3.9, 20}).stiffness, wall_kind(WallClass::vein).stiffness);
    EXPECT_NEAR(wall_kind(WallClass::coronary).stiffness / wall_kind(WallClass::vein).stiffness, 3, 0.1);
    EXPECT_EQ(wall.touch({-6, 0, 20}).outward, Vec3{0});
    EXPECT_EQ(wall.touch({0, 14, 20}).outward, Vec3{0});
}

// A CT of a trunk does not show raised arms: a tool from the wrist is held all the same.
TEST(VesselWall, is_there_beyond_the_edge_of_the_ct)
{
    Patient patient;
    patient.ct.grid = {{8, 8, 8}, Vec3{5}, Vec3{-20, -20, -10}, Mat3{1}};
    patient.ct.hu.assign(patient.ct.grid.voxels(), 50);
    VesselWall const wall{two_tubes(), patient};
    for (double const z : {0.0, 50.0})                                   // the CT ends at 25
        EXPECT_NEAR(wall.touch({-6, 2.7, z}).depth_mm, -0.3, 0.07) << z; // the field's 0.75 mm
}

// Stretched by a quarter along x, the artery of 3 mm is an ellipse of 3.75 by 3 mm about x = -7.5 + the shift.
TEST(VesselWall, goes_with_the_tissue)
{
    VesselWall wall{two_tubes(), std::make_shared<LumenDistance>(two_tubes(), Patient{}, grid)};
    wall.stand(moved(0.25, {1, 0, 0}), 0.1);
    wall.stand(moved(0.25, {1.5, 0.2, 0}), 0.1);
    WallTouch const side = wall.touch({-6 - 3.5, 0.2, 20}), top = wall.touch({-6, 3.2 - 0.4, 20});
    EXPECT_NEAR(side.depth_mm, -0.25, 0.04);
    EXPECT_NEAR(side.outward.x, -1, 0.01);
    EXPECT_NEAR(top.depth_mm, -0.4, 0.04);
    EXPECT_NEAR(side.velocity_mm_s.x, 5, 0.01);
    EXPECT_NEAR(side.velocity_mm_s.y, 2, 0.01);
    // Aslant on an ellipse x^2 / a^2 + y^2 / b^2 = 1 the normal is along (x / a^2, y / b^2).
    double const t = 0.8, a = 3.75, b = 3;
    WallTouch const slant = wall.touch({-6 + a * std::cos(t), 0.2 + b * std::sin(t), 20});
    Vec3 const normal = glm::normalize(Vec3{std::cos(t) / a, std::sin(t) / b, 0});
    EXPECT_NEAR(slant.depth_mm, 0, 0.04);
    EXPECT_GT(glm::dot(slant.outward, normal), 0.999);
}

// A wire in a tube that goes to and fro by 3 mm once a second stays in it.
TEST(VesselWall, carries_a_wire_along)
{
    VesselWall wall{two_tubes(), std::make_shared<LumenDistance>(two_tubes(), Patient{}, grid)};
    CoaxialTools tools{{{-6, 0, 0}, {0, 0, 1}}};
    ASSERT_EQ(tools.add(test::tool("wire", {test::section(500, 0.36, 0, 10, 8, 0.05)})), "");
    test::push(tools, wall, 0, 45, 40);
    double deepest = -1e9, least = 1e9, most = -1e9;
    for (int n = 0; n < 120; ++n) {
        double const t = n * test::frame_s;
        wall.stand(moved(0, {0, 3 * std::sin(2 * std::numbers::pi * t), 0}), test::frame_s);
        tools.advance(wall, test::frame_s);
        deepest = std::max(deepest, tools.deepest_mm());
        least = std::min(least, tools.line().back().at_mm.y);
        most = std::max(most, tools.line().back().at_mm.y);
    }
    test::measured("vessel_wall_carried_deepest_mm", deepest);
    EXPECT_LT(deepest, 0.3);
    // The walls stand 2.8 mm from the axis: 0.2 mm of way is left of 3, less what the soft wire springs back by.
    EXPECT_LT(least, 0);
    EXPECT_GT(most - least, 0.05);
}

} // namespace
} // namespace fluoro
