// The whole body of the built-in man, drawn coarsely: what orders do, what the picture is told.
#include "coarse_man.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <numeric>

namespace fluoro {
namespace {

using test::man;

double medium_ml(std::vector<Content> const& contents)
{
    double ml = 0;
    for (auto const& content : contents)
        for (auto const& cloud : content.clouds)
            for (std::size_t slot = 0; slot < cloud.share.size(); ++slot)
                for (std::size_t i = cloud.places->first[slot]; i < cloud.places->first[slot + 1]; ++i)
                    ml += 1e-3 * double(cloud.share[slot]) * double(cloud.places->volume_mm3[i]);
    return ml;
}

// What is drawn of a ventricle just filled is what it holds, within what leaves it in the two beats and the blush: 20
// %.
TEST(Body, picture_is_told_the_medium_that_the_ventricle_holds)
{
    Body body{man(), {}};
    ASSERT_EQ(body.order(Inject{"left-ventricle", 0.5, 20, 15, 350, 0.05}), "");
    for (int i = 0; i < int(1.5 * ticks_per_second); ++i) body.advance({0, 1, 0});
    double const drawn = medium_ml(body.contents());
    test::measured("body_drawn_ml", drawn);
    EXPECT_NEAR(body.status().injected_ml, 20, 1);
    EXPECT_NEAR(drawn, 20, 4);
}

/// One body for all who only look at it, alive for at least so many seconds.
Body& resting_for(int seconds)
{
    static Body body{man(), {}};
    while (body.status().curves.taken < seconds * ticks_per_second) body.advance({0, 1, 0});
    return body;
}

TEST(Body, orders_that_cannot_be_are_refused_in_words)
{
    Body& body = resting_for(0);
    EXPECT_EQ(body.order(Inject{"left-mian"}), "Injection: this patient has no vessel called 'left-mian'");
    Patient bare;
    bare.ct = man()->ct;
    Body still{std::make_shared<Patient const>(bare), {}};
    EXPECT_NE(still.order(Inject{"left-main"}), "");
    EXPECT_NE(still.order(SwallowNow{}), "");
    still.advance({0, 1, 0}); // and lives on without them
    EXPECT_EQ(still.displacement(), nullptr);
}

TEST(Body, held_breath_holds_the_diaphragm_and_lets_it_go)
{
    Body body{man(), {}};
    body.order(Breathe{BreathCommand::breathe_in_and_hold});
    for (int i = 0; i < 5 * ticks_per_second; ++i) body.advance({0, 1, 0});
    double const held = body.pose().dome_mm;
    EXPECT_TRUE(body.status().breath.is_held);
    EXPECT_GT(held, 8);
    for (int i = 0; i < 3 * ticks_per_second; ++i) body.advance({0, 1, 0});
    EXPECT_NEAR(body.pose().dome_mm, held, 1.0); // a held diaphragm drifts less than a millimetre
    for (int i = 0; i < 30 * ticks_per_second; ++i) body.advance({0, 1, 0});
    EXPECT_FALSE(body.status().breath.is_held);
}

// A monitor's curves: each tick one sample of what the body does, the pressure through a line that is quick enough to
// keep its mean and nearly all of its swing.
TEST(Body, monitor_curves_are_the_last_five_seconds)
{
    Body const& body = resting_for(10);
    MonitorCurves const& curves = body.status().curves;
    EXPECT_GE(curves.taken, 10 * ticks_per_second);
    auto const newest = std::size_t((curves.taken - 1) % MonitorCurves::samples);
    EXPECT_EQ(curves.dome_mm[newest], float(body.status().breath.dome_mm));
    EXPECT_EQ(curves.ecg_mv[newest], float(ecg_mv(body.status().heart)));
    EXPECT_TRUE(body.status().has_pressure);
    auto const [low, high] = std::ranges::minmax(curves.pressure_mmhg);
    VitalSigns const& signs = body.status().signs;
    EXPECT_NEAR(low, signs.aorta.diastolic_mmhg, 5);
    EXPECT_NEAR(high, signs.aorta.systolic_mmhg, 8); // rings a little over
    // A line keeps the mean (it is linear, and free); two neighbouring beats differ by what breath moves.
    EXPECT_NEAR(body.status().line.mean_mmhg, signs.aorta.mean_mmhg, 1);
    EXPECT_NEAR(body.status().line.systolic_mmhg, signs.aorta.systolic_mmhg, 8);
    // Six R waves in five seconds at 70 a minute, one more or less at the ends.
    int waves = 0;
    for (std::size_t i = 1; i < MonitorCurves::samples; ++i)
        if (i != newest + 1 && curves.ecg_mv[i] > 0.7f && curves.ecg_mv[i - 1] <= 0.7f) ++waves;
    EXPECT_NEAR(waves, 6, 1);
}

TEST(Body, tells_what_breath_was_asked_for_and_how_long_it_pauses)
{
    Body body{man(), {}};
    auto const live = [&](double seconds) {
        for (int i = 0; i < int(seconds * ticks_per_second); ++i) body.advance({0, 1, 0});
    };
    live(0.1);
    EXPECT_EQ(body.status().breath_asked, BreathCommand::quiet);
    body.order(Breathe{BreathCommand::breathe_out_and_hold});
    live(0.1); // at once, though he has not begun
    EXPECT_EQ(body.status().breath_asked, BreathCommand::breathe_out_and_hold);
    EXPECT_EQ(body.status().breath_pause_s, 0);
    live(6);
    EXPECT_TRUE(body.status().breath.is_held);
    double const held = body.status().breath_pause_s;
    EXPECT_GT(held, 2);
    live(1);
    EXPECT_NEAR(body.status().breath_pause_s, held + 1, 1.5 / ticks_per_second);
    live(20); // longer than anybody holds it
    EXPECT_EQ(body.status().breath_asked, BreathCommand::quiet);
    EXPECT_EQ(body.status().breath_pause_s, 0);
    body.order(GiveOxygen{4});
    EXPECT_EQ(body.status().oxygen_l_min, 4);
}

// The arterial pressure and output wished, within the band of a healthy adult.
TEST(Body, is_healthy_at_rest)
{
    Body const& body = resting_for(40);
    VitalSigns const& signs = body.status().signs;
    test::measured("body_systolic", signs.aorta.systolic_mmhg);
    test::measured("body_diastolic", signs.aorta.diastolic_mmhg);
    EXPECT_NEAR(signs.heart_rate_per_min, 70, 3);
    EXPECT_NEAR(signs.aorta.systolic_mmhg, 122, 18);
    EXPECT_NEAR(signs.aorta.diastolic_mmhg, 75, 15);
    EXPECT_GT(signs.spo2, 0.95);
}

} // namespace
} // namespace fluoro
