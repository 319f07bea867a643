#include "rod/twist_line.hpp"
#include "rods.hpp"
#include "tube_wall.hpp"

#include <gtest/gtest.h>
#include <measured.hpp>
#include <numbers>
#include <vector>

namespace fluoro {
namespace {

constexpr double pi = std::numbers::pi;

/// A tool of one arc in a tube of one arc: S = L sqrt(E I kappa kappa_0 / G J).
class CurvedTool {
public:
    explicit CurvedTool(double s)
    {
        TwistJoint joint;
        joint.length_mm = length / count;
        joint.bending_n_mm2 = 1000;
        joint.torsion_n_mm2 = 1000 * length * length * kappa * kappa0 / (s * s);
        joint.rest_per_mm = {0, kappa0};
        joint.bent_per_mm = {0, kappa};
        joints_.assign(count, joint);
        holds_.resize(count + 1);
        angles_.assign(count + 1, 0.0);
    }
    /// Turns the hub in steps of half a degree, each until nothing moves; the tip's angle [degrees].
    double turn_to(double hub_degrees)
    {
        double const from = degrees(angles_[0]);
        int const steps = std::max(1, int(std::abs(hub_degrees - from) * 2));
        for (int n = 1; n <= steps; ++n) {
            angles_[0] = radians(from + (hub_degrees - from) * n / steps);
            double before = 1e9;
            for (int k = 0; k < 20'000 && std::abs(angles_.back() - before) > 1e-10; ++k) {
                before = angles_.back();
                line_.relax(joints_, holds_, angles_, 1e-4 * joints_[0].torsion_n_mm2 / joints_[0].length_mm);
            }
        }
        return degrees(angles_.back());
    }
    static constexpr int count = 60;
    static constexpr double length = 100, kappa = 1.0 / 40, kappa0 = 1.0 / 60;

private:
    TwistLine line_{count};
    std::vector<TwistJoint> joints_;
    std::vector<TwistHold> holds_;
    std::vector<double> angles_;
};

struct Whip {
    double s, at_90, at_150;
};
// The pendulum GJ theta'' = E I kappa kappa_0 sin(theta), theta(0) the hub's, theta'(L) = 0, solved by shooting
// (cf. Dupont 2010, Gilbert 2016 for concentric tubes); S over pi / 2.
constexpr Whip table[] = {{0.5, 72.90, 138.82}, {0.7, 59.03, 122.58}, {0.9, 45.23, 95.68},
                          {0.99, 39.68, 82.77}, {1.1, 33.64, 68.60},  {1.5, 18.06, 34.68}};

TEST(TwistLine, tip_follows_the_hub_as_the_pendulum_does)
{
    test::Extremes errors{"whip_degrees"};
    for (Whip const& row : table) {
        CurvedTool tool{row.s * pi / 2};
        double const at_90 = tool.turn_to(90), at_150 = tool.turn_to(150);
        errors.see(at_90 - row.at_90);
        errors.see(at_150 - row.at_150);
        EXPECT_NEAR(at_90, row.at_90, 2) << row.s;
        EXPECT_NEAR(at_150, row.at_150, 2) << row.s;
    }
}

// Below S = pi / 2 there is one rest for every hub angle: the way up is the way down. Above it the tip stays behind,
// snaps over, and comes back elsewhere.
TEST(TwistLine, whips_above_the_critical_length_alone)
{
    CurvedTool calm{0.95 * pi / 2}, wild{1.5 * pi / 2};
    double widest_calm = 0, snap_calm = 0, widest_wild = 0, snap_wild = 0, last_calm = 0, last_wild = 0;
    std::vector<double> up_calm, up_wild;
    for (int hub = 0; hub <= 360; hub += 5) {
        up_calm.push_back(calm.turn_to(hub));
        up_wild.push_back(wild.turn_to(hub));
        EXPECT_GE(up_calm.back(), last_calm - 1e-6);
        snap_calm = std::max(snap_calm, up_calm.back() - last_calm);
        snap_wild = std::max(snap_wild, up_wild.back() - last_wild);
        last_calm = up_calm.back();
        last_wild = up_wild.back();
    }
    for (int hub = 360; hub >= 0; hub -= 5) {
        widest_calm = std::max(widest_calm, calm.turn_to(hub) - up_calm[std::size_t(hub / 5)]);
        widest_wild = std::max(widest_wild, wild.turn_to(hub) - up_wild[std::size_t(hub / 5)]);
    }
    test::measured("whip_snap_degrees", snap_wild);
    EXPECT_LT(widest_calm, 1) << "one rest for each angle";
    EXPECT_LT(snap_calm, 60);
    EXPECT_GT(snap_wild, 90);
    EXPECT_GT(widest_wild, 90) << "another rest on the way back";
}

// The same as a rod in space, in a tube with a clearance of 0.001 mm. Its end relaxes over (4 E I / k)^(1/4) = 1 mm:
// the wall is that stiff.
TEST(Whip, rod_in_a_curved_tube_is_the_pendulum_too)
{
    test::Extremes errors{"whip_rod_degrees"};
    for (Whip const& row : {table[1], table[2], table[3]}) {
        double const length = 100, bend = 40, shape = 60, bending = 1000, s = row.s * pi / 2;
        int const count = 200; // the last half segment is free of wall: an error of first order
        test::TubeWall wall{0, 4000};
        wall.add_straight({0, 0, -50}, {0, 0, 0}, 0.5);
        wall.add_arc({bend, 0, 0}, {0, 1, 0}, {0, 0, 0}, pi, 0.5);
        Rod rod{count + 1};
        RodSegment clamp;
        clamp.length_mm = 1e-9;
        clamp.is_held = true;
        rod.put_at_tip(clamp);
        RodJoint joint;
        joint.bending_n_mm2 = bending;
        joint.torsion_n_mm2 = bending * length * length / (bend * shape * s * s);
        joint.rest_per_mm = {0, 1 / shape, 0};
        for (int i = 0; i < count; ++i) {
            RodSegment segment;
            segment.length_mm = length / count;
            segment.outer_mm = 0.998;
            double const angle = (i + 0.5) * segment.length_mm / bend;
            segment.at_mm = Vec3{bend - bend * std::cos(angle), 0, bend * std::sin(angle)};
            segment.turn = glm::dquat{std::cos(angle / 2), 0, std::sin(angle / 2), 0};
            rod.put_at_tip(segment, joint);
        }
        auto const tip_turned = [&] {
            double turned = 0;
            for (std::size_t j = 0; j < rod.joints().size(); ++j) {
                glm::dquat const p = glm::conjugate(rod.segments()[j].turn) * rod.segments()[j + 1].turn;
                turned += 2 * std::atan2(p.z, p.w);
            }
            return degrees(turned);
        };
        double hub = 0;
        auto const turn_to = [&](double goal) {
            for (int n = 0; n < 600 + 6 * int(goal - hub); ++n) {
                double const at = radians(std::min(goal, hub + n / 6.0));
                rod.segments()[0].turn = glm::dquat{std::cos(at / 2), 0, 0, std::sin(at / 2)};
                rod.step(wall, test::step_s);
            }
            hub = goal;
            return goal + tip_turned();
        };
        double const at_90 = turn_to(90), at_150 = turn_to(150);
        errors.see(at_90 - row.at_90);
        errors.see(at_150 - row.at_150);
        EXPECT_NEAR(at_90, row.at_90, 2) << row.s;
        EXPECT_NEAR(at_150, row.at_150, 2) << row.s;
    }
}

// Michell's ring: a straight rod closed to a circle stays flat up to a total twist of 2 pi sqrt(3) E I / G J; above, it
// folds over itself and two turns of twist come out of it.
TEST(MichellRing, leaves_its_plane_above_the_critical_twist)
{
    struct End {
        double most_out, twisting; ///< over the ring's radius; moment over that of the flat ring
    };
    auto const nudged = [](double share) {
        int const count = 60;
        double const length = 200, bending = 100, torsion = 100, radius = length / (2 * pi);
        double const twist = share * 2 * pi * std::sqrt(3.0) * bending / torsion;
        Rod rod{count + 1};
        RodJoint joint;
        joint.bending_n_mm2 = bending;
        joint.torsion_n_mm2 = torsion;
        for (int i = 0; i <= count; ++i) {
            RodSegment segment;
            segment.length_mm = length / count;
            double const angle = 2 * pi * i / count, about = twist * i / count;
            segment.at_mm = Vec3{radius - radius * std::cos(angle), 0, radius * std::sin(angle)};
            segment.turn = glm::dquat{std::cos(angle / 2), 0, std::sin(angle / 2), 0} *
                           glm::dquat{std::cos(about / 2), 0, 0, std::sin(about / 2)};
            segment.is_held = i == 0 || i == count;
            rod.put_at_tip(segment, joint);
        }
        // A nudge across the plane, then left alone.
        End end{0, 0};
        for (int n = 0; n < 6'000; ++n) {
            for (int i = 1; i < count; ++i)
                rod.segments()[std::size_t(i)].load_n =
                    n < 100 ? Vec3{0, 1e-5 * std::sin(4 * pi * i / count), 0} : Vec3{0};
            rod.step(NoWall{}, test::step_s);
            for (RodSegment const& segment : rod.segments())
                end.most_out = std::max(end.most_out, std::abs(segment.at_mm.y) / radius);
        }
        end.twisting = -rod.joints()[std::size_t(count / 2)].moment_n_mm.z / (torsion * twist / length);
        return end;
    };
    End const below = nudged(0.95), above = nudged(1.05);
    test::measured("michell_below", below.most_out);
    test::measured("michell_above", above.most_out);
    EXPECT_LT(below.most_out, 0.01);
    EXPECT_NEAR(below.twisting, 1, 0.01) << "all of its twist is still in it";
    EXPECT_GT(above.most_out, 0.3);
}

// Greenhill: a rod drawn by T and twisted by M, its ends free to tilt, leaves the straight line in a helix at
// M^2 = 4 E I T + (2 pi E I / L)^2; in a long one the second part fades.
TEST(Greenhill, drawn_rod_leaves_the_straight_line_at_the_critical_twist)
{
    double const bending = 1000, torsion = 800, span = 240, draw = 2;
    int const count = 96;
    double const length = span / (count - 1); // between the middles of the segments that are held on the axis
    double const critical = std::sqrt(4 * bending * draw + std::pow(2 * pi * bending / span, 2));
    auto const aside = [&](double share) {
        Rod rod{count};
        RodJoint joint;
        joint.bending_n_mm2 = bending;
        joint.torsion_n_mm2 = torsion;
        double const moment = share * critical;
        for (int i = 0; i < count; ++i) {
            RodSegment segment;
            segment.length_mm = length;
            segment.at_mm = Vec3{0, 0, i * length};
            double const angle = moment / torsion * i * length;
            segment.turn = glm::dquat{std::cos(angle / 2), 0, 0, std::sin(angle / 2)};
            rod.put_at_tip(segment, joint);
        }
        for (int const sign : {-1, 1}) {
            RodSegment& end = sign > 0 ? rod.segments().back() : rod.segments().front();
            end.guide_n_mm = 1000;
            end.load_n = Vec3{0, 0, sign * draw};
            end.load_n_mm = Vec3{0, 0, sign * moment};
        }
        double out = 0, twisting = 0;
        for (int n = 0; n < 4'000; ++n) {
            for (int i = 1; i + 1 < count; ++i) // a nudge in a helix, then left alone
                rod.segments()[std::size_t(i)].load_n = n < 50
                                                            ? 1e-5 * std::sin(pi * i / (count - 1)) *
                                                                  Vec3{std::cos(moment * i * length / (2 * bending)),
                                                                       std::sin(moment * i * length / (2 * bending)), 0}
                                                            : Vec3{0};
            rod.step(NoWall{}, test::step_s);
            if (n == 200) twisting = -rod.joints()[std::size_t(count / 2)].moment_n_mm.z / moment;
            for (RodSegment const& segment : rod.segments())
                if (n > 50) out = std::max(out, std::hypot(segment.at_mm.x, segment.at_mm.y));
        }
        // A joint that is turned by a carries M / cos(a / 2): 0.9 % more.
        EXPECT_NEAR(twisting, 1, 0.02) << "the torque from outside is that within";
        return out;
    };
    double const below = aside(0.98), above = aside(1.02);
    test::measured("greenhill_below_mm", below);
    test::measured("greenhill_above_mm", above);
    EXPECT_LT(below, 0.05);
    EXPECT_GT(above, 5);
}

} // namespace
} // namespace fluoro
