#include <fluoro/console/readouts.hpp>
#include <gtest/gtest.h>

using namespace fluoro;

TEST(Readouts, angles_are_named_after_the_side_of_the_detector)
{
    EXPECT_EQ(angles_text({radians(30), radians(20)}), "LAO 30  CRAN 20");
    EXPECT_EQ(angles_text({radians(-30), radians(-25)}), "RAO 30  CAUD 25");
    EXPECT_EQ(angles_text({radians(-0.4), radians(-0.2)}), "LAO 0  CRAN 0");
    EXPECT_EQ(angles_text({radians(89.6), 0}), "LAO 90  CRAN 0");
}

TEST(Readouts, fluoroscopy_time_is_shown_only_once_it_has_passed)
{
    EXPECT_EQ(minutes_text(0), "0.0");
    EXPECT_EQ(minutes_text(5.9), "0.0");
    EXPECT_EQ(minutes_text(6), "0.1");
    EXPECT_EQ(minutes_text(76), "1.2");
    EXPECT_EQ(seconds_text(76.9), "76");
    EXPECT_EQ(minutes_text(18 * 0.1 * 60), "1.8"); // a decimal fraction just below its mark still counts
}

TEST(Readouts, time_alerts_come_every_five_minutes)
{
    EXPECT_EQ(time_alerts(0), 0);
    EXPECT_EQ(time_alerts(299.9), 0);
    EXPECT_EQ(time_alerts(300), 1);
    EXPECT_EQ(time_alerts(601), 2);
}

TEST(Readouts, dose_figures_keep_three_digits)
{
    EXPECT_EQ(figure_text(0), "0");
    EXPECT_EQ(figure_text(0.00123), "0.00123");
    EXPECT_EQ(figure_text(0.4561), "0.456");
    EXPECT_EQ(figure_text(12.34), "12.3");
    EXPECT_EQ(figure_text(1234.4), "1234");
    EXPECT_EQ(figure_text(999.6), "1000");
}

TEST(Readouts, lengths_and_rates_read_as_on_a_console)
{
    EXPECT_EQ(offset_text(35), "+3.5");
    EXPECT_EQ(offset_text(-0.3), "0.0");
    EXPECT_EQ(offset_text(-120), "-12.0");
    EXPECT_EQ(rate_text(3.75), "3.75");
    EXPECT_EQ(rate_text(15), "15");
    EXPECT_EQ(fixed_text(0.3, 2), "0.30");
}

TEST(Readouts, a_view_is_the_same_until_something_but_the_blades_moves)
{
    RoomState const start;
    RoomState blades = start;
    blades.blades.left_mm += 20;
    EXPECT_TRUE(is_same_view(start, blades));
    for (int what = 0; what < 7; ++what) {
        RoomState moved = start;
        if (what == 0) moved.angles.primary_rad += radians(0.5);
        if (what == 1) moved.angles.secondary_rad -= radians(0.5);
        if (what == 2) moved.source_to_detector_mm += 1;
        if (what == 3) moved.table_longitudinal_mm += 1;
        if (what == 4) moved.table_lateral_mm -= 1;
        if (what == 5) moved.table_height_mm += 1;
        if (what == 6) moved.field_mm -= 50;
        EXPECT_FALSE(is_same_view(start, moved)) << what;
    }
}
