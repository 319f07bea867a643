#include <cmath>
#include <fluoro/body/breathing.hpp>
#include <gtest/gtest.h>
#include <vector>

#include "measured.hpp"

namespace fluoro {
namespace {

constexpr double dt = 1.0 / 120;

/// Steps for `seconds`, looking at every moment.
template <class Look> void breathe(Breathing& breathing, double seconds, Look const& look)
{
    for (int n = 0; n < int(std::lround(seconds / dt)); ++n) look(breathing.advance(dt));
}
void breathe(Breathing& breathing, double seconds)
{
    breathe(breathing, seconds, [](BreathMoment const&) {});
}

/// Times between the ends of inspiration, and the depth of every breath.
struct Breaths {
    std::vector<double> length_s, depth_mm;
};
Breaths breaths_of(Breathing& breathing, double seconds)
{
    Breaths found;
    double time = 0, last_top = -1, top = 0, before = 0;
    bool is_rising = false;
    breathe(breathing, seconds, [&](BreathMoment const& now) {
        time += dt;
        if (is_rising && now.dome_mm < before) {
            top = before;
            if (last_top >= 0) found.length_s.push_back(time - last_top);
            found.depth_mm.push_back(top);
            last_top = time;
        }
        is_rising = now.dome_mm > before;
        before = now.dome_mm;
    });
    return found;
}

double mean(std::vector<double> const& values)
{
    double sum = 0;
    for (double const v : values) sum += v;
    return sum / double(values.size());
}
double deviation(std::vector<double> const& values)
{
    double const middle = mean(values);
    double sum = 0;
    for (double const v : values) sum += (v - middle) * (v - middle);
    return std::sqrt(sum / double(values.size() - 1));
}

TEST(Breathing, quiet_breaths_have_their_rate_depth_and_variability)
{
    Breathing breathing{{}};
    Breaths const found = breaths_of(breathing, 1500);
    // 350 breaths that vary by 8 %: their mean is known to 0.43 %, their deviation to 4 %; three times that.
    EXPECT_NEAR(60 / mean(found.length_s), 14, 14 * 0.015);
    EXPECT_NEAR(mean(found.depth_mm), 15, 15 * 0.015);
    EXPECT_NEAR(deviation(found.depth_mm) / 15, 0.08, 0.01);
    test::measured("breath_rate", 60 / mean(found.length_s));
    test::measured("breath_depth", mean(found.depth_mm));
}

TEST(Breathing, quiet_breath_is_lujan_s_curve)
{
    BreathingSettings settings;
    settings.variability = 0;
    Breathing breathing{settings};
    double const length = 60 / settings.rate_per_min;
    double time = 0, below = 0;
    breathe(breathing, 10 * length, [&](BreathMoment const& now) {
        time += dt;
        double const share = std::sin(3.14159265358979 * time / length);
        EXPECT_NEAR(now.dome_mm, 15 * std::pow(share, 4), 1e-6);
        if (now.dome_mm < 7.5) below += dt;
    });
    // sin^4 is below one half for 2 asin(0.5^0.25) / pi = 63.6 % of the time; a step of it is 0.2 %.
    EXPECT_NEAR(below / (10 * length), 0.636, 0.004);
}

TEST(Breathing, dome_and_its_speed_go_together_without_a_jump)
{
    Breathing breathing{{}};
    double before = breathing.now().dome_mm, speed_before = 0, fastest_change = 0, worst = 0;
    auto const look = [&](BreathMoment const& now) {
        // The mean of the speeds at both ends of a step is its way, but for the acceleration's change: 0.1 mm in a
        // blast of 26 mm in 0.25 s.
        double const way = now.dome_mm - before;
        worst = std::max(worst, std::abs(way - 0.5 * (now.dome_mm_s + speed_before) * dt));
        fastest_change = std::max(fastest_change, std::abs(now.dome_mm_s - speed_before));
        before = now.dome_mm;
        speed_before = now.dome_mm_s;
    };
    using enum BreathCommand;
    for (BreathCommand const command : {breathe_in_and_hold, quiet, breathe_out_and_hold, deep, cough, stop, quiet}) {
        for (double const wait : {0.3, 2.9, 7.1}) {
            breathe(breathing, wait, look);
            breathing.command(command);
        }
        breathe(breathing, 6, look);
    }
    EXPECT_LT(worst, 0.1);
    // The blast's acceleration: 10 / sqrt(3) * 26 mm / (0.25 s)^2 = 2400 mm/s^2, 20 mm/s in a step.
    EXPECT_LT(fastest_change, 25);
}

TEST(Breathing, holds_on_command_after_a_delay_and_not_for_ever)
{
    BreathingSettings settings;
    Breathing breathing{settings};
    breathe(breathing, 9);
    breathing.command(BreathCommand::breathe_in_and_hold);
    double time = 0, held_from = -1, held_to = -1, begun = -1, dome_held = 0, before = breathing.now().dome_mm;
    bool was_quiet = true;
    breathe(breathing, 40, [&](BreathMoment const& now) {
        time += dt;
        if (was_quiet && !now.is_even) begun = time;
        was_quiet = was_quiet && now.is_even;
        if (now.is_held && held_from < 0) held_from = time;
        if (now.is_held) {
            held_to = time;
            dome_held = now.dome_mm;
            EXPECT_EQ(now.dome_mm_s, 0);
            EXPECT_TRUE(now.is_even);
        }
        before = now.dome_mm;
    });
    EXPECT_NEAR(begun, settings.delay_s, 2 * dt);
    EXPECT_EQ(dome_held, settings.deep_dome_mm);
    EXPECT_LT(held_from - begun, 2.5); // a deep breath in takes about two seconds
    EXPECT_NEAR(held_to - held_from, settings.endurance_s, 2 * dt);
    EXPECT_LT(before, 2 * settings.quiet_dome_mm); // and breathes again
    EXPECT_FALSE(breathing.now().is_held);
}

TEST(Breathing, is_let_go_by_the_next_command_and_out_of_breath_after_a_long_hold)
{
    BreathingSettings settings;
    settings.variability = 0;
    Breathing breathing{settings};
    breathing.command(BreathCommand::breathe_out_and_hold);
    breathe(breathing, 12);
    EXPECT_TRUE(breathing.now().is_held);
    EXPECT_NEAR(breathing.now().dome_mm, -4.5, 1e-9); // beyond quiet expiration
    breathing.command(BreathCommand::quiet);
    breathe(breathing, settings.delay_s - 0.1);
    EXPECT_TRUE(breathing.now().is_held) << "not before the delay is over";
    breathe(breathing, 0.3);
    EXPECT_FALSE(breathing.now().is_held);
    Breaths const after = breaths_of(breathing, 60);
    EXPECT_GT(after.depth_mm.front(), 1.2 * settings.quiet_dome_mm);
    EXPECT_NEAR(after.depth_mm.back(), settings.quiet_dome_mm, 0.02 * settings.quiet_dome_mm);
}

TEST(Breathing, takes_one_deep_breath)
{
    Breathing breathing{{}};
    breathing.command(BreathCommand::deep);
    double deepest = 0;
    breathe(breathing, 6, [&](BreathMoment const& now) { deepest = std::max(deepest, now.dome_mm); });
    EXPECT_NEAR(deepest, 45, 0.01);
    double later = 0;
    breathe(breathing, 20, [&](BreathMoment const& now) { later = std::max(later, now.dome_mm); });
    EXPECT_LT(later, 20); // quiet, 2.5 standard deviations at most
}

TEST(Breathing, cough_presses_and_blasts)
{
    Breathing breathing{{}};
    breathing.command(BreathCommand::cough);
    double highest = 0, fastest = 0, lowest = 0;
    breathe(breathing, 5, [&](BreathMoment const& now) {
        highest = std::max(highest, now.lung_pressure_mmhg);
        fastest = std::min(fastest, now.dome_mm_s);
        lowest = std::min(lowest, now.dome_mm);
    });
    EXPECT_GT(highest, 80); // typical 100 mmHg, up to 200 (McCool 2006)
    EXPECT_LT(highest, 200);
    EXPECT_LT(fastest, -100); // 26 mm in a quarter of a second
    EXPECT_NEAR(lowest, -8, 0.1);
    EXPECT_TRUE(breathing.now().is_even);
}

TEST(Breathing, apnoea_hears_no_command_and_ends_when_breath_comes_back)
{
    Breathing breathing{{}};
    breathe(breathing, 3);
    breathing.command(BreathCommand::stop);
    breathe(breathing, 3);
    EXPECT_TRUE(breathing.now().is_apnoea);
    EXPECT_EQ(breathing.now().dome_mm, 0);
    breathing.command(BreathCommand::breathe_in_and_hold);
    breathe(breathing, 30, [](BreathMoment const& now) {
        EXPECT_EQ(now.dome_mm, 0);
        EXPECT_FALSE(now.is_held);
    });
    breathing.command(BreathCommand::quiet);
    Breaths const after = breaths_of(breathing, 30);
    EXPECT_GE(after.depth_mm.size(), 5U);
    EXPECT_FALSE(breathing.now().is_apnoea);
}

TEST(Breathing, pressure_in_the_chest_falls_while_breathing_in)
{
    Breathing breathing{{}};
    double sum = 0, lowest = 0, highest = 0;
    int count = 0;
    breathe(breathing, 600, [&](BreathMoment const& now) {
        sum += now.lung_pressure_mmhg;
        ++count;
        lowest = std::min(lowest, now.lung_pressure_mmhg);
        highest = std::max(highest, now.lung_pressure_mmhg);
        if (now.dome_mm_s > 10) {
            EXPECT_LT(now.lung_pressure_mmhg, 0.3);
        }
    });
    EXPECT_NEAR(sum / count, 0, 0.1); // against its mean, up to the breaths' variability
    // Oesophageal pressure swings by 3 to 5 cmH2O in quiet breath (typical): 2.2 to 3.7 mmHg in the mean; the extremes
    // of many breaths lie up to a fifth beyond.
    EXPECT_GT(highest - lowest, 2.0);
    EXPECT_LT(highest - lowest, 4.4);
}

TEST(Breathing, same_seed_same_breath_another_seed_another)
{
    BreathingSettings other;
    other.seed = 2;
    Breathing a{{}}, b{{}}, c{other};
    double apart = 0;
    for (int n = 0; n < 10000; ++n) {
        EXPECT_EQ(a.advance(dt).dome_mm, b.advance(dt).dome_mm);
        c.advance(dt);
        if (n < 3000) apart = std::max(apart, std::abs(c.now().dome_mm - a.now().dome_mm));
        if (n == 3000) {
            a.command(BreathCommand::cough);
            b.command(BreathCommand::cough);
        }
    }
    EXPECT_GT(apart, 2);
}

} // namespace
} // namespace fluoro
