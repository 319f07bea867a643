#include "tools.hpp"
#include "tube_wall.hpp"

#include <fluoro/core/random.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <numbers>
#include <vector>

namespace fluoro {
namespace {

constexpr double pi = std::numbers::pi;
Access const straight_in{{0, 0, 0}, {0, 0, 1}};

ToolSection bent(ToolSection section, double radius_mm, double plane_rad = 0)
{
    section.arc_radius_mm = radius_mm;
    section.plane_rad = plane_rad;
    return section;
}

/// Radius of the circle through three points.
double radius_through(Vec3 const& a, Vec3 const& b, Vec3 const& c)
{
    double const twice_area = glm::length(glm::cross(b - a, c - a));
    return glm::length(a - b) * glm::length(b - c) * glm::length(c - a) / (2 * twice_area);
}

Vec3 place_at(CoaxialTools const& tools, double along)
{
    std::size_t n = 1;
    while (n + 1 < tools.along_mm().size() && tools.along_mm()[n] < along) ++n;
    double const a = tools.along_mm()[n - 1], b = tools.along_mm()[n];
    return glm::mix(tools.line()[n - 1].at_mm, tools.line()[n].at_mm, (along - a) / (b - a));
}

// Curvatures weighted by stiffness: a wire of E I 5000 in a catheter of 280 N mm2, whose own loop has 30 mm.
TEST(CoaxialTools, stiff_wire_straightens_the_loop_of_a_catheter)
{
    CoaxialTools tools{straight_in};
    ASSERT_EQ(
        tools.add(test::tool(
            "catheter", {test::section(900, 1.67, 1.2, 280, 300), bent(test::section(100, 1.67, 1.2, 280, 300), 30)},
            ToolKind::catheter)),
        "");
    ASSERT_EQ(tools.add(test::tool("wire", {test::section(1500, 0.889, 0, 5000, 4000)})), "");
    NoWall const nothing;
    test::push(tools, nothing, 0, 150, 50);
    test::wait(tools, nothing, 1);
    auto const radius = [&] { return radius_through(place_at(tools, 70), place_at(tools, 90), place_at(tools, 110)); };
    double const alone = radius();
    test::push(tools, nothing, 1, 145, 50);
    test::wait(tools, nothing, 2);
    double const together = radius();
    test::measured("coaxial_radius_alone_mm", alone);
    test::measured("coaxial_radius_ratio", together / alone);
    EXPECT_NEAR(alone, 30, 0.3);
    EXPECT_NEAR(together / alone, (280.0 + 5000) / 280, 0.03 * 5280 / 280);
    // Drawn back, the loop is there again.
    test::push(tools, nothing, 1, -145, 50);
    test::wait(tools, nothing, 2);
    EXPECT_NEAR(radius(), 30, 0.3);
}

// The wire first, the catheter over it, the wire drawn back into it: who leads changes without a jump.
TEST(CoaxialTools, line_does_not_jump_where_another_tool_comes_to_lead)
{
    CoaxialTools tools{straight_in};
    ASSERT_EQ(tools.add(test::tool(
                  "wire", {test::section(1480, 0.889, 0, 1000, 800), bent(test::section(20, 0.889, 0, 60, 50), 12)})),
              "");
    ASSERT_EQ(
        tools.add(test::tool(
            "catheter", {test::section(900, 1.67, 1.2, 280, 300), bent(test::section(60, 1.67, 1.2, 280, 300), 25)},
            ToolKind::catheter)),
        "");
    NoWall const nothing;
    test::push(tools, nothing, 0, 120, 50);
    test::turn(tools, nothing, 1, 2.0, 4);
    double furthest = 0;
    Vec3 tip = tools.line().back().at_mm;
    auto const watch = [&] {
        Vec3 const now = tools.line().back().at_mm;
        furthest = std::max(furthest, glm::length(now - tip));
        tip = now;
    };
    test::push(tools, nothing, 1, 140, 50, watch);  // beyond the wire
    test::push(tools, nothing, 0, 60, 50, watch);   // and the wire beyond it
    test::push(tools, nothing, 0, -110, 50, watch); // and back, clear of the catheter's curve
    test::wait(tools, nothing, 1);
    // 50 mm/s is 0.83 mm a frame; a tip on its way from one shape to another goes some times faster.
    test::measured("coaxial_furthest_jump_mm", furthest);
    EXPECT_LT(furthest, 5);
    EXPECT_NEAR(tools.state(1).tip_turned_rad, 2.0, 0.02) << "free in space the tip turns as the hub";
    EXPECT_NEAR(tools.state(0).tip_turned_rad, 0.0, 0.02);
}

// A wire of 0.014 inch in a catheter a hundred times as stiff against torsion, both turned against each other: each
// comes to rest where its hub has it, and stays.
TEST(CoaxialTools, soft_wire_in_a_stiff_catheter_comes_to_rest_after_turns)
{
    test::TubeWall const wall = test::arch(0.1);
    CoaxialTools tools{{{0, 0, -100}, {0, 0, 1}}};
    ASSERT_EQ(tools.add(test::tool("wire", {test::section(900, 0.356, 0, 10, 8, 0.04)})), "");
    ASSERT_EQ(tools.add(test::tool("catheter", {test::section(900, 1.67, 1.2, 280, 900, 0.02)}, ToolKind::catheter)),
              "");
    test::push(tools, wall, 1, 200, 50);
    test::push(tools, wall, 0, 205, 50);
    for (int n = 0; n < 120; ++n) {
        tools.hold(0, 0, -12);
        tools.hold(1, 0, 12);
        tools.advance(wall, test::frame_s);
    }
    double const wound = tools.state(0).turned_rad;
    tools.hold(0, 0, 0);
    tools.hold(1, 0, 0);
    test::wait(tools, wall, 2);
    double const before = tools.state(0).tip_turned_rad;
    double sway = 0;
    for (int n = 0; n < 60; ++n) {
        tools.advance(wall, test::frame_s);
        sway = std::max(sway, std::abs(tools.state(0).tip_turned_rad - before));
    }
    test::measured("coaxial_soft_wire_sway_rad", sway);
    EXPECT_LT(wound, -20) << "nothing holds it";
    EXPECT_LT(sway, 0.01);
    EXPECT_NEAR(std::remainder(tools.state(0).tip_turned_rad - tools.state(0).turned_rad, 2 * pi), 0, 0.05);
    EXPECT_NEAR(tools.state(0).torque_n_mm, 0, 0.01);
}

TEST(CoaxialTools, exchange_over_a_wire_keeps_the_order_of_diameters)
{
    CoaxialTools tools{straight_in};
    auto const wire = test::tool("wire", {test::section(1500, 0.889, 0, 1000, 800)});
    auto const catheter = test::tool("catheter", {test::section(1000, 1.67, 1.2, 280, 300)}, ToolKind::catheter);
    auto const guide = test::tool("guide", {test::section(1000, 2.0, 1.8, 600, 700)}, ToolKind::catheter);
    auto const thick = test::tool("thick wire", {test::section(1500, 1.3, 0, 1000, 800)});
    ASSERT_EQ(tools.add(wire), "");
    ASSERT_EQ(tools.add(catheter), "");
    EXPECT_NE(tools.add(thick), "");
    ASSERT_EQ(tools.add(guide), "");
    NoWall const nothing;
    test::push(tools, nothing, 0, 300, 50);
    Vec3 const tip = tools.line().back().at_mm;
    test::push(tools, nothing, 1, 200, 50);
    EXPECT_NE(tools.take_out(1), "");
    test::push(tools, nothing, 1, -200, 50);
    EXPECT_EQ(tools.take_out(1), "");
    ASSERT_EQ(tools.tools().size(), 2u);
    EXPECT_EQ(tools.tools()[1]->name, "guide");
    EXPECT_NEAR(glm::length(tools.line().back().at_mm - tip), 0, 0.1) << "the wire stayed";
}

/// A trunk up to the fork, on straight beyond it, and a branch to +x.
test::TubeWall fork(double angle_degrees)
{
    test::TubeWall wall{0.1};
    double const a = radians(angle_degrees);
    wall.blend(2); // an edge as sharp as tissue is
    wall.add_straight({0, 0, -50}, {0, 0, 300}, 4);
    wall.add_straight({0, 0, 150}, Vec3{0, 0, 150} + 150.0 * Vec3{std::sin(a), 0, std::cos(a)}, 3.5);
    return wall;
}

struct Chosen {
    bool is_branch;
    std::uint64_t hash;
};

/// A J of 12.1 mm radius behind 60 mm of taper, turned by an angle from +x (or a straight tip), pushed through the
/// fork.
Chosen choose(double fork_degrees, double turned_degrees, bool is_straight)
{
    test::TubeWall const wall = fork(fork_degrees);
    CoaxialTools tools{straight_in};
    ToolSection tip = test::section(15.2, 0.7, 0, 60, 45, 1); // 0.4 pi of 12.1 mm
    if (!is_straight) tip.arc_radius_mm = 12.1;
    EXPECT_EQ(tools.add(test::tool(
                  "wire", {test::section(440, 0.889, 0, 1000, 800), test::section(60, 0.8, 0, 250, 200), tip})),
              "");
    test::turn(tools, wall, 0, radians(turned_degrees), 6);
    test::push(tools, wall, 0, 100, 40);
    test::wait(tools, wall, 0.5);
    test::push(tools, wall, 0, 120, 40);
    Vec3 const at = tools.line().back().at_mm;
    double const a = radians(fork_degrees);
    Vec3 const branch{std::sin(a), 0, std::cos(a)}, from = at - Vec3{0, 0, 150};
    double const to_branch = glm::length(from - branch * std::max(0.0, glm::dot(branch, from)));
    return {to_branch < std::hypot(at.x, at.y), tools.state_hash()};
}

TEST(BranchChoice, wire_enters_the_branch_that_its_tip_points_at)
{
    for (double const angle : {30.0, 60.0, 90.0}) {
        EXPECT_TRUE(choose(angle, 0, false).is_branch) << angle;
        EXPECT_FALSE(choose(angle, 90, false).is_branch) << angle;
        EXPECT_FALSE(choose(angle, 180, false).is_branch) << angle;
        EXPECT_FALSE(choose(angle, 0, true).is_branch) << angle;
    }
    EXPECT_EQ(choose(60, 0, false).hash, choose(60, 0, false).hash);
    EXPECT_NE(choose(60, 0, false).hash, choose(60, 90, false).hash);
}

// A blind end that gives way at 1 N/mm: a wire of 0.889 mm goes through at 0.9 N, is then out, and comes back in.
TEST(CoaxialTools, wire_forced_end_on_goes_through_a_wall_and_back)
{
    test::TubeWall wall{0.05};
    wall.add_straight({0, 0, -20}, {0, 0, 30}, 1.5);
    wall.give_strength(1);
    CoaxialTools tools{straight_in};
    ASSERT_EQ(tools.add(test::tool("wire", {test::section(500, 0.889, 0, 1850, 1400)})), "");
    double most = 0;
    test::push(tools, wall, 0, 50, 10, [&] {
        if (tools.breaches().empty()) most = std::max(most, tools.state(0).tip_force_n);
    });
    ASSERT_EQ(tools.breaches().size(), 1u);
    EXPECT_EQ(tools.breaches()[0].what, WallBreach::What::perforation);
    EXPECT_NEAR(tools.breaches()[0].force_n, 0.889, 0.05);
    EXPECT_NEAR(tools.breaches()[0].at_mm.z, 31.5, 1.5);
    EXPECT_GT(tools.line().back().at_mm.z, 45) << "out";
    test::push(tools, wall, 0, -30, 10);
    EXPECT_LT(tools.deepest_mm(), 0.1) << "in again";
    EXPECT_LT(most, 0.889);
}

// A catheter of 1.67 mm on the same wall: the lining lifts off at 1.67 N, once, and the tip stays in.
TEST(CoaxialTools, catheter_forced_end_on_lifts_the_lining_and_stays_in)
{
    test::TubeWall wall{0.05};
    wall.add_straight({0, 0, -20}, {0, 0, 30}, 1.5);
    wall.give_strength(1);
    CoaxialTools tools{straight_in};
    ASSERT_EQ(tools.add(test::tool("catheter", {test::section(500, 1.67, 1.2, 280, 300)}, ToolKind::catheter)), "");
    for (int n = 0; n < 300; ++n) {
        tools.hold(0, 10, 0);
        tools.advance(wall, test::frame_s);
    }
    ASSERT_EQ(tools.breaches().size(), 1u);
    EXPECT_EQ(tools.breaches()[0].what, WallBreach::What::dissection);
    EXPECT_NEAR(tools.breaches()[0].force_n, 1.67, 0.2);
    EXPECT_LT(tools.deepest_mm(), 3);
}

TEST(CoaxialTools, wall_that_stands_the_hand_is_not_breached)
{
    test::TubeWall wall{0.05};
    wall.add_straight({0, 0, -20}, {0, 0, 30}, 1.5);
    CoaxialTools tools{straight_in};
    ASSERT_EQ(tools.add(test::tool("wire", {test::section(500, 0.889, 0, 1850, 1400)})), "");
    for (int n = 0; n < 300; ++n) {
        tools.hold(0, 20, 0);
        tools.advance(wall, test::frame_s);
    }
    EXPECT_TRUE(tools.breaches().empty());
    EXPECT_LT(tools.state(0).inserted_mm, 45) << "it slips in the hand";
    EXPECT_LT(tools.deepest_mm(), 3);
    EXPECT_NEAR(tools.state(0).push_n, 8, 4) << "between slipping and holding";
}

} // namespace
} // namespace fluoro
