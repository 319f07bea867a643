#include <algorithm>
#include <cmath>
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

TEST(Readouts, a_view_is_named_after_the_patient_whoever_turned)
{
    RoomState room;
    auto const text = [&](double arm, double turn) {
        room.angles.primary_rad = radians(arm);
        room.patient_turn_rad = radians(turn);
        return angles_text(patient_angles(room));
    };
    EXPECT_EQ(text(0, -35), "RAO 35  CRAN 0");
    EXPECT_EQ(text(10, 20), "LAO 30  CRAN 0");
    EXPECT_EQ(text(45, -45), "LAO 0  CRAN 0");
    EXPECT_EQ(text(100, 120), "RAO 140  CRAN 0"); // the short way round
    room.angles.secondary_rad = radians(-15);
    EXPECT_EQ(text(0, 90), "LAO 90  CAUD 15");
}

TEST(Readouts, tilt_and_turn_are_said_as_people_say_them)
{
    EXPECT_EQ(tilt_text(0), "level");
    EXPECT_EQ(tilt_text(radians(85)), "head up 85");
    EXPECT_EQ(tilt_text(radians(-15.4)), "head down 15");
    EXPECT_EQ(tilt_text(radians(0.4)), "level");
    EXPECT_EQ(turn_text(0), "on the back");
    EXPECT_EQ(turn_text(radians(-35)), "RAO 35");
    EXPECT_EQ(turn_text(radians(140)), "LAO 140");
    EXPECT_EQ(turn_text(radians(180)), "prone");
    EXPECT_EQ(turn_text(radians(-180)), "prone");
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
    RoomState tilted = start; // table, tube and detector go round together: only gravity changes
    tilted.table_tilt_rad += radians(30);
    EXPECT_TRUE(is_same_view(start, tilted));
    for (int what = 0; what < 8; ++what) {
        RoomState moved = start;
        if (what == 0) moved.angles.primary_rad += radians(0.5);
        if (what == 1) moved.angles.secondary_rad -= radians(0.5);
        if (what == 2) moved.source_to_detector_mm += 1;
        if (what == 3) moved.table_longitudinal_mm += 1;
        if (what == 4) moved.table_lateral_mm -= 1;
        if (what == 5) moved.table_height_mm += 1;
        if (what == 6) moved.field_mm -= 50;
        if (what == 7) moved.patient_turn_rad += radians(0.5);
        EXPECT_FALSE(is_same_view(start, moved)) << what;
    }
}

namespace {

LiveSnapshot held_image()
{
    LiveSnapshot live;
    live.picture_number = 1;
    live.pictured = live.status.room;
    return live;
}

} // namespace

TEST(Readouts, lines_are_drawn_on_the_held_image_of_the_present_view_alone)
{
    EXPECT_FALSE(is_held_view(LiveSnapshot{})); // no image yet
    EXPECT_TRUE(is_held_view(held_image()));
    for (int what = 0; what < 5; ++what) {
        LiveSnapshot live = held_image();
        if (what == 0) live.status.is_live = true;
        if (what == 1) live.status.is_beam_on = true;
        if (what == 2) live.status.picture.review_run = 1;
        if (what == 3) live.status.picture.zoom = 1.25;
        if (what == 4) live.status.room.table_lateral_mm += 5;
        EXPECT_FALSE(is_held_view(live)) << what;
    }
}

TEST(Readouts, the_remark_names_a_moved_view_before_what_the_road_map_waits_for)
{
    LiveSnapshot live = held_image();
    EXPECT_EQ(picture_remark(live).text, "");
    live.is_script_running = true;
    EXPECT_NE(picture_remark(live).text.find("Demonstration"), std::string::npos);
    live.status.picture.road_map = RoadMap::Phase::waiting;
    EXPECT_NE(picture_remark(live).text.find("inject"), std::string::npos);
    EXPECT_FALSE(picture_remark(live).is_warning);
    live.status.room.angles.primary_rad += radians(5);
    EXPECT_NE(picture_remark(live).text.find("View has moved; held: LAO 0"), std::string::npos);
    EXPECT_TRUE(picture_remark(live).is_warning);
    live.status.picture.review_run = 1; // the run has a view of its own
    EXPECT_FALSE(picture_remark(live).is_warning);
    live.status.picture.road_map = RoadMap::Phase::filling;
    EXPECT_NE(picture_remark(live).text.find("fills"), std::string::npos);
}

TEST(Readouts, programmes_have_names_for_people)
{
    for (char const* name :
         {"fluoroscopy-low", "fluoroscopy-normal", "fluoroscopy-high", "road-map", "cine", "dsa", "single"}) {
        EXPECT_NE(programme_text(name), name);
        EXPECT_EQ(programme_text(name).find('-'), std::string::npos);
    }
    EXPECT_EQ(programme_text("dsa"), "DSA");
    EXPECT_EQ(programme_text("something-new"), "something-new");
}

TEST(Readouts, a_wedge_edge_runs_from_one_side_of_the_opening_to_another)
{
    BladeOpening const opening{-100, 80, -60, 60};
    auto const right = wedge_edge({50, 0}, opening);
    ASSERT_TRUE(right);
    // Exact but for the rounding of sine and cosine.
    EXPECT_NEAR(right->first.x, 50, 1e-9);
    EXPECT_NEAR(right->second.x, 50, 1e-9);
    EXPECT_NEAR(std::abs(right->first.y - right->second.y), 120, 1e-9);
    auto const left = wedge_edge({50, radians(180)}, opening);
    ASSERT_TRUE(left);
    EXPECT_NEAR(left->first.x, -50, 1e-9);
    // At 45 degrees it cuts the corner at the lower right: x + y = 70 sqrt 2 between (80, 19.0) and (39.0, 60).
    auto const corner = wedge_edge({70, radians(45)}, opening);
    ASSERT_TRUE(corner);
    EXPECT_NEAR(std::max(corner->first.x, corner->second.x), 80, 1e-9);
    EXPECT_NEAR(std::max(corner->first.y, corner->second.y), 60, 1e-9);
    EXPECT_NEAR(corner->first.x + corner->first.y, 70 * std::sqrt(2), 1e-9);
    EXPECT_FALSE(wedge_edge({90, 0}, opening));            // beyond the right blade
    EXPECT_TRUE(wedge_edge({90, radians(180)}, opening));  // the left blade stands farther out
    EXPECT_FALSE(wedge_edge({100, radians(45)}, opening)); // beyond the corner
}

TEST(Readouts, a_wedge_is_out_where_it_covers_nothing_of_the_field)
{
    EXPECT_EQ(wedge_text({1000, 0}, 300), "out");
    EXPECT_EQ(wedge_text({150, 0}, 300), "out");
    EXPECT_EQ(wedge_text({150, radians(45)}, 300), "edge 15.0 cm, 45\xc2\xb0");
    EXPECT_EQ(wedge_text({-32, radians(-90)}, 300), "edge -3.2 cm, 270\xc2\xb0");
    EXPECT_EQ(wedge_text({10, radians(359.9)}, 300), "edge 1.0 cm, 0\xc2\xb0");
}
