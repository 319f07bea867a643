#include <fluoro/detector/panel_memory.hpp>

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <measured.hpp>
#include <vector>

namespace fluoro {
namespace {

std::vector<LagComponent> const usual{{0.020, 0.05}, {0.008, 0.5}, {0.006, 3}};
float const deep = std::numeric_limits<float>::infinity();

/// What is read of one pixel that is given `energy` at each of `times`.
std::vector<double> read(PanelMemory memory, std::vector<double> const& times, std::vector<float> const& energy)
{
    std::vector<double> out;
    for (std::size_t i = 0; i < times.size(); ++i) {
        std::vector<float> row(70, energy[i]); // more than a block, so that its rest is looked at as well
        memory.begin_frame(70, 1, 0.2, times[i]);
        memory.take_row(0, deep, row.data());
        EXPECT_EQ(row.front(), row.back());
        out.push_back(row.back());
    }
    return out;
}

std::vector<double> at_rate(int frames, double per_second)
{
    std::vector<double> times;
    for (int i = 0; i < frames; ++i) times.push_back(i / per_second);
    return times;
}

/// Closed form: a beam that goes on has risen to this after n frames, `interval` seconds apart; one that went off after
/// a long time has fallen to 1 minus this.
double risen(int n, double interval_s)
{
    double sum = 1;
    for (auto const& lag : usual) sum -= lag.share * std::exp(-n * interval_s / lag.seconds);
    return sum;
}

// Float charges of 1,000: 1e-5 of them is twenty roundings. The panel's figure is 2 %.
TEST(PanelMemory, a_beam_that_goes_on_rises_as_the_sum_of_exponentials)
{
    for (double rate : {30.0, 15.0, 7.5, 3.0}) {
        auto const out = read({usual, {}, 0.34}, at_rate(200, rate), std::vector<float>(200, 1000));
        for (int n = 0; n < 200; ++n) EXPECT_NEAR(out[std::size_t(n)] / 1000, risen(n, 1 / rate), 1e-5) << n;
    }
}

// 2 to 5 % in the first frame after a run and 0.3 to 1 % a second later, at 30 frames/s: the range that is said of
// amorphous silicon.
TEST(PanelMemory, a_beam_that_goes_off_leaves_what_it_left_out)
{
    test::Extremes off{"lag"};
    int const lit = 1500, dark = 60;
    std::vector<float> energy(lit + dark);
    std::fill_n(energy.begin(), lit, 1000.0f);
    auto const out = read({usual, {}, 0.34}, at_rate(lit + dark, 30), energy);
    for (int n = 0; n < dark; ++n) {
        off.see(out[std::size_t(lit + n)] / 1000 - (1 - risen(n, 1 / 30.0)));
        EXPECT_NEAR(out[std::size_t(lit + n)] / 1000, 1 - risen(n, 1 / 30.0), 1e-5) << n;
    }
    test::measured("lag_first", 100 * out[lit] / 1000);
    test::measured("lag_second", 100 * out[lit + 29] / 1000);
    EXPECT_NEAR(out[lit] / 1000, 0.034, 1e-4);
    EXPECT_NEAR(out[lit + 29] / 1000, 0.0055, 0.0003);
}

// One frame of light, then darkness at any times that the panel is read: all of it comes out. exp(-60/3) is left.
TEST(PanelMemory, all_charge_comes_out)
{
    std::vector<double> times{0};
    while (times.back() < 60) times.push_back(times.back() + (times.size() % 3 == 0 ? 0.3 : 1 / 30.0));
    std::vector<float> energy(times.size());
    energy[0] = 1000;
    double sum = 0;
    for (double v : read({usual, {}, 0.34}, times, energy)) sum += v;
    EXPECT_NEAR(sum / 1000, 1, 1e-5);
}

// After a pause only what comes out in the last 0.34 s is read; the idle panel has cleared the rest.
TEST(PanelMemory, a_pause_is_cleared_by_the_idle_panel)
{
    auto const out = read({usual, {}, 0.34}, {0, 2}, {1000, 0});
    double expected = 0;
    for (auto const& lag : usual) expected += lag.share * (std::exp(-1.66 / lag.seconds) - std::exp(-2 / lag.seconds));
    EXPECT_NEAR(out[1] / 1000, expected, 1e-6);
}

// After m frames of the share d of the filling energy: filled 1 - (1 - d)^m, sensitivity 1 + gain x filled, and it
// wears off with the time constant. Time constants of the filling are left out by a run that takes no time.
TEST(PanelMemory, much_light_raises_the_sensitivity_and_time_takes_it_off)
{
    GhostModel const ghost{0.01, 1e8, 200};
    float const energy = float(1e6 * 0.2 * 0.2); // a hundredth of the filling energy
    std::vector<double> times(51, 0);
    times.push_back(200);
    std::vector<float> light(51, energy);
    light.push_back(1);
    auto const out = read({{}, ghost, 0.34}, times, light);
    for (int m = 0; m <= 50; ++m)
        EXPECT_NEAR(out[std::size_t(m)] / energy, 1 + 0.01 * (1 - std::pow(0.99, m)), 2e-6) << m;
    EXPECT_NEAR(out[51], 1 + 0.01 * (1 - std::pow(0.99, 51)) / std::exp(1.0), 2e-6);
}

TEST(PanelMemory, a_pixel_holds_no_more_than_its_well)
{
    PanelMemory memory{{{0.1, 1}}, {}, 10};
    std::vector<float> row(3, 5000);
    memory.begin_frame(3, 1, 0.2, 0);
    memory.take_row(0, 2000, row.data());
    EXPECT_NEAR(row[1], 1800, 0.01);
    std::fill(row.begin(), row.end(), 0.0f);
    memory.begin_frame(3, 1, 0.2, 10);
    memory.take_row(0, 2000, row.data()); // a tenth of the well, not of the light
    EXPECT_NEAR(row[1], 200 * (1 - std::exp(-10.0)), 0.01);
}

} // namespace
} // namespace fluoro
