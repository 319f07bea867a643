// Vital signs: gas exchange, medicines and reactions against textbook courses; curves against closed forms.
#include <algorithm>
#include <cmath>
#include <fluoro/body/vital_signs.hpp>
#include <functional>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <numbers>

namespace fluoro {
namespace {

constexpr double step_s = 1.0 / 120;

/// A patient with an even heart and an even breath, as long as nothing stops it.
struct Lying {
    Physiology physiology;
    double time_s = 0, phase = 0;

    void live(double seconds, bool breathes = true, std::function<void()> const& watch = {})
    {
        for (double t = 0; t < seconds; t += step_s) {
            time_s += step_s;
            BodyDrive const& drive = physiology.drive();
            BreathMoment breath;
            if (breathes && !drive.is_apnoea) phase += step_s * drive.breath_rate / 4.3;
            breath.dome_mm = 15 * drive.breath_depth * std::pow(std::sin(std::numbers::pi * phase), 2);
            HeartMoment heart;
            heart.time_s = time_s;
            heart.beat = std::int64_t(time_s / 0.857);
            physiology.advance(step_s, heart, breath, 93 + 20 * std::sin(time_s * 7.3));
            if (watch) watch();
        }
    }
    VitalSigns const& signs() const { return physiology.signs(); }
};

// A healthy adult on room air: 96-99 %, end-tidal CO2 35-45 mmHg less 2, 14 breaths.
TEST(VitalSigns, quiet_breath_of_room_air_keeps_a_healthy_saturation)
{
    Lying patient;
    patient.live(240);
    test::measured("spo2_room_air", patient.signs().spo2);
    EXPECT_GT(patient.signs().spo2, 0.955);
    EXPECT_LT(patient.signs().spo2, 0.99);
    EXPECT_NEAR(patient.signs().end_tidal_co2_mmhg, 36, 5);
    EXPECT_NEAR(patient.signs().breaths_per_min, 60 / 4.3, 0.5);
    EXPECT_NEAR(patient.signs().heart_rate_per_min, 70, 1);
    EXPECT_NEAR(patient.signs().aorta.mean_mmhg, 93, 3);
}

// The interval before the first beat seen has no beginning, and one after a pause is as long as the pause: neither may
// make the heart race for a moment.
TEST(VitalSigns, heart_rate_is_counted_from_beat_to_beat)
{
    Physiology physiology;
    HeartMoment heart;
    double highest = 0, lowest = 1000;
    auto const live = [&](double seconds, double rr_s) {
        for (double t = 0; t < seconds; t += step_s) {
            heart.since_r_s += step_s;
            if (heart.since_r_s >= rr_s) {
                heart.since_r_s = 0;
                ++heart.beat;
            }
            physiology.advance(step_s, heart, {}, 93);
            highest = std::max(highest, physiology.signs().heart_rate_per_min);
            lowest = std::min(lowest, physiology.signs().heart_rate_per_min);
        }
    };
    heart.since_r_s = 0.85; // the first R wave comes at once
    live(20, 0.857);
    EXPECT_NEAR(highest, 70, 1);
    EXPECT_NEAR(lowest, 70, 1);
    live(7, 1e9);
    EXPECT_LT(physiology.signs().heart_rate_per_min, 60); // a pause is told
    live(20, 0.857);
    EXPECT_LT(highest, 71);
    EXPECT_NEAR(physiology.signs().heart_rate_per_min, 70, 1);
}

// Apnoea on room air: below 90 % after about a minute, at most two (typical); after oxygen several times as long
// (Benumof, Anesthesiology 1997; 87:979: 8 min fully denitrogenated). CO2 rises by 3-6 mmHg a minute.
TEST(VitalSigns, apnoea_lowers_saturation_late_and_later_after_oxygen)
{
    auto const seconds_to_90 = [](double oxygen_l_min) {
        Lying patient;
        patient.physiology.give_oxygen(oxygen_l_min);
        patient.live(240);
        double const co2 = patient.signs().end_tidal_co2_mmhg;
        double reached = 0;
        patient.live(60, false, [&] { reached += patient.signs().spo2 >= 0.9 ? step_s : 0; });
        EXPECT_NEAR(patient.signs().end_tidal_co2_mmhg - co2, 4.5, 1.5);
        patient.live(540, false, [&] { reached += patient.signs().spo2 >= 0.9 ? step_s : 0; });
        return reached;
    };
    double const air = seconds_to_90(0), oxygen = seconds_to_90(10);
    test::measured("apnoea_air_s", air);
    test::measured("apnoea_oxygen_s", oxygen);
    EXPECT_GT(air, 45);
    EXPECT_LT(air, 120);
    EXPECT_GT(oxygen, 2.5 * air);
}

TEST(VitalSigns, stacked_sedation_stops_the_breath_and_its_antidotes_start_it_again)
{
    Lying patient;
    EXPECT_EQ(patient.physiology.give("midazolam", 2), "");
    EXPECT_EQ(patient.physiology.give("fentanyl", 0.05), "");
    patient.live(240);
    EXPECT_FALSE(patient.physiology.drive().is_apnoea);
    EXPECT_GT(patient.signs().sedation, 0.3);
    patient.physiology.give("midazolam", 6);
    patient.physiology.give("fentanyl", 0.2);
    patient.live(240);
    EXPECT_TRUE(patient.physiology.drive().is_apnoea);
    EXPECT_LT(patient.signs().spo2, 0.9);
    patient.physiology.give("naloxone", 0.4);
    patient.physiology.give("flumazenil", 0.4);
    patient.live(240);
    EXPECT_FALSE(patient.physiology.drive().is_apnoea);
    EXPECT_GT(patient.signs().spo2, 0.94);
}

// HR below 50 from 70, i.e. more than 20 down; atropine brings it back within minutes.
TEST(VitalSigns, vagal_reaction_slows_the_heart_until_atropine)
{
    auto const drop_after_a_minute = [](bool treated) {
        Lying patient;
        patient.physiology.begin(Reaction::vagal);
        patient.live(5);
        EXPECT_LT(patient.physiology.drive().rate_per_min, -20);
        EXPECT_LT(patient.physiology.drive().resistance, 0.75);
        if (treated) patient.physiology.give("atropine", 0.6);
        patient.live(60);
        return patient.physiology.drive().rate_per_min;
    };
    EXPECT_LT(drop_after_a_minute(false), -12);
    EXPECT_GT(drop_after_a_minute(true), 5);
}

TEST(VitalSigns, anaphylaxis_takes_pressure_and_oxygen_until_adrenaline)
{
    Lying patient;
    patient.physiology.begin(Reaction::anaphylaxis);
    patient.live(180);
    EXPECT_LT(patient.physiology.drive().resistance, 0.7);
    EXPECT_LT(patient.signs().spo2, 0.94);
    patient.physiology.give("adrenaline", 0.5);
    patient.live(300);
    EXPECT_GT(patient.physiology.drive().resistance, 0.9);
    EXPECT_GT(patient.signs().spo2, 0.95);
}

TEST(VitalSigns, unknown_medicine_is_refused_with_the_list)
{
    Physiology physiology;
    EXPECT_NE(physiology.give("aspirine", 1).find("adenosine"), std::string::npos);
}

TEST(VitalSigns, pain_moves_the_patient_and_analgesia_quiets_him)
{
    auto const most_shift_mm = [](bool treated) {
        Lying patient;
        if (treated) {
            patient.physiology.give("fentanyl", 0.1);
            patient.physiology.give("midazolam", 2);
            patient.live(180);
        }
        double most = 0;
        patient.physiology.hurt(0.6);
        patient.live(15, true, [&] { most = std::max(most, glm::length(patient.physiology.drive().shift_mm)); });
        return most;
    };
    EXPECT_GT(most_shift_mm(false), 2);
    EXPECT_LT(most_shift_mm(true), 0.5 * most_shift_mm(false));
}

HeartMoment at(double since_r_s, Rhythm rhythm = Rhythm::sinus, bool is_premature = false)
{
    HeartMoment heart;
    heart.rhythm = rhythm;
    heart.time_s = 10 + since_r_s;
    heart.since_r_s = since_r_s;
    heart.rr_s = 0.857;
    heart.is_premature = is_premature;
    return heart;
}

/// Time that the curve is above a height around its R wave [ms].
double width_ms(bool is_premature)
{
    double width = 0;
    for (double t = 0; t < 0.2; t += 1e-3) width += std::abs(ecg_mv(at(t, Rhythm::sinus, is_premature))) > 0.5 ? 1 : 0;
    return width;
}

TEST(Ecg, has_the_waves_of_its_rhythm)
{
    EXPECT_NEAR(ecg_mv(at(0)), 1.15, 0.1);                      // R
    EXPECT_NEAR(ecg_mv(at(0.857 - 0.16)), 0.13, 0.03);          // P
    EXPECT_GT(ecg_mv(at(0.26)), 0.2);                           // T
    EXPECT_NEAR(ecg_mv(at(0.857 - 1e-9)), ecg_mv(at(0)), 0.05); // one beat goes over into the next
    double highest = 0;                                         // no P wave in atrial fibrillation
    for (double t = 0.6; t < 0.78; t += 0.005)
        highest = std::max(highest, std::abs(ecg_mv(at(t, Rhythm::atrial_fibrillation))));
    EXPECT_LT(highest, 0.09);
    EXPECT_GT(width_ms(true), 2 * width_ms(false));
    EXPECT_LT(std::abs(ecg_mv(at(0, Rhythm::asystole))), 0.05);
}

// Second order, closed form: overshoot exp(-pi z / sqrt(1 - z^2)) = 0.309 at z = 0.35; the step is 1/72 of a cycle.
TEST(PressureLine, step_overshoots_as_a_second_order_system)
{
    PressureLine line;
    line.advance(step_s, 0);
    double highest = 0;
    for (int i = 0; i < 60; ++i) highest = std::max(highest, line.advance(1e-3, 100));
    EXPECT_NEAR(highest, 100 * (1 + std::exp(-std::numbers::pi * 0.35 / std::sqrt(1 - 0.35 * 0.35))), 1.5);
}

TEST(PressureLine, closed_ostium_shows_a_ventricles_diastole)
{
    PressureLine open, wedged;
    double open_low = 1e9, wedged_low = 1e9, wedged_high = 0;
    for (int i = 0; i < 3 * 120; ++i) {
        double const t = i * step_s, beat = std::fmod(t, 0.857);
        double const aorta = 80 + 40 * std::exp(-beat / 0.4), ventricle = beat < 0.33 ? 120 : 8;
        double const a = open.advance(step_s, aorta), b = wedged.advance(step_s, aorta, 1, ventricle);
        if (t < 1) continue;
        open_low = std::min(open_low, a);
        wedged_low = std::min(wedged_low, b);
        wedged_high = std::max(wedged_high, b);
    }
    EXPECT_GT(open_low, 75);
    EXPECT_LT(wedged_low, 30);
    EXPECT_GT(wedged_high, 60);
}

} // namespace
} // namespace fluoro
