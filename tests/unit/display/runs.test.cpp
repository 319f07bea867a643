#include "synthetic.hpp"
#include <algorithm>
#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/display/display.hpp>
#include <functional>
#include <gtest/gtest.h>
#include <measured.hpp>

namespace fluoro {
namespace {

constexpr int side = 128;
constexpr PixelRect vessel{60, 10, 8, 108}, beside{10, 10, 40, 108};

double anatomy(int x, int y)
{
    return std::exp(0.4 * std::sin(x / 9.0) + 0.3 * std::cos(y / 15.0));
}

/// Frame of a run: contrast medium from frame 5 to 9, 30 % at its fullest (frame 7).
RawImage dsa_frame(int number, double dose = 4000)
{
    double const full = std::max(0.0, 1 - std::abs(number - 7) / 3.0);
    return quanta(
        side, [&](int x, int y) { return dose * anatomy(x, y) * (x >= 60 && x < 68 ? 1 - 0.3 * full : 1.0); },
        std::uint32_t(number));
}

FrameInfo dsa(int number)
{
    return {FrameKind::dsa, number > 1, number, number / 4.0};
}

FrameInfo fluoroscopy(int number)
{
    return {FrameKind::fluoroscopy, number > 1, number, number / 15.0};
}

DisplaySettings subtracting()
{
    DisplaySettings settings;
    settings.subtraction.on = true;
    settings.subtraction.width = 1.2; // 30 % stays on the straight part of the scale
    settings.edge_gain = 0;
    return settings;
}

double mean(Picture const& picture, PixelRect const& rect)
{
    return moments(picture.grey, rect).mean;
}

/// Grey of a log signal on the subtracted scale, where it is straight.
double grey_of(double log_signal, SubtractionSettings const& s)
{
    return 4095 * (s.grey + log_signal / s.width);
}

// The mask is frames 2 and 3: until it is complete the run is shown as it is, then the vessel alone. Half a grey level
// of rounding; the noise of the means, 0.016 x 1.2 / sqrt(800) of a width of 1.2, is 2.3 of 4095; 15 is
// more than six of these.
TEST(Runs, a_dsa_run_shows_the_vessel_about_middle_grey)
{
    auto const settings = subtracting();
    Display display{settings};
    for (int i = 1; i <= 7; ++i) {
        auto const picture = display.process(dsa_frame(i), dsa(i));
        if (i <= 3) {
            EXPECT_GT(std::sqrt(moments(picture.grey, beside).variance), 300) << i; // anatomy
        } else {
            EXPECT_NEAR(mean(picture, beside), grey_of(0, settings.subtraction), 15) << i;
        }
        if (i == 7) {
            EXPECT_NEAR(mean(picture, vessel), grey_of(std::log(0.7), settings.subtraction), 15);
        }
    }
}

// The live picture of a frame and its review are one computation.
TEST(Runs, review_shows_what_was_live)
{
    Display display{subtracting()};
    std::vector<Picture> live;
    for (int i = 1; i <= 8; ++i) live.push_back(display.process(dsa_frame(i), dsa(i)));
    for (int i = 4; i <= 8; ++i)
        EXPECT_EQ(display.review(1, i)->grey.values, live[std::size_t(i - 1)].grey.values) << i;
    EXPECT_FALSE(display.review(1, 0));
    EXPECT_FALSE(display.review(1, 9));
    EXPECT_FALSE(display.review(2, 1));
    EXPECT_EQ(display.hold()->grey.values, live.back().grey.values);
}

// With the mask from the fullest frame the vessel of a later frame turns white.
TEST(Runs, remask_in_review_and_live)
{
    Display display{subtracting()};
    for (int i = 1; i <= 11; ++i) display.process(dsa_frame(i), dsa(i));
    auto settings = display.settings();
    settings.subtraction.mask_first = 7;
    settings.subtraction.mask_frames = 1;
    display.set(settings);
    EXPECT_NEAR(mean(*display.review(1, 11), vessel), grey_of(-std::log(0.7), settings.subtraction), 25);
    EXPECT_NEAR(mean(display.process(dsa_frame(12), dsa(12)), vessel), grey_of(-std::log(0.7), settings.subtraction),
                25);
    settings.subtraction.mask_frames = 20; // more than there are: as it is
    display.set(settings);
    EXPECT_GT(std::sqrt(moments(display.review(1, 11)->grey, beside).variance), 300);
}

TEST(Runs, shift_and_landmark_act_on_a_held_run)
{
    Display display{subtracting()};
    for (int i = 1; i <= 5; ++i) display.process(dsa_frame(i), dsa(i));
    double const still = moments(display.hold()->grey, beside).variance;
    auto settings = display.settings();
    settings.subtraction.shift_columns = 1.5;
    display.set(settings);
    EXPECT_GT(moments(display.hold()->grey, beside).variance, 3 * still);
    settings.subtraction.shift_columns = 0;
    display.set(settings);
    EXPECT_DOUBLE_EQ(moments(display.hold()->grey, beside).variance, still);
    settings.subtraction.landmark = 0.3;
    display.set(settings);
    EXPECT_GT(moments(display.hold()->grey, beside).variance, 3 * still);
}

// The vessel was fullest at frame 7; nine tenths of it stay, and the noise takes the minimum a
// little below.
TEST(Runs, peak_opacification_keeps_the_vessel_after_washout)
{
    auto settings = subtracting();
    settings.subtraction.peak = PeakOpacification::darkest;
    Display display{settings};
    Picture last;
    for (int i = 1; i <= 14; ++i) last = display.process(dsa_frame(i), dsa(i));
    double const contrast = (mean(last, vessel) - mean(last, beside)) / 4095 * settings.subtraction.width;
    test::measured("peak_contrast", 100 * contrast / std::log(0.7));
    EXPECT_LT(contrast, 0.8 * std::log(0.7));
    EXPECT_GT(contrast, 1.05 * std::log(0.7));
    EXPECT_EQ(display.review(1, 14)->grey.values, last.grey.values);
    double const early = mean(*display.review(1, 4), vessel); // and back again
    EXPECT_NEAR(early, grey_of(0, settings.subtraction), 60);
    auto const traced = display.trace(1, 4, 14);
    EXPECT_EQ(traced->grey.values, last.grey.values);
    EXPECT_FALSE(display.trace(1, 4, 15));
    EXPECT_FALSE(display.trace(1, 0, 3));
}

// Saturated in the mask: without its mark the difference would be dark.
TEST(Runs, saturation_is_shown_white)
{
    Display display{subtracting()};
    for (int i = 1; i <= 4; ++i) {
        auto raw = dsa_frame(i);
        if (i == 2)
            for (int x = 100; x < 110; ++x) raw.digital_numbers.at(x, 64) = raw.saturation;
        auto const picture = display.process(raw, dsa(i));
        if (i == 4) {
            for (int x = 100; x < 110; ++x) EXPECT_EQ(picture.grey.at(x, 64), 4095);
        }
    }
}

// A run is reviewed in one window: the same frame has the same grey whatever was shown before it.
TEST(Runs, a_cine_loop_does_not_flicker)
{
    Display display;
    for (int i = 1; i <= 6; ++i) display.process(dsa_frame(i, 1000 + 400 * i), {FrameKind::cine, i > 1, i, i / 15.0});
    auto const first = display.review(1, 2)->grey.values;
    display.review(1, 6);
    display.process(even(side, [](int x, int) { return 50 + 20 * x; }), fluoroscopy(1)); // moves the live window
    display.review(display.store_fluoroscopy(), 1);
    EXPECT_EQ(display.review(1, 2)->grey.values, first);
    EXPECT_EQ(display.runs().find(1)->frames.size(), 6u);
    // An acquisition is shown frame by frame: no temporal filter.
    Display fresh;
    auto const alone = fresh.process(dsa_frame(1), {FrameKind::cine, false, 1, 0}).grey;
    EXPECT_NEAR(moments(alone, beside).variance, moments(fresh.hold()->grey, beside).variance, 1e-6);
}

// Fluoroscopy with contrast, then without and with a wire.
TEST(Runs, a_road_map_is_drawn_shown_and_lost_when_the_view_changes)
{
    DisplaySettings settings;
    settings.edge_gain = 0;
    Display display{settings};
    EXPECT_EQ(display.road_map_phase(), RoadMap::Phase::off);
    display.start_road_map();
    EXPECT_EQ(display.road_map_phase(), RoadMap::Phase::waiting);
    auto const frame = [](int number, double contrast, bool wire) {
        return quanta(
            side,
            [&](int x, int y) {
                return 200 * anatomy(x, y) * (x >= 60 && x < 68 ? 1 - contrast : 1) *
                       (wire && (x == 63 || x == 64) ? 0.6 : 1);
            },
            std::uint32_t(1000 + number));
    };
    for (int i = 1; i <= 30; ++i) display.process(frame(i, i > 10 && i < 22 ? 0.2 : 0, false), fluoroscopy(i));
    EXPECT_EQ(display.road_map_phase(), RoadMap::Phase::filling);
    display.end_run();
    EXPECT_EQ(display.road_map_phase(), RoadMap::Phase::ready);
    EXPECT_GT(mean(*display.hold(), vessel), mean(*display.hold(), beside) + 400);

    Picture picture;
    for (int i = 31; i <= 45; ++i) picture = display.process(frame(i, 0, true), fluoroscopy(i));
    double const unchanged = 4095 * settings.road_map.grey;
    EXPECT_NEAR(mean(picture, beside), unchanged, 60);
    EXPECT_GT(mean(picture, {60, 10, 2, 108}), unchanged + 400); // vessel
    EXPECT_LT(mean(picture, {63, 10, 2, 108}), unchanged - 800); // wire in it
    EXPECT_LT(mean(*display.hold(), {63, 10, 2, 108}), unchanged - 800);

    // An acquisition in between, of the same view, leaves the map.
    display.process(dsa_frame(1), {FrameKind::cine, true, 1, 4});
    EXPECT_EQ(display.road_map_phase(), RoadMap::Phase::ready);
    auto moved = fluoroscopy(46);
    moved.same_view = false;
    picture = display.process(frame(46, 0, true), moved);
    EXPECT_EQ(display.road_map_phase(), RoadMap::Phase::off);
    EXPECT_GT(std::sqrt(moments(picture.grey, beside).variance), 300); // anatomy again
}

TEST(Runs, a_c_arm_that_moves_while_the_map_fills_loses_it_and_stop_ends_it)
{
    Display display;
    display.start_road_map();
    for (int i = 1; i <= 5; ++i) display.process(dsa_frame(1), fluoroscopy(i));
    display.process(dsa_frame(1), fluoroscopy(1));
    EXPECT_EQ(display.road_map_phase(), RoadMap::Phase::off);
    display.start_road_map();
    display.stop_road_map();
    EXPECT_EQ(display.road_map_phase(), RoadMap::Phase::off);
}

TEST(Runs, the_fluoro_store_keeps_the_last_seconds_as_a_run)
{
    DisplaySettings settings;
    settings.fluoro_store_s = 1;
    Display display{settings};
    EXPECT_EQ(display.store_fluoroscopy(), 0);
    for (int i = 1; i <= 32; ++i)
        display.process(even(side, [&](int, int) { return 100.0 + i; }), {FrameKind::fluoroscopy, i > 1, i, i / 16.0});
    int const run = display.store_fluoroscopy();
    ASSERT_EQ(run, 1);
    ASSERT_EQ(display.runs().find(run)->frames.size(), 17u);
    EXPECT_EQ(display.runs().find(run)->frames.front().raw->digital_numbers.at(0, 0), 116);
    EXPECT_EQ(display.runs().find(run)->kind, FrameKind::fluoroscopy);
    EXPECT_TRUE(display.review(run, 17));
    // An acquisition that goes on meanwhile keeps its own run.
    display.process(dsa_frame(1), {FrameKind::cine, true, 1, 5});
    display.store_fluoroscopy();
    display.process(dsa_frame(2), {FrameKind::cine, true, 2, 5.1});
    EXPECT_EQ(display.runs().find(2)->frames.size(), 2u);
}

TEST(Runs, stored_pictures_and_the_reference)
{
    DisplaySettings settings;
    settings.held_pictures = 2;
    Display display{settings};
    EXPECT_FALSE(display.store_picture(true));
    display.process(dsa_frame(1), fluoroscopy(1));
    auto const first = *display.hold();
    EXPECT_TRUE(display.store_picture(true));
    display.process(dsa_frame(7), fluoroscopy(1));
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(display.store_picture(false));
    EXPECT_EQ(display.reference()->grey.values, first.grey.values);
    EXPECT_EQ(display.stored_pictures().size(), 2u);
    EXPECT_NE(display.stored_pictures().front().grey.values, first.grey.values);
}

// A share of the scale added, and a steepness about its middle; where the scale is straight. 2: rounding.
TEST(Runs, brightness_and_contrast_move_the_grey_scale)
{
    Display display;
    auto const raw = even(side, [](int x, int) { return 1000 * std::exp(0.004 * (x - 64)); });
    display.process(raw, fluoroscopy(1));
    auto const plain = display.hold()->grey;
    auto settings = display.settings();
    settings.brightness = 0.1;
    display.set(settings);
    auto const brighter = display.hold()->grey;
    settings.brightness = 0;
    settings.contrast = 1.5;
    display.set(settings);
    auto const steeper = display.hold()->grey;
    for (int x : {40, 64, 90}) {
        EXPECT_NEAR(brighter.at(x, 64), plain.at(x, 64) + 409.5, 2) << x;
        EXPECT_NEAR(steeper.at(x, 64), 2047.5 + 1.5 * (plain.at(x, 64) - 2047.5), 2) << x;
    }
}

TEST(Runs, the_zoom_enlarges_what_is_shown_with_its_shutters)
{
    Display display;
    auto raw = even(side, [](int x, int) { return 500 + 5 * x; });
    raw.exposed = {32, 32, 64, 64};
    auto settings = display.settings();
    settings.zoom = 2;
    display.set(settings);
    auto const twice = display.process(raw, fluoroscopy(1)).grey;
    EXPECT_GT(*std::min_element(twice.values.begin(), twice.values.end()), 0);
    settings.centre_column = settings.centre_row = 0;
    display.set(settings);
    auto const corner = display.hold()->grey;
    EXPECT_EQ(corner.at(10, 10), 0);
    EXPECT_GT(corner.at(120, 120), 0);
}

TEST(Runs, settings_out_of_range_are_refused_and_leave_all_as_it_was)
{
    Display display;
    auto const refuses = [&](std::function<void(DisplaySettings&)> const& change) {
        DisplaySettings settings;
        change(settings);
        EXPECT_NE(problem_of(settings), "");
        EXPECT_THROW(display.set(settings), Error);
    };
    refuses([](auto& s) { s.zoom = 0.5; });
    refuses([](auto& s) { s.contrast = 0; });
    refuses([](auto& s) { s.brightness = std::nan(""); });
    refuses([](auto& s) { s.subtraction.mask_first = 0; });
    refuses([](auto& s) { s.road_map.width = -1; });
    refuses([](auto& s) { s.filter.static_weight = 2; });
    EXPECT_EQ(display.settings().zoom, 1);
}

} // namespace
} // namespace fluoro
