#include <algorithm>
#include <cmath>
#include <fluoro/body/heartbeat.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <vector>

namespace fluoro {
namespace {

struct Beats {
    std::vector<double> rr_s;
    std::vector<bool> premature;
    double peak = 0, atrial_peak = 0; ///< of the activations, over all
};

Beats beats_of(Heartbeat& heart, double seconds, double dt_s = 0.002)
{
    Beats found;
    std::int64_t beat = heart.now().beat;
    for (double t = 0; t < seconds; t += dt_s) {
        HeartMoment const& now = heart.advance(dt_s);
        found.peak = std::max(found.peak, now.ventricle);
        found.atrial_peak = std::max(found.atrial_peak, now.atrium);
        if (now.beat == beat) continue;
        beat = now.beat;
        found.rr_s.push_back(now.rr_s);
        found.premature.push_back(now.is_premature);
    }
    return found;
}

double mean(std::vector<double> const& values)
{
    double sum = 0;
    for (double const v : values) sum += v;
    return sum / double(values.size());
}

double spread(std::vector<double> const& values)
{
    double const m = mean(values);
    double sum = 0;
    for (double const v : values) sum += (v - m) * (v - m);
    return std::sqrt(sum / double(values.size())) / m;
}

TEST(Heartbeat, keeps_rate_and_variability_in_sinus_rhythm)
{
    Heartbeat heart{{.rate_per_min = 72, .variability = 0.03}};
    Beats const beats = beats_of(heart, 1200);
    // 1440 beats: the mean's standard error is 0.08 %, the spread's 2 %; four of each.
    EXPECT_NEAR(60 / mean(beats.rr_s), 72, 0.24);
    EXPECT_NEAR(spread(beats.rr_s), 0.03, 0.0025);
    EXPECT_NEAR(beats.peak, 1, 0.001); // the curve's own normalisation, sampled every 2 ms
    EXPECT_NEAR(beats.atrial_peak, 1, 0.002);
    test::measured("heartbeat_sinus_rate", 60 / mean(beats.rr_s));
}

TEST(Heartbeat, maps_systole_and_diastole_onto_the_cycle_at_any_rate)
{
    for (double const rate : {45.0, 70.0, 100.0, 150.0, 240.0}) {
        Heartbeat heart{{.rate_per_min = rate, .variability = 0}};
        beats_of(heart, 3);
        double before = heart.now().cycle, systole_s = 0;
        for (double t = 0; t < 5; t += 0.001) {
            HeartMoment const& now = heart.advance(0.001);
            ASSERT_GE(now.cycle, 0);
            ASSERT_LT(now.cycle, 1);
            EXPECT_TRUE(now.is_regular);
            if (before < heart_cycle_systole && now.cycle >= heart_cycle_systole) systole_s = now.since_r_s;
            EXPECT_TRUE(now.cycle > before || now.since_r_s <= 0.001);
            before = now.cycle;
        }
        // Weissler 1968: QS2 (men) 546 - 2.1 HR [ms], less 40 from Q to R; sampled every millisecond.
        if (rate < 140) {
            EXPECT_NEAR(systole_s, 0.506 - 0.0021 * rate, 0.0011) << rate;
        }
        EXPECT_LT(systole_s, 0.5 * 60 / rate) << rate;
    }
}

TEST(Heartbeat, contracts_the_atria_before_the_ventricles)
{
    Heartbeat heart{{.variability = 0}};
    beats_of(heart, 2);
    double kick_at = 0, best = 0, at_r = 0;
    for (double t = 0; t < 60.0 / 70; t += 0.001) {
        HeartMoment const& now = heart.advance(0.001);
        if (now.atrium > best) {
            best = now.atrium;
            kick_at = now.rr_s - now.since_r_s;
        }
        if (now.since_r_s < 0.001) at_r = now.ventricle;
    }
    EXPECT_GT(kick_at, 0.02);
    EXPECT_LT(kick_at, 0.1);
    EXPECT_LT(at_r, 0.02) << "relaxed again by the next R wave";
}

TEST(Heartbeat, pauses_after_a_premature_beat_so_that_the_rate_stays)
{
    Heartbeat heart{{.rate_per_min = 75, .variability = 0, .ectopic_share = 0.15}};
    Beats const beats = beats_of(heart, 1600);
    int premature = 0;
    for (std::size_t n = 1; n + 1 < beats.rr_s.size(); ++n) {
        if (!beats.premature[n]) continue;
        ++premature;
        // Early, then a full compensatory pause: together two intervals, to rounding.
        EXPECT_LT(beats.rr_s[n - 1], 0.56);
        EXPECT_NEAR(beats.rr_s[n - 1] + beats.rr_s[n], 1.6, 1e-9);
        EXPECT_FALSE(beats.premature[n + 1]);
    }
    // 2000 beats, standard error about 14 beats; four of them.
    EXPECT_NEAR(premature, 300, 56);
    EXPECT_NEAR(60 / mean(beats.rr_s), 75, 0.1);
}

TEST(Heartbeat, provoked_beat_comes_at_once_but_not_in_the_refractory_time)
{
    Heartbeat heart{{.variability = 0}};
    beats_of(heart, 1.0);
    while (heart.now().since_r_s > 0.01) heart.advance(0.002);
    std::int64_t const beat = heart.now().beat;
    heart.provoke();
    while (heart.now().beat == beat) heart.advance(0.002);
    EXPECT_TRUE(heart.now().is_premature);
    EXPECT_NEAR(heart.now().rr_s, 2 * 60.0 / 70 - 0.25, 0.01); // a step or two late
    EXPECT_FALSE(heart.now().is_regular);
}

TEST(Heartbeat, is_irregular_without_atrial_contraction_in_fibrillation)
{
    Heartbeat heart{{.rhythm = Rhythm::atrial_fibrillation, .rate_per_min = 110}};
    heart.advance(0.01);
    Beats const beats = beats_of(heart, 600);
    EXPECT_NEAR(60 / mean(beats.rr_s), 110, 3); // standard error 0.7; short intervals cut off
    EXPECT_GT(spread(beats.rr_s), 0.17);
    EXPECT_EQ(beats.atrial_peak, 0);
    EXPECT_FALSE(heart.now().is_regular);
}

TEST(Heartbeat, ventricular_tachycardia_is_fast_and_regular)
{
    Heartbeat heart{{.rhythm = Rhythm::ventricular_tachycardia, .rate_per_min = 180}};
    heart.advance(0.01);
    Beats const beats = beats_of(heart, 60);
    EXPECT_NEAR(60 / mean(beats.rr_s), 180, 1);
    EXPECT_LT(spread(beats.rr_s), 0.01);
    EXPECT_TRUE(heart.now().is_regular);
    EXPECT_NEAR(beats.atrial_peak, 1, 0.01); // dissociated
    EXPECT_NEAR(beats.peak, 0.8, 0.01);      // fibres one after another
}

TEST(Heartbeat, has_no_beats_in_standstill_and_ventricular_fibrillation)
{
    Heartbeat heart{{}};
    beats_of(heart, 10);
    heart.change({.rhythm = Rhythm::asystole});
    beats_of(heart, 1);
    Beats const still = beats_of(heart, 10);
    EXPECT_TRUE(still.rr_s.empty());
    EXPECT_LT(still.peak, 1e-6);
    heart.change({.rhythm = Rhythm::ventricular_fibrillation});
    Beats const fibrillation = beats_of(heart, 10);
    EXPECT_TRUE(fibrillation.rr_s.empty());
    EXPECT_LT(fibrillation.peak, 0.1);
    EXPECT_FALSE(heart.now().is_regular);
    heart.change({});
    std::int64_t const beat = heart.now().beat;
    EXPECT_EQ(heart.advance(0.002).beat, beat + 1) << "begins again at once";
    EXPECT_EQ(heart.now().since_r_s, 0);
}

TEST(Heartbeat, is_the_same_again_and_does_not_drift_with_the_step)
{
    HeartbeatSettings const settings{.ectopic_share = 0.1, .seed = 7};
    Heartbeat a{settings}, b{settings}, fine{settings};
    for (int n = 0; n < 20000; ++n) {
        a.advance(1.0 / 240);
        b.advance(1.0 / 240);
        fine.advance(1.0 / 480);
        fine.advance(1.0 / 480);
        ASSERT_EQ(a.now().cycle, b.now().cycle);
        ASSERT_EQ(a.now().ventricle, b.now().ventricle);
    }
    EXPECT_EQ(a.now().beat, fine.now().beat);
    // R waves are counted from where they were, not from where the step saw them.
    EXPECT_NEAR(a.now().since_r_s, fine.now().since_r_s, 1e-8);
}

} // namespace
} // namespace fluoro
