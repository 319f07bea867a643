#include <algorithm>
#include <cmath>
#include <fluoro/anatomy/built_in.hpp>
#include <fluoro/body/organ_motion.hpp>
#include <gtest/gtest.h>
#include <map>
#include <numbers>
#include <string>

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

TEST(OrganMotionBuiltIn, coronaries_go_as_far_as_seen_and_rest_twice)
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
    // Windows in which a point of the artery moves less than 1 mm altogether, at 70 a minute: end-systole and
    // mid-diastole. Shechter 2005: RCA 76 +- 34 and 65 +- 42 ms, LCA 80 +- 25 and 112 +- 42 ms; two standard
    // deviations.
    for (char const* name : {"rca-mid", "circumflex-distal", "lad-mid"}) {
        auto const edge = d.man.lumens.vessels.find_edge(name);
        ASSERT_TRUE(edge) << name;
        auto const& points = d.man.lumens.vessels.edges[std::size_t(*edge)].points_mm;
        Vec3 const rest = points[points.size() / 2];
        auto const window = [&](double from, double to) {
            double longest = 0;
            for (double begin = from; begin < to; begin += 0.004) {
                Vec3 const first = d.motion.moved(rest, at_time(begin));
                double end = begin;
                while (end < 0.857 && glm::length(d.motion.moved(rest, at_time(end)) - first) < 1) end += 0.004;
                longest = std::max(longest, end - begin);
            }
            return 1e3 * longest;
        };
        double const systole = window(0.15, 0.42), diastole = window(0.45, 0.75);
        EXPECT_GT(systole, 40) << name;
        EXPECT_LT(systole, 144) << name;
        EXPECT_GT(diastole, 40) << name;
        EXPECT_LT(diastole, 333) << name; // Wang 1999: up to 333 ms
        test::measured(std::string{"motion_rest_systole_ms_"} + name, systole);
        test::measured(std::string{"motion_rest_diastole_ms_"} + name, diastole);
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
