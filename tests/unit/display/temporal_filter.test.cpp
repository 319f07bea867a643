#include "synthetic.hpp"
#include <fluoro/core/error.hpp>
#include <fluoro/display/temporal_filter.hpp>

#include <algorithm>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <vector>

namespace fluoro {
namespace {

constexpr int side = 192;

TemporalFilter filled(TemporalFilterSettings const& settings, int frames, double mean)
{
    TemporalFilter filter{settings};
    for (int i = 0; i < frames; ++i)
        filter.add(quanta(
                       side, [&](int, int) { return mean; }, std::uint32_t(i)),
                   i > 0);
    return filter;
}

// Independent frames: w/(2 - w). With motion detection the few pixels whose noise looks like motion cost up
// to 3 %; the sample variance of 36,864 pixels that hang together in time only has 0.7 %.
TEST(TemporalFilter, a_static_scene_gains_the_stated_noise_factor)
{
    test::Extremes off{"filter_noise"};
    std::vector<TemporalFilterSettings> settings;
    for (double weight : {0.5, 0.25, 0.15})
        for (bool detects : {false, true}) settings.push_back({.static_weight = weight, .motion_detection = detects});
    std::vector<TemporalFilter> filters(settings.begin(), settings.end());
    for (std::uint32_t frame = 0; frame < 32; ++frame) {
        auto const raw = quanta(
            side, [](int, int) { return 200.0; }, frame);
        for (auto& filter : filters) filter.add(raw, frame > 0);
    }
    for (std::size_t i = 0; i < filters.size(); ++i) {
        double const weight = settings[i].static_weight, expected = 200 * weight / (2 - weight);
        double const found = moments(filters[i].filtered()).variance;
        off.see_ratio(found / expected);
        EXPECT_GT(found, 0.97 * expected) << weight;
        EXPECT_LT(found, (settings[i].motion_detection ? 1.04 : 1.03) * expected) << weight;
    }
}

// The young average is the plain mean of its frames. 6 % as above, and the sample variance of 36,864 pixels has 0.7 %.
TEST(TemporalFilter, the_first_frames_are_averaged_plainly)
{
    for (int frames : {1, 2, 3, 4}) {
        auto const filter = filled({.static_weight = 0.2}, frames, 400);
        EXPECT_NEAR(moments(filter.filtered()).variance, 400.0 / frames, 0.06 * 400 / frames) << frames;
    }
}

// What the filter says about its own noise is true.
TEST(TemporalFilter, the_noise_share_is_the_variance)
{
    auto const filter = filled({}, 30, 300);
    EXPECT_NEAR(moments(filter.noise_share()).mean * 300, moments(filter.filtered()).variance, 0.06 * 300 / 7);
}

// White noise of one quantum per digital number: 2 sqrt(x) has variance 1, so sums of 9 and 81 have 9 and 81. The
// estimate rests on 576 samples (81: fewer independent ones) and leans down: 15 %.
TEST(TemporalFilter, measures_the_noise_of_its_sums)
{
    auto const variance = filled({}, 20, 500).sum_variance();
    EXPECT_NEAR(variance[0], 9, 0.15 * 9);
    EXPECT_NEAR(variance[1], 81, 0.15 * 81);
}

/// A wire of 2 pixels that takes 45 % of the signal and goes 5 pixels to the right per frame.
struct WireScene {
    static constexpr double background = 100, contrast = 0.45;
    static int column(int frame) { return 20 + 5 * frame; }
    static RawImage raw(int frame, std::uint32_t seed)
    {
        int const at = column(frame);
        return quanta(
            side, [&](int x, int) { return x == at || x == at + 1 ? background * (1 - contrast) : background; },
            std::uint32_t(frame) + 1000 * seed);
    }
    /// Contrast found in the columns where the wire stood `ago` frames before the last.
    static double found(TemporalFilter const& filter, int last, int ago)
    {
        double const there = moments(filter.filtered(), {column(last - ago), 0, 2, side}).mean;
        return 1 - there / moments(filter.filtered(), {4, 0, 8, side}).mean;
    }
};

// A wire at 100 quanta per pixel keeps its contrast within 5 % and leaves a trail below 5 % of it (both with the noise
// of 384 pixels, 1 %). The plain recursive filter, for comparison, shows a quarter of the wire and a trail of 19 %.
TEST(TemporalFilter, a_moving_wire_keeps_its_contrast_and_leaves_no_trail)
{
    test::Extremes trail{"wire_trail"};
    TemporalFilter detects{{.static_weight = 0.25}}, plain{{.static_weight = 0.25, .motion_detection = false}};
    int const last = 25;
    for (int frame = 0; frame <= last; ++frame) {
        auto const raw = WireScene::raw(frame, 1);
        detects.add(raw, frame > 0);
        plain.add(raw, frame > 0);
    }
    test::measured("wire_contrast", 100 * WireScene::found(detects, last, 0) / WireScene::contrast);
    EXPECT_NEAR(WireScene::found(detects, last, 0), WireScene::contrast, 0.05 * WireScene::contrast);
    for (int ago : {1, 2, 3, 5}) {
        trail.see(100 * WireScene::found(detects, last, ago) / WireScene::contrast);
        EXPECT_LT(std::abs(WireScene::found(detects, last, ago)), 0.05 * WireScene::contrast) << ago;
    }
    EXPECT_LT(WireScene::found(plain, last, 0), 0.3 * WireScene::contrast);
    EXPECT_GT(WireScene::found(plain, last, 1), 0.15 * WireScene::contrast);
}

// Twice the dose from one frame to the next is no motion: the average goes on at the new level. Two frames of the old
// dose's noise are in it, so its relative noise is between that of the old average and twice the plain mean's.
TEST(TemporalFilter, another_exposure_is_no_motion)
{
    auto filter = filled({}, 20, 100);
    double const before = moments(filter.filtered()).variance / (100 * 100);
    filter.add(quanta(
                   side, [](int, int) { return 200.0; }, 99),
               true);
    auto const after = moments(filter.filtered());
    EXPECT_NEAR(after.mean, 200, 1);
    EXPECT_LT(after.variance / (200 * 200), before);
}

// A large region that darkens by 8 %, less than the noise of a pixel (10 %), is followed at once all the same: the sum
// over 81 pixels sees it at 7 sigma.
TEST(TemporalFilter, a_faint_large_change_is_followed)
{
    auto filter = filled({}, 20, 100);
    PixelRect const region{60, 60, 60, 60};
    filter.add(quanta(
                   side,
                   [&](int x, int y) {
                       bool const in = x >= region.column && x < region.column + region.columns && y >= region.row &&
                                       y < region.row + region.rows;
                       return in ? 92.0 : 100.0;
                   },
                   98),
               true);
    double const change =
        moments(filter.filtered(), {10, 10, 40, 40}).mean - moments(filter.filtered(), {70, 70, 40, 40}).mean;
    EXPECT_GT(change, 0.8 * 8);
}

TEST(TemporalFilter, forgets_when_it_does_not_go_on_and_when_the_size_differs)
{
    auto filter = filled({}, 10, 100);
    auto const next = quanta(
        side, [](int, int) { return 300.0; }, 50);
    filter.add(next, false);
    EXPECT_TRUE(std::equal(next.digital_numbers.values.begin(), next.digital_numbers.values.end(),
                           filter.filtered().values.begin()));
    filter.add(even(7, [](int, int) { return 5.0; }), true);
    EXPECT_EQ(filter.filtered().columns, 7);
    EXPECT_EQ(filter.filtered().values.front(), 5.0f);
}

TEST(TemporalFilter, weight_one_is_no_filter)
{
    TemporalFilter filter{{.static_weight = 1}};
    filter.add(even(side, [](int, int) { return 100.0; }), false);
    filter.add(even(side, [](int, int) { return 101.0; }), true);
    EXPECT_EQ(moments(filter.filtered()).mean, 101);
}

TEST(TemporalFilter, refuses_settings_out_of_range)
{
    EXPECT_THROW(TemporalFilter({.static_weight = 0}), Error);
    EXPECT_THROW(TemporalFilter({.static_weight = 1.01}), Error);
    EXPECT_THROW(TemporalFilter({.still_sigma = -1}), Error);
    EXPECT_THROW(TemporalFilter({.still_sigma = 3, .moving_sigma = 3}), Error);
}

} // namespace
} // namespace fluoro
