#include "synthetic.hpp"
#include <fluoro/display/road_map.hpp>
#include <fluoro/display/temporal_filter.hpp>

#include <cmath>
#include <gtest/gtest.h>
#include <measured.hpp>

namespace fluoro {
namespace {

constexpr int side = 160;
constexpr double dose = 200, vessel_log = -0.15;

double anatomy(int x, int y)
{
    return std::exp(0.4 * std::sin(x / 20.0) + 0.3 * std::cos(y / 15.0));
}
bool in_vessel(int x)
{
    return x >= 70 && x < 78;
}

/// Fluoroscopy of 40 frames: contrast medium from frame 10 to 25.
RoadMap drawn_map(TemporalFilter& filter)
{
    RoadMap map;
    map.start();
    for (int i = 0; i < 40; ++i) {
        bool const filled = i >= 10 && i < 25;
        auto const raw = quanta(
            side,
            [&](int x, int y) { return dose * anatomy(x, y) * (filled && in_vessel(x) ? std::exp(vessel_log) : 1); },
            std::uint32_t(i));
        map.fill(filter.add(raw, i > 0), raw);
    }
    EXPECT_EQ(map.phase(), RoadMap::Phase::filling);
    map.finish({});
    return map;
}

// The vessel takes 14 % at a noise of 7 % per pixel. 10 %: the mean of 480 pixels has 1 %, the bias that the noise's
// own swing leaves after its correction stays below 8 % of the vessel.
TEST(RoadMap, finds_the_vessel_and_nothing_else)
{
    TemporalFilter filter;
    auto const map = drawn_map(filter);
    EXPECT_EQ(map.phase(), RoadMap::Phase::ready);
    test::measured("road_map_vessel", 100 * (moments(map.vessel(), {72, 10, 4, 120}).mean / vessel_log - 1));
    EXPECT_NEAR(moments(map.vessel(), {72, 10, 4, 120}).mean, vessel_log, -0.1 * vessel_log);
    EXPECT_NEAR(moments(map.vessel(), {4, 4, 60, 150}).mean, 0, 0.01 * -vessel_log);
}

// A wire that takes 40 % crosses the vessel's row 80: dark wherever it is, the vessel white, all else unchanged with no
// more noise than the live frame's own and a tenth for the map's.
TEST(RoadMap, shows_a_tool_dark_over_the_white_vessel)
{
    TemporalFilter filter;
    auto const map = drawn_map(filter);
    auto const scene = [&](std::uint32_t frame) {
        return quanta(
            side, [&](int x, int y) { return dose * anatomy(x, y) * (y == 80 || y == 81 ? 0.6 : 1); }, 500 + frame);
    };
    RawImage raw = scene(0);
    Image<float> live{side, side};
    std::copy(raw.digital_numbers.values.begin(), raw.digital_numbers.values.end(), live.values.begin());
    auto const shown = map.over_map(live, raw, {}).difference;
    double const vessel = moments(shown, {72, 10, 4, 60}).mean;
    EXPECT_NEAR(vessel, -vessel_log, 0.15 * -vessel_log);
    EXPECT_NEAR(moments(shown, {10, 80, 50, 2}).mean, std::log(0.6), 0.05);
    EXPECT_NEAR(moments(shown, {72, 80, 4, 2}).mean, std::log(0.6) - vessel_log, 0.12);
    auto const rest = moments(shown, {10, 10, 50, 60});
    EXPECT_NEAR(rest.mean, 0, 0.01);
    double expected = 0;
    for (int y = 10; y < 70; ++y)
        for (int x = 10; x < 60; ++x) expected += 1 / (dose * anatomy(x, y)) / 3000;
    EXPECT_LT(std::sqrt(rest.variance), 1.1 * std::sqrt(expected));

    auto const half = map.over_map(live, raw, {.vessel_opacity = 0.5}).difference;
    EXPECT_NEAR(moments(half, {72, 10, 4, 60}).mean, vessel / 2, 0.1 * vessel);
    auto const limited = map.over_map(live, raw, {.vessel_limit = 0.05}).difference;
    EXPECT_NEAR(moments(limited, {72, 10, 4, 60}).mean, 0.05, 0.02);
}

TEST(RoadMap, too_short_a_fluoroscopy_draws_no_map)
{
    RoadMap map;
    map.finish({});
    EXPECT_EQ(map.phase(), RoadMap::Phase::off);
    map.start();
    auto const raw = even(32, [](int, int) { return 100.0; });
    Image<float> const live{32, 32, 100};
    for (int i = 0; i < 3; ++i) map.fill(live, raw);
    map.finish({});
    EXPECT_EQ(map.phase(), RoadMap::Phase::waiting);
    map.stop();
    EXPECT_EQ(map.phase(), RoadMap::Phase::off);
}

// The exposure control still turns in the first frames: +-20 % of dose is no vessel, in bright parts or dark.
TEST(RoadMap, an_exposure_that_turns_is_no_vessel)
{
    RoadMap map;
    map.start();
    for (int i = 0; i < 20; ++i) {
        double const turn = 1 + 0.2 * std::sin(i);
        auto const raw = quanta(
            64, [&](int x, int) { return (x < 8 ? 3200 : 400) * turn; }, std::uint32_t(i));
        Image<float> live{64, 64};
        std::copy(raw.digital_numbers.values.begin(), raw.digital_numbers.values.end(), live.values.begin());
        map.fill(live, raw);
    }
    map.finish({});
    EXPECT_NEAR(moments(map.vessel(), {0, 0, 7, 64}).mean, 0, 0.002);
    EXPECT_NEAR(moments(map.vessel(), {9, 0, 55, 64}).mean, 0, 0.002);
}

// Stripes of four pixels, +-30 %, in the vessel and beside it: a map smoothed like the extremes would leave a third of
// them, 0.1 of log signal peak and 0.07 rms. The mean of 37 frames leaves noise of 0.012, and what the vessel's own
// edge does.
TEST(RoadMap, takes_fine_anatomy_away_sharply)
{
    auto const scene = [](int, int y) { return dose * (1 + 0.3 * ((y / 2) % 2 ? 1 : -1)); };
    RoadMap map;
    TemporalFilter filter;
    map.start();
    for (int i = 0; i < 40; ++i) {
        bool const filled = i >= 10 && i < 25;
        auto const raw = quanta(
            side, [&](int x, int y) { return scene(x, y) * (filled && in_vessel(x) ? std::exp(vessel_log) : 1); },
            std::uint32_t(i));
        map.fill(filter.add(raw, i > 0), raw);
    }
    map.finish({});
    auto const raw = even(side, scene);
    Image<float> live{side, side};
    std::copy(raw.digital_numbers.values.begin(), raw.digital_numbers.values.end(), live.values.begin());
    auto const left = map.over_map(live, raw, {.vessel_opacity = 0}).difference;
    EXPECT_LT(std::sqrt(moments(left, {4, 4, 60, 150}).variance), 0.025);
    EXPECT_LT(std::sqrt(moments(left, {72, 4, 4, 150}).variance), 0.045);
}

TEST(RoadMap, settings_out_of_range_have_a_reason)
{
    EXPECT_EQ(problem_of(RoadMapSettings{}), "");
    for (auto const& broken : {RoadMapSettings{.vessel_opacity = 1.1}, RoadMapSettings{.vessel_limit = 0},
                               RoadMapSettings{.noise_threshold = -1}, RoadMapSettings{.landmark = 2},
                               RoadMapSettings{.width = 0}, RoadMapSettings{.grey = 2}})
        EXPECT_NE(problem_of(broken), "");
}

} // namespace
} // namespace fluoro
