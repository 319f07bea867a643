#include "gut/swallow_muscles.hpp"

#include "../../support/measured.hpp"

#include <cmath>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

constexpr double step_s = 1 / 240.0;
constexpr SwallowWay way{100, 176, 426}; ///< 250 mm of gullet

TubeCells line()
{
    std::vector<Vec3> points;
    for (double s = 0; s <= way.cardia_mm; s += 1) points.push_back({0, s, 0});
    return cut_tube(points, std::vector<double>(points.size(), 8), 2);
}

/// How far the tube may open at a place.
double opening(SwallowMuscles const& muscles, double at_mm)
{
    static TubeCells const cells = line();
    std::vector<double> all(std::size_t(cells.count()));
    muscles.set_opening(cells, all);
    return all[std::size_t(cells.at(at_mm))];
}

/// How long a place is open (or shut) after a swallow of so much [s].
template <typename Is> double lasts(double ml, SwallowSettings const& settings, Is const& is)
{
    SwallowMuscles muscles{way, settings};
    muscles.swallow(ml);
    double sum = 0;
    for (double t = 0; t < 15; t += step_s) {
        muscles.advance(step_s);
        if (is(muscles)) sum += step_s;
    }
    return sum;
}

// Upper sphincter open 0.3 to 0.6 s, longer for more (Molfenter and Steele 2012).
TEST(SwallowMuscles, the_upper_sphincter_opens_as_long_as_in_people)
{
    double before = 0;
    for (double ml : {1.0, 5.0, 10.0, 20.0}) {
        double const open = lasts(ml, {}, [](SwallowMuscles const& m) { return opening(m, way.upper_mm + 3) > 0.2; });
        EXPECT_GE(open, 0.3) << ml;
        EXPECT_LE(open, 0.65) << ml; // half the rise and fall of 0.06 s beside
        EXPECT_GE(open, before);
        before = open;
        if (ml == 10) test::measured("upper_sphincter_open_s", open);
    }
}

// From the head at the fauces until the tail is through the upper sphincter: 0.7 to 1.0 s (Molfenter and Steele 2012).
TEST(SwallowMuscles, the_throat_swallows_in_less_than_a_second)
{
    SwallowMuscles muscles{way, {}};
    muscles.swallow(10);
    double opens = 0, ends = 0;
    for (double t = step_s; t < 3; t += step_s) {
        muscles.advance(step_s);
        if (opens == 0 && opening(muscles, way.fauces_mm) > 0.2) opens = t;
        if (muscles.is_busy()) ends = t;
    }
    EXPECT_GE(ends - opens, 0.7);
    EXPECT_LE(ends - opens, 1.0);
    test::measured("throat_transit_s", ends - opens);
}

// 10 to 15 mm (Molfenter and Steele 2011).
TEST(SwallowMuscles, the_hyoid_goes_up_and_forward_and_comes_back)
{
    SwallowMuscles muscles{way, {}};
    muscles.swallow(10);
    SwallowPose most;
    for (double t = 0; t < 3; t += step_s) {
        muscles.advance(step_s);
        SwallowPose const pose = muscles.pose();
        most.hyoid_forward_mm = std::max(most.hyoid_forward_mm, pose.hyoid_forward_mm);
        most.hyoid_up_mm = std::max(most.hyoid_up_mm, pose.hyoid_up_mm);
        most.epiglottis = std::max(most.epiglottis, pose.epiglottis);
    }
    EXPECT_GE(most.hyoid_forward_mm, 10);
    EXPECT_LE(most.hyoid_forward_mm, 15);
    EXPECT_GE(most.hyoid_up_mm, 10);
    EXPECT_LE(most.hyoid_up_mm, 15);
    EXPECT_EQ(most.epiglottis, 1);
    EXPECT_EQ(muscles.pose().hyoid_up_mm, 0);
    EXPECT_EQ(muscles.pose().epiglottis, 0);
}

// Humphries and Castell 1977: 5.0 cm/s 7.5 cm above the lower sphincter, 2.15 cm/s 2.5 cm above it, about 3 above.
TEST(SwallowMuscles, the_primary_wave_has_the_measured_speeds)
{
    SwallowMuscles muscles{way, {}};
    EXPECT_NEAR(muscles.wave_mm_s(250 - 75), 49.8, 0.1);
    EXPECT_NEAR(muscles.wave_mm_s(250 - 25), 21.5, 0.1);
    EXPECT_NEAR(muscles.wave_mm_s(60), 31, 2);
    // And runs with them: from 60 to 110 mm below the upper sphincter, by when it is tightest.
    muscles.swallow(10);
    std::array<double, 2> when{}, tightest{1, 1};
    for (double t = step_s; t < 12; t += step_s) {
        muscles.advance(step_s);
        for (std::size_t k = 0; k < 2; ++k)
            if (double const o = opening(muscles, way.upper_mm + 61 + 50 * double(k)); o < tightest[k])
                tightest[k] = o, when[k] = t;
    }
    double const speed = 50 / (when[1] - when[0]);
    EXPECT_NEAR(speed / 31.7, 1, 0.02); // the table's mean between 190 and 140 mm above
    test::measured("wave_speed_upper_mm_s", speed);
}

TEST(SwallowMuscles, the_lower_sphincter_lets_go_and_does_not_in_achalasia)
{
    auto const open = [](SwallowMuscles const& m) { return opening(m, way.cardia_mm - 4) > 0.5; };
    double const normal = lasts(10, {}, open);
    EXPECT_GT(normal, 4);
    EXPECT_LT(normal, 10);
    SwallowSettings achalasia;
    achalasia.lower_relaxes = false;
    EXPECT_EQ(lasts(10, achalasia, open), 0);
}

TEST(SwallowMuscles, a_new_swallow_inhibits_a_wave_in_the_upper_half)
{
    auto const shut_at_middle = [](double second_s) {
        SwallowMuscles muscles{way, {}};
        muscles.swallow(10);
        int times = 0;
        bool was_shut = false, swallowed = false;
        for (double t = 0; t < 20; t += step_s) {
            if (!swallowed && t > second_s) muscles.swallow(10), swallowed = true;
            muscles.advance(step_s);
            bool const is_shut = opening(muscles, way.upper_mm + 130) < 0.1;
            if (is_shut && !was_shut) ++times;
            was_shut = is_shut;
        }
        return times;
    };
    EXPECT_EQ(shut_at_middle(3), 1);
    EXPECT_EQ(shut_at_middle(7), 2);
}

TEST(SwallowMuscles, tertiary_contractions_come_as_often_as_told)
{
    SwallowSettings settings;
    settings.tertiary_share = 0.3;
    SwallowMuscles muscles{way, settings};
    int with = 0;
    constexpr int swallows = 200;
    for (int k = 0; k < swallows; ++k) {
        muscles.swallow(5);
        bool passed = false;
        for (double t = 0; t < 12; t += 1 / 60.0) {
            muscles.advance(1 / 60.0);
            if (opening(muscles, way.upper_mm + 190) < 0.05) passed = true; // a ring leaves a tenth open
        }
        if (!passed) ++with;
    }
    // Binomial: 4 standard deviations.
    EXPECT_NEAR(with / double(swallows), 0.3, 4 * std::sqrt(0.3 * 0.7 / swallows));
}

} // namespace
} // namespace fluoro
