#include "rods.hpp"
#include "tools.hpp"
#include "tube_wall.hpp"

#include <gtest/gtest.h>
#include <measured.hpp>
#include <numbers>
#include <vector>

namespace fluoro {
namespace {

constexpr double pi = std::numbers::pi;
constexpr double wire_bending = 1850; // 1.85e-3 N m2: a super-stiff wire of 0.035 inch (Harrison 2011)

struct ArchRun {
    Vec3 tip{0};
    double push_n = 0, deepest_mm = 0, aside_mm = 0;
    std::vector<Vec3> tips; ///< at every millimetre that went in
};

/// A wire of 300 mm whose base is pushed up the straight leg of the arch by 200 mm, its tip from the arch's foot on.
ArchRun push_over_arch(int count, double friction)
{
    test::TubeWall const wall = test::arch(friction);
    Rod rod{count};
    RodJoint joint;
    joint.bending_n_mm2 = wire_bending;
    joint.torsion_n_mm2 = 1400;
    double const length = 300.0 / count;
    for (int i = 0; i < count; ++i) {
        RodSegment segment;
        segment.length_mm = length;
        segment.outer_mm = 0.889;
        segment.friction = 1;
        segment.at_mm = Vec3{0, 0, -300 + (i + 0.5) * length};
        segment.is_held = i == 0;
        rod.put_at_tip(segment, joint);
    }
    ArchRun run;
    double const speed = 34, base = rod.segments()[0].at_mm.z;
    int read = 0;
    for (double in = 0; in < 200; in += speed * test::step_s) {
        rod.segments()[0].at_mm.z = base + in;
        rod.step(wall, test::step_s, {speed, 0});
        if (in >= double(run.tips.size())) run.tips.push_back(test::tip_of(rod));
        if (in < 184 || in > 198) continue;
        run.push_n -= rod.joints()[0].force_n.z;
        ++read;
        for (RodSegment const& segment : rod.segments()) {
            run.deepest_mm = std::max(run.deepest_mm, segment.depth_mm);
            run.aside_mm = std::max(run.aside_mm, std::abs(segment.at_mm.y));
        }
    }
    run.push_n /= read;
    run.tip = test::tip_of(rod);
    return run;
}

// Push forces of an independent solver of the same rod, converged over segments of 5 and 2.5 mm and two pseudo-masses
// (0.077-0.082, 0.173-0.178, 0.322-0.327 N). Tips of another one, plane and static: nodes of 5 mm, springs along and
// across, the wall's spring at the nodes, friction by increments of 0.5 mm; least energy by Newton's steps. It pushes
// with 0.084, 0.178 and 0.327 N.
TEST(ArchInsertion, shape_and_push_force_are_those_of_the_references_at_three_frictions)
{
    struct Row {
        double friction, push, slack, tip_x, tip_z;
        char const* name;
    };
    for (Row const row :
         {Row{0, 0.080, 0.008, 91.69, -41.87, "arch_push_0"}, Row{0.1, 0.175, 0.015, 91.67, -41.23, "arch_push_1"},
          Row{0.2, 0.325, 0.020, 91.65, -40.58, "arch_push_2"}}) {
        ArchRun const run = push_over_arch(120, row.friction);
        test::measured(row.name, run.push_n);
        test::measured(std::string{row.name} + "_tip_z", run.tip.z);
        EXPECT_NEAR(run.push_n, row.push, row.slack) << row.friction;
        // Half of what a friction of 0.1 more costs: 0.65 mm.
        EXPECT_NEAR(run.tip.x, row.tip_x, 0.3);
        EXPECT_NEAR(run.tip.z, row.tip_z, 0.3);
        EXPECT_LT(run.aside_mm, 0.01);
        EXPECT_LT(run.deepest_mm, 1.2);
    }
}

// Half the segments' length: the tip's path within 1 mm rms, the force within 10 %.
TEST(ArchInsertion, does_not_depend_on_the_length_of_segments)
{
    ArchRun const coarse = push_over_arch(60, 0.1), fine = push_over_arch(120, 0.1);
    double sum = 0;
    ASSERT_EQ(coarse.tips.size(), fine.tips.size());
    for (std::size_t n = 0; n < coarse.tips.size(); ++n) {
        Vec3 const apart = coarse.tips[n] - fine.tips[n];
        sum += glm::dot(apart, apart);
    }
    double const rms = std::sqrt(sum / double(coarse.tips.size()));
    test::measured("arch_mesh_tip_rms_mm", rms);
    test::measured("arch_mesh_push_percent", 100 * (coarse.push_n / fine.push_n - 1));
    EXPECT_LT(rms, 1);
    EXPECT_NEAR(coarse.push_n / fine.push_n, 1, 0.1);
}

// Without friction a wire lies where its length says. With it, a wire drawn back lies against the bend's inside; pushed
// on again it is where it was.
TEST(ArchInsertion, retraction_retraces)
{
    for (double const friction : {0.0, 0.1}) {
        test::TubeWall const wall = test::arch(friction);
        CoaxialTools tools{{{0, 0, -100}, {0, 0, 1}}};
        ASSERT_EQ(tools.add(test::tool("wire", {test::section(600, 0.889, 0, wire_bending, 1400)})), "");
        test::push(tools, wall, 0, 200, 34);
        test::push(tools, wall, 0, 100, 34);
        Vec3 const far = tools.line().back().at_mm;
        test::push(tools, wall, 0, -100, 34);
        test::wait(tools, wall, 0.5);
        Vec3 const back = tools.line().back().at_mm;
        test::push(tools, wall, 0, 100, 34);
        double const again = glm::length(tools.line().back().at_mm - far);
        test::measured(friction > 0 ? "arch_retrace_with_friction_mm" : "arch_retrace_mm", again);
        EXPECT_LT(again, 0.5);
        test::push(tools, wall, 0, -300, 34);
        EXPECT_EQ(tools.state(0).inserted_mm, 0);
        EXPECT_TRUE(tools.line().empty());
        test::push(tools, wall, 0, 200, 34);
        test::wait(tools, wall, 0.5);
        double const first = glm::length(tools.line().back().at_mm - back);
        if (friction == 0) {
            EXPECT_LT(first, 0.5);
        }
        test::push(tools, wall, 0, -200, 34);
        EXPECT_EQ(tools.take_out(0), "");
    }
}

// Euler and Eytelwein: what is drawn round a bend of 180 degrees against friction takes exp(mu pi) times its load.
TEST(Capstan, drawing_a_wire_round_a_bend_multiplies_its_load)
{
    test::Extremes errors{"capstan_percent"};
    for (double const friction : {0.05, 0.1, 0.2, 0.3}) {
        test::TubeWall const wall = test::arch(friction, 1);
        // From the near leg round the arch into the far leg: soft, so that bending takes no part (E I / R^2 = 0.006 N).
        int const count = 60;
        double const length = 3, radius = 39.2, near = 20, load = 1;
        Rod rod{count};
        RodJoint joint;
        joint.bending_n_mm2 = 10;
        joint.torsion_n_mm2 = 10;
        for (int i = 0; i < count; ++i) {
            RodSegment segment;
            segment.length_mm = length;
            segment.outer_mm = 0.4;
            segment.friction = 1;
            segment.is_held = i == 0;
            double const s = (i + 0.5) * length, angle = std::clamp((s - near) / radius, 0.0, pi);
            double const rest = s < near ? s - near : std::max(0.0, s - near - pi * radius);
            segment.at_mm =
                Vec3{40 - radius * std::cos(angle), 0, radius * std::sin(angle) + (s < near ? rest : -rest)};
            segment.turn = glm::dquat{std::cos(angle / 2), 0, std::sin(angle / 2), 0};
            rod.put_at_tip(segment, joint);
        }
        rod.segments().back().load_n = Vec3{0, 0, -load};
        // First without friction's history, then drawn back by 8 mm.
        double sum = 0;
        int read = 0;
        for (int n = 0; n < 1800; ++n) {
            rod.segments()[0].at_mm.z -= 5 * test::step_s;
            rod.step(wall, test::step_s, {-5, 0});
            if (n < 1200) continue;
            sum += rod.joints()[0].force_n.z;
            ++read;
        }
        double const ratio = sum / read / load;
        errors.see(100 * (ratio / std::exp(friction * pi) - 1));
        EXPECT_NEAR(ratio / std::exp(friction * pi), 1, 0.1) << friction;
    }
}

} // namespace
} // namespace fluoro
