#include <fluoro/console/readouts.hpp>
#include <gtest/gtest.h>

using namespace fluoro;

namespace {

BodyStatus healthy()
{
    BodyStatus body;
    body.has_pressure = true;
    body.signs.heart_rate_per_min = 71.6;
    body.line = {121.5, 74.6, 93.2};
    return body;
}

} // namespace

TEST(PatientReadouts, readings_are_whole_numbers)
{
    BodyStatus const body = healthy();
    EXPECT_EQ(heart_rate_text(body), "72");
    EXPECT_EQ(pressure_text(body), "122/75");
    EXPECT_EQ(mean_pressure_text(body), "aorta, mean 93");
}

TEST(PatientReadouts, the_pressure_is_named_by_where_the_tip_lies)
{
    BodyStatus body = healthy();
    body.line_in = "left-main";
    EXPECT_EQ(mean_pressure_text(body), "left main, mean 93");
}

TEST(PatientReadouts, what_cannot_be_read_is_not_shown_as_a_number)
{
    BodyStatus body = healthy();
    body.has_pressure = false; // no vessels in this patient: nothing measures it
    EXPECT_EQ(pressure_text(body), no_reading);
    EXPECT_EQ(mean_pressure_text(body), "aorta: none");
    for (Rhythm const rhythm : {Rhythm::ventricular_fibrillation, Rhythm::asystole}) {
        body.heart.rhythm = rhythm;
        EXPECT_EQ(heart_rate_text(body), no_reading);
    }
    body.heart.rhythm = Rhythm::ventricular_tachycardia;
    EXPECT_EQ(heart_rate_text(body), "72");
}

TEST(PatientReadouts, rhythms_that_kill_warn)
{
    BodyStatus body = healthy();
    auto const warns = [&](Rhythm rhythm) {
        body.heart.rhythm = rhythm;
        EXPECT_FALSE(rhythm_remark(body).text.empty());
        return rhythm_remark(body).is_warning;
    };
    EXPECT_FALSE(warns(Rhythm::sinus));
    EXPECT_FALSE(warns(Rhythm::atrial_fibrillation));
    EXPECT_TRUE(warns(Rhythm::ventricular_tachycardia));
    EXPECT_TRUE(warns(Rhythm::ventricular_fibrillation));
    EXPECT_TRUE(warns(Rhythm::asystole));
}

TEST(PatientReadouts, breath_says_what_is_done_and_for_how_long_it_stands_still)
{
    BodyStatus body = healthy();
    EXPECT_EQ(breath_remark(body).text, "quiet");
    body.breath_asked = BreathCommand::breathe_in_and_hold;
    EXPECT_EQ(breath_remark(body).text, "breathing in");
    body.breath.is_held = true;
    body.breath_pause_s = 12.9;
    EXPECT_EQ(breath_remark(body).text, "held 12 s"); // not before it has passed
    EXPECT_FALSE(breath_remark(body).is_warning);
    body.breath_asked = BreathCommand::quiet; // told to go on, and has not begun
    EXPECT_EQ(breath_remark(body).text, "held 12 s");
    body.breath.is_held = false;
    body.breath.is_apnoea = true;
    EXPECT_EQ(breath_remark(body).text, "APNOEA 12 s");
    EXPECT_TRUE(breath_remark(body).is_warning);
}

TEST(PatientReadouts, a_sweep_shows_each_sample_once_and_a_gap_before_the_old_ones)
{
    constexpr int all = MonitorCurves::samples;
    auto const is_empty = [](SweepPart part) { return part.from >= part.to; };
    EXPECT_TRUE(is_empty(sweep_parts(0)[0]) && is_empty(sweep_parts(0)[1]));
    auto const first = sweep_parts(100);
    EXPECT_EQ(first[0].from, 0);
    EXPECT_EQ(first[0].to, 100);
    EXPECT_TRUE(is_empty(first[1])); // no sweep before it
    auto const later = sweep_parts(3 * all + 100);
    EXPECT_EQ(later[0].to, 100);
    EXPECT_GE(later[1].from, 100 + ticks_per_second / 5);
    EXPECT_EQ(later[1].to, all);
    auto const late = sweep_parts(3 * all + all - 5); // the gap reaches beyond the strip's end
    EXPECT_EQ(late[0].to, all - 5);
    EXPECT_TRUE(is_empty(late[1]));
    auto const whole = sweep_parts(all);
    EXPECT_TRUE(is_empty(whole[0]));
    EXPECT_EQ(whole[1].to, all);
}

TEST(PatientReadouts, a_strip_grows_in_steps_with_what_it_shows)
{
    std::array<float, MonitorCurves::samples> samples{};
    EXPECT_EQ(sweep_top(samples, 140, 20), 140);
    samples[7] = 141;
    EXPECT_EQ(sweep_top(samples, 140, 20), 160);
    samples[9] = 160;
    EXPECT_EQ(sweep_top(samples, 140, 20), 160);
    samples[9] = 205;
    EXPECT_EQ(sweep_top(samples, 140, 20), 220);
}
