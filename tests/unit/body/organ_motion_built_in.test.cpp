#include <algorithm>
#include <cmath>
#include <fluoro/anatomy/built_in.hpp>
#include <fluoro/body/circulation.hpp>
#include <fluoro/body/heartbeat.hpp>
#include <fluoro/body/organ_motion.hpp>
#include <gtest/gtest.h>
#include <initializer_list>
#include <map>
#include <numbers>
#include <string>
#include <vector>

#include "measured.hpp"

// The drawn man, coarsely: what a stylised one cannot tell.
namespace fluoro {
namespace {

struct Drawn {
    Patient man = draw_built_in(built_in_patient("adult-male"), "trunk", 4);
    OrganMotion motion{man};
    Vec3 way(char const* name, BodyPose const& pose) const
    {
        Vec3 const p = man.lumens.landmarks.at(name);
        return motion.moved(p, pose) - p;
    }
};
Drawn const& drawn()
{
    static Drawn const one;
    return one;
}

/// Volumes of the cavities over a beat at 70 a minute: emptied by a half cosine over 0.29 s, isovolumic for 55 ms,
/// refilled by 75 % with a flow that falls from its peak, at rest in diastasis, and by the atria at the end (typical of
/// volume-time curves of MRI).
BodyPose at_time(double t)
{
    constexpr double beat = 60.0 / 70, empty_to = 0.33, hold_to = 0.385, early_to = 0.60, late_from = beat - 0.13;
    auto const smooth = [](double x) { return 0.5 - 0.5 * std::cos(std::numbers::pi * std::clamp(x, 0.0, 1.0)); };
    auto const early = [](double x) { return 1 - std::pow(1 - std::clamp(x, 0.0, 1.0), 2); };
    double filled = 1;
    if (t < empty_to)
        filled = 1 - smooth((t - 0.04) / (empty_to - 0.04));
    else if (t < hold_to)
        filled = 0;
    else
        filled =
            0.75 * early((t - hold_to) / (early_to - hold_to)) + 0.25 * smooth((t - late_from) / (beat - late_from));
    BodyPose pose;
    double const out = 1 - filled;
    pose.chamber_share = {1 - 0.65 * out, 1 - 0.58 * out, 1 + 0.7 * out, 1 + 0.5 * out};
    return pose;
}

TEST(OrganMotionBuiltIn, breath_moves_organs_by_their_measured_shares)
{
    auto const& d = drawn();
    BodyPose pose;
    pose.dome_mm = 19;
    EXPECT_NEAR(-d.way("diaphragm-dome-right", pose).z, 19, 0.5);
    double const heart = -d.way("heart-centre", pose).z;
    EXPECT_NEAR(heart, 4.9, 0.5); // Shechter 2004: 4.9 +- 1.9
    double const kidney = -0.5 * (d.way("kidney-left", pose).z + d.way("kidney-right", pose).z) / 19;
    EXPECT_GT(kidney, 0.55); // Song 2011: 0.6 to 0.7, labels of 4 mm
    EXPECT_LT(kidney, 0.75);
    double const liver = -d.way("liver-centre", pose).z / 19;
    EXPECT_GT(liver, 0.8);
    EXPECT_LT(liver, 1.05);
    EXPECT_LT(glm::length(d.way("carina", pose)), 4);
    for (char const* still : {"T5", "T8", "T12", "L2", "L4"}) EXPECT_LT(glm::length(d.way(still, pose)), 0.3) << still;
    test::measured("motion_heart_caudal_at_19mm", heart);
    test::measured("motion_kidney_share", kidney);
    test::measured("motion_liver_share", liver);
}

/// Mean way of a label's tissue [mm], and its volume over that at rest by the mean of the map's determinant.
struct OrganWay {
    Vec3 mean{0};
    double volume = 0;
};
OrganWay way_of(std::initializer_list<int> labels, BodyPose const& pose)
{
    auto const& d = drawn();
    Grid const& grid = d.man.ct.grid;
    Mat4 const to_patient = grid.patient_from_index();
    OrganWay sum;
    int count = 0;
    for (int k = 1; k < grid.size.z - 1; k += 2)
        for (int j = 1; j < grid.size.y - 1; j += 2)
            for (int i = 1; i < grid.size.x - 1; i += 2) {
                int const at = d.man.labels[(std::size_t(k) * std::size_t(grid.size.y) + std::size_t(j)) *
                                                std::size_t(grid.size.x) +
                                            std::size_t(i)];
                if (std::ranges::find(labels, at) == labels.end()) continue;
                Vec3 const p = map_point(to_patient, {i, j, k});
                constexpr double h = 0.1;
                Mat3 jacobian;
                for (int axis = 0; axis < 3; ++axis) {
                    Vec3 step{0};
                    step[axis] = h;
                    jacobian[axis] = (d.motion.moved(p + step, pose) - d.motion.moved(p - step, pose)) / (2 * h);
                }
                sum.mean += d.motion.moved(p, pose) - p;
                sum.volume += glm::determinant(jacobian);
                ++count;
            }
    return {sum.mean / std::max(1.0, double(count)), sum.volume / std::max(1, count)};
}

TEST(OrganMotionBuiltIn, organs_keep_their_volume_in_a_deep_breath)
{
    BodyPose pose;
    pose.dome_mm = 45;
    struct Organ {
        char const* name;
        std::initializer_list<int> labels;
        double off; ///< of 1: what a linear mode on 16 mm cannot keep at half as much again as it was made for
    };
    for (Organ const& organ : {Organ{"liver", {5}, 0.06}, Organ{"spleen", {1}, 0.06}, Organ{"kidneys", {2, 3}, 0.15},
                               Organ{"heart", {1050, 1051, 1052, 1053, 1054}, 0.05}}) {
        double const volume = way_of(organ.labels, pose).volume;
        EXPECT_NEAR(volume, 1, organ.off) << organ.name;
        test::measured(std::string{"motion_deep_breath_volume_"} + organ.name, volume);
    }
}

// Brandner 2006: liver and spleen go 13 mm each in quiet breathing.
TEST(OrganMotionBuiltIn, spleen_goes_nearly_as_far_as_the_liver_and_ribs_open)
{
    BodyPose pose;
    pose.dome_mm = 19;
    double const liver = -way_of({5}, pose).mean.z, spleen = -way_of({1}, pose).mean.z;
    EXPECT_GT(spleen / liver, 0.75);
    EXPECT_LT(spleen / liver, 1.15);
    EXPECT_GT(liver / 19, 0.6); // in the mean of all of it: its lower end goes less than the dome
    test::measured("motion_spleen_over_liver", spleen / liver);
    test::measured("motion_liver_mean_share", liver / 19);
    // Ribs 6 to 8: outward, as 150 mL of a quiet breath by the chest make it 1 to 2 mm.
    double const left = way_of({97, 98, 99}, pose).mean.x, right = -way_of({109, 110, 111}, pose).mean.x;
    EXPECT_GT(left, 0.7);
    EXPECT_LT(left, 3);
    EXPECT_GT(right, 0.7);
    EXPECT_LT(right, 3);
    test::measured("motion_ribs_outward_mm", 0.5 * (left + right));
}

TEST(OrganMotionBuiltIn, coronaries_go_as_far_as_seen)
{
    auto const& d = drawn();
    struct Artery {
        std::string prefix;
        double least_mm, most_mm; ///< typical excursions of the artery as a whole
    };
    for (Artery const& artery :
         {Artery{"rca-mid", 15, 30}, Artery{"circumflex-distal", 10, 16}, Artery{"lad-", 6, 13}}) {
        double sum = 0;
        int count = 0;
        for (LumenEdge const& e : d.man.lumens.vessels.edges) {
            if (!e.name.starts_with(artery.prefix) || e.name.find("twig") != std::string::npos) continue;
            for (std::size_t n = 0; n < e.points_mm.size(); n += 5) {
                Vec3 const rest = e.points_mm[n];
                double far = 0;
                for (double t = 0; t < 0.857; t += 0.02)
                    far = std::max(far, glm::length(d.motion.moved(rest, at_time(t)) - rest));
                sum += far;
                ++count;
            }
        }
        ASSERT_GT(count, 5) << artery.prefix;
        EXPECT_GT(sum / count, artery.least_mm) << artery.prefix;
        EXPECT_LT(sum / count, artery.most_mm) << artery.prefix;
        test::measured("motion_excursion_" + artery.prefix, sum / count);
    }
}

/// What the circulation makes of the heart over one even beat at 70 a minute, every 1/240 s.
std::vector<BodyPose> one_beat(Patient const& man)
{
    constexpr double step_s = 1.0 / 240;
    Circulation circulation{man.lumens.vessels, {}};
    HeartbeatSettings even;
    even.rate_per_min = 70;
    even.variability = even.ectopic_share = 0;
    Heartbeat heart{even};
    while (heart.now().beat < 24) circulation.advance(step_s, heart.advance(step_s));
    auto const rest_ml = circulation.chamber_ml();
    std::vector<BodyPose> poses;
    while (heart.now().beat < 25) {
        BodyPose& pose = poses.emplace_back();
        for (std::size_t c = 0; c < chamber_count; ++c)
            pose.chamber_share[c] = circulation.chamber_ml()[c] / rest_ml[c];
        pose.untwist = untwist_of(heart.now());
        circulation.advance(step_s, heart.advance(step_s));
    }
    return poses;
}

// The longest time in which points of the artery move less than 1 mm altogether, at end-systole and in mid-diastole.
// Shechter 2005: RCA 76 +- 34 and 65 +- 42 ms, LCA 80 +- 25 and 112 +- 42 ms; two standard deviations.
TEST(OrganMotionBuiltIn, coronaries_rest_twice_in_a_beat)
{
    auto const& d = drawn();
    std::vector<BodyPose> const beat = one_beat(d.man);
    struct Artery {
        char const* name;
        double systole_ms, systole_sd, diastole_ms, diastole_sd;
    };
    for (Artery const& artery : {Artery{"rca-mid", 76, 34, 65, 42}, Artery{"circumflex-distal", 80, 25, 112, 42},
                                 Artery{"lad-mid", 80, 25, 112, 42}}) {
        auto const edge = d.man.lumens.vessels.find_edge(artery.name);
        ASSERT_TRUE(edge) << artery.name;
        auto const& points = d.man.lumens.vessels.edges[std::size_t(*edge)].points_mm;
        std::vector<Vec3> way;
        for (BodyPose const& pose : beat) way.push_back(d.motion.moved(points[points.size() / 2], pose));
        auto const window = [&](double from, double to) {
            std::size_t longest = 0;
            for (auto begin = std::size_t(from * double(way.size())); begin < std::size_t(to * double(way.size()));
                 ++begin) {
                std::size_t end = begin;
                while (end < way.size() && glm::length(way[end] - way[begin]) < 1) ++end;
                longest = std::max(longest, end - begin);
            }
            return 1e3 * double(longest) / 240;
        };
        double const systole = window(0.15, 0.5), diastole = window(0.55, 0.9);
        test::measured(std::string{"motion_rest_systole_ms_"} + artery.name, systole);
        test::measured(std::string{"motion_rest_diastole_ms_"} + artery.name, diastole);
        EXPECT_NEAR(systole, artery.systole_ms, 2 * artery.systole_sd) << artery.name;
        EXPECT_NEAR(diastole, artery.diastole_ms, 2 * artery.diastole_sd) << artery.name;
    }
}

TEST(OrganMotionBuiltIn, ejects_what_it_is_told_to)
{
    auto const& d = drawn();
    BodyPose pose = at_time(0.35);
    double rest = 0, moved = 0;
    auto const is_left = [&](Vec3 const& p) {
        glm::ivec3 const at{glm::floor((p - d.man.ct.grid.origin_mm) / d.man.ct.grid.spacing_mm + 0.5)};
        return d.man.labels[(std::size_t(at.z) * std::size_t(d.man.ct.grid.size.y) + std::size_t(at.y)) *
                                std::size_t(d.man.ct.grid.size.x) +
                            std::size_t(at.x)] == 1050;
    };
    constexpr double step = 2;
    for (double z = 150; z < 280; z += step)
        for (double y = -110; y < 20; y += step)
            for (double x = -30; x < 110; x += step) {
                rest += is_left({x, y, z}) ? 1 : 0;
                moved += is_left(d.motion.rest_of({x, y, z}, pose)) ? 1 : 0;
            }
    double const ejected = 1 - moved / rest;
    EXPECT_NEAR(moved / rest, 0.35, 0.03 * 0.35); // ESV within 3 %
    EXPECT_NEAR(ejected, 0.65, 0.03 * 0.65);
    test::measured("motion_built_in_ejection_fraction", ejected);
}

} // namespace
} // namespace fluoro
