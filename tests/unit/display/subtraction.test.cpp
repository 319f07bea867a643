#include "synthetic.hpp"
#include <fluoro/display/subtraction.hpp>

#include <cmath>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <numbers>
#include <vector>

namespace fluoro {
namespace {

constexpr int side = 128;

/// Anatomy: a slope and a wave, 0.6 to 1.7.
double anatomy(double x, double y)
{
    double const turn = 2 * std::numbers::pi;
    return std::exp(0.3 * std::sin(turn * x / 24) + 0.25 * std::cos(turn * (x + 2 * y) / 40));
}

std::vector<StoredFrame> run_of(double quanta_per_pixel, int frames, std::uint32_t seed)
{
    std::vector<StoredFrame> run;
    for (int i = 0; i < frames; ++i)
        run.push_back(stored(quanta(
            side, [&](int x, int y) { return quanta_per_pixel * anatomy(x, y); }, seed + std::uint32_t(i))));
    return run;
}

// The log signal of N quanta has variance 1/N, the mask's mean of n frames 1/(n N). Normalised by each pixel's own mean
// the sample variance of 16,384 pixels has a standard error of 1.1 %; 3 % is nearly three of them.
TEST(Subtraction, a_static_patient_leaves_sqrt_1_plus_1_over_n_of_a_frames_noise)
{
    test::Extremes off{"dsa_noise"};
    double const dose = 1000;
    auto const single = run_of(dose, 1, 50);
    double frame_noise = 0, mean_noise = 0;
    {
        auto const log = log_signal(*single.front().raw);
        for (int y = 0; y < side; ++y)
            for (int x = 0; x < side; ++x) {
                double const error = log.at(x, y) - std::log(dose * anatomy(x, y));
                frame_noise += error * error * anatomy(x, y);
            }
    }
    for (int n : {1, 2, 4, 8}) {
        auto const mask = make_mask(run_of(dose, n, 100 * std::uint32_t(n)));
        auto const difference = subtract(*single.front().raw, mask).difference;
        mean_noise = 0;
        for (int y = 0; y < side; ++y)
            for (int x = 0; x < side; ++x) mean_noise += std::pow(difference.at(x, y), 2) * anatomy(x, y);
        off.see(std::sqrt(mean_noise / frame_noise) - std::sqrt(1 + 1.0 / n));
        EXPECT_NEAR(std::sqrt(mean_noise / frame_noise), std::sqrt(1 + 1.0 / n), 0.03) << n;
        EXPECT_NEAR(mean_noise / (side * side), (1 + 1.0 / n) / dose, 0.04 * (1 + 1.0 / n) / dose) << n;
    }
}

// ln has a bias of -1/(2N): at 12 quanta -0.042. Half a quantum added leaves terms of 1/N^2 only.
TEST(Subtraction, half_a_quantum_takes_away_the_bias_of_the_logarithm)
{
    for (double n : {12.0, 25.0, 100.0}) {
        auto const frame = quanta(
            2 * side, [&](int, int) { return n; }, 7);
        double const bias = moments(log_signal(frame)).mean - std::log(n);
        double const standard_error = std::sqrt(1 / n) / (2 * side);
        EXPECT_NEAR(bias, 0, 0.5 / (n * n) + 3 * standard_error) << n;
        Image<float> plain{2 * side, 2 * side};
        for (std::size_t i = 0; i < plain.values.size(); ++i)
            plain.values[i] = std::log(std::max(1.0f, float(frame.digital_numbers.values[i])));
        EXPECT_LT(moments(plain).mean - std::log(n), -0.4 / n) << n;
    }
}

// The bias differs between a frame and a mean of 8, and between 12 and 100 quanta: (1 - 1/8)(1/24 - 1/200) = 0.032 of
// anatomy would be left. Allowed: 1/(2 N^2) and three standard errors of the darker half's mean, 0.0034 each.
TEST(Subtraction, noise_prints_no_anatomy)
{
    auto const scene = [](int x, int) { return x < side / 2 ? 12.0 : 100.0; };
    std::vector<StoredFrame> frames;
    for (std::uint32_t i = 0; i < 8; ++i) frames.push_back(stored(quanta(side, scene, 60 + i)));
    auto const result = subtract(quanta(side, scene, 90), make_mask(frames)).difference;
    EXPECT_NEAR(moments(result, {0, 0, side / 2, side}).mean, moments(result, {side / 2, 0, side / 2, side}).mean,
                0.5 / 144 + 3 * 0.0034);
}

// 2e-6: twice the rounding of a float at ln 65535.
TEST(Subtraction, the_log_signal_is_the_natural_logarithm)
{
    Image<float> numbers{65536, 1};
    for (int x = 0; x < numbers.columns; ++x) numbers.at(x, 0) = float(x);
    auto const log = log_signal(numbers, 0.5);
    for (int x = 0; x < numbers.columns; ++x) ASSERT_NEAR(log.at(x, 0), std::log(x + 0.5), 2e-6) << x;
}

// Iodine that takes 20 % away is ln 0.8 wherever it stands, however bright the anatomy; only rounding of 10,000 digital
// numbers (and the half quantum) is left: 0.001.
TEST(Subtraction, contrast_medium_leaves_its_own_log_signal)
{
    test::Extremes off{"dsa_contrast"};
    auto const without = even(side, [](int x, int y) { return 10'000 * anatomy(x, y); });
    auto const with = even(side, [](int x, int y) { return 10'000 * anatomy(x, y) * (x < 20 ? 0.8 : 1.0); });
    std::vector const frames{stored(without)};
    auto const result = subtract(with, make_mask(frames));
    for (int y = 0; y < side; ++y) {
        off.see(result.difference.at(10, y) - std::log(0.8));
        ASSERT_NEAR(result.difference.at(10, y), std::log(0.8), 0.001);
        ASSERT_NEAR(result.difference.at(60, y), 0, 0.001);
    }
}

// Twice the dose is no contrast medium; nor is it when contrast medium of many depths covers 60 % of the field.
TEST(Subtraction, another_exposure_is_taken_out)
{
    auto const without = even(side, [](int x, int y) { return 5000 * anatomy(x, y); });
    auto const with =
        even(side, [](int x, int y) { return 10'000 * anatomy(x, y) * (x < 77 ? std::exp(-0.02 - 0.005 * x) : 1.0); });
    std::vector const frames{stored(without)};
    auto const result = subtract(with, make_mask(frames));
    EXPECT_NEAR(result.difference.at(100, 64), 0, 0.002);
    EXPECT_NEAR(result.difference.at(50, 64), -0.27, 0.002);
}

// A patient who moved by 1.3 and -0.7 pixels: the right shift of the mask leaves less than 3 % of what none leaves
// (cubic interpolation of waves of 24 pixels and more), and the wrong sign makes it worse.
TEST(Subtraction, the_masks_shift_follows_the_patient)
{
    auto const before = even(side, [](int x, int y) { return 20'000 * anatomy(x, y); });
    auto const after = even(side, [](int x, int y) { return 20'000 * anatomy(x - 1.3, y + 0.7); });
    std::vector const frames{stored(before)};
    PixelRect const inside{4, 4, side - 8, side - 8};
    auto const left = [&](double columns, double rows) {
        return std::sqrt(moments(subtract(after, make_mask(frames, columns, rows)).difference, inside).variance);
    };
    test::measured("shift_residue", 100 * left(1.3, -0.7) / left(0, 0));
    EXPECT_LT(left(1.3, -0.7), 0.03 * left(0, 0));
    EXPECT_GT(left(-1.3, 0.7), 1.5 * left(0, 0));
}

TEST(Subtraction, a_whole_pixel_shift_is_exact)
{
    auto const frame = even(side, [](int x, int y) { return 1000 + 37 * ((x * 7 + y * 13) % 11); });
    std::vector const frames{stored(frame)};
    auto const still = make_mask(frames), moved = make_mask(frames, 3, -2);
    for (int y = 4; y < side - 4; ++y)
        for (int x = 4; x < side - 4; ++x)
            ASSERT_FLOAT_EQ(moved.log_signal.at(x, y), still.log_signal.at(x - 3, y + 2));
}

// Each quantum counts the same: frames of 100 and 300 make a mask of 200, not of their logarithms' mean.
TEST(Subtraction, the_mask_is_the_mean_of_the_digital_numbers)
{
    std::vector const frames{stored(even(side, [](int, int) { return 100.0; })),
                             stored(even(side, [](int, int) { return 300.0; }))};
    EXPECT_NEAR(make_mask(frames).log_signal.at(5, 5), std::log(200 + half_quantum(*frames[0].raw) / 2), 1e-5);
}

TEST(Subtraction, pixels_without_a_quantum_stay_finite)
{
    Image<float> const numbers{2, 1, -3};
    EXPECT_EQ(log_signal(numbers, 0.5).values.front(), std::log(0.5f));
    auto const empty = even(side, [](int x, int) { return x % 2; });
    std::vector const frames{stored(even(side, [](int, int) { return 0.0; }))};
    for (float v : subtract(empty, make_mask(frames, 0.5, 0.5)).difference.values) ASSERT_TRUE(std::isfinite(v));
}

TEST(Subtraction, saturation_is_marked_in_frame_mask_and_what_a_shift_draws_from_it)
{
    auto frame = even(side, [](int, int) { return 500.0; }), other = frame;
    frame.digital_numbers.at(40, 50) = frame.saturation;
    other.digital_numbers.at(80, 90) = other.saturation;
    std::vector const frames{stored(even(side, [](int, int) { return 500.0; })), stored(frame)};
    auto const whole = subtract(other, make_mask(frames)).saturated;
    EXPECT_EQ(whole.at(40, 50), 1);
    EXPECT_EQ(whole.at(80, 90), 1);
    EXPECT_EQ(moments(whole).mean * side * side, 2);
    auto const shifted = subtract(other, make_mask(frames, 0.5, 0)).saturated;
    for (int x : {39, 40, 41, 42}) EXPECT_EQ(shifted.at(x, 50), 1) << x;
    EXPECT_EQ(shifted.at(43, 50) + shifted.at(38, 50), 0);
}

// Share of the anatomy, counted from its median, on top of what the difference is.
TEST(Subtraction, landmarks_are_a_share_of_the_anatomy)
{
    auto const frame = even(side, [](int x, int y) { return 10'000 * anatomy(x, y); });
    std::vector const frames{stored(frame)};
    auto const mask = make_mask(frames);
    auto result = subtract(frame, mask);
    leave_landmarks(result, mask, 0.2);
    double const here = result.difference.at(30, 40) - result.difference.at(70, 90);
    EXPECT_NEAR(here, 0.2 * std::log(anatomy(30, 40) / anatomy(70, 90)), 0.001);
    EXPECT_NEAR(moments(result.difference).mean, 0, 0.02); // ln 10,000 would be 1.8
    leave_landmarks(result, mask, 0);
    EXPECT_NEAR(result.difference.at(30, 40) - result.difference.at(70, 90), here, 1e-6);
}

TEST(Subtraction, only_what_both_exposed_is_subtracted)
{
    auto frame = even(side, [](int, int) { return 500.0; });
    frame.exposed = {10, 0, 100, side};
    auto mask_frame = even(side, [](int, int) { return 250.0; });
    mask_frame.exposed = {0, 20, side, 60};
    std::vector const frames{stored(mask_frame)};
    auto const result = subtract(frame, make_mask(frames));
    EXPECT_EQ(result.exposed, (PixelRect{10, 20, 100, 60}));
    EXPECT_EQ(result.difference.at(5, 50), 0);
    EXPECT_EQ(make_mask(frames, 0, 2.5).exposed, (PixelRect{0, 23, side, 59}));
}

TEST(Subtraction, settings_out_of_range_have_a_reason)
{
    EXPECT_EQ(problem_of(SubtractionSettings{}), "");
    for (auto const& broken :
         {SubtractionSettings{.mask_first = 0}, SubtractionSettings{.mask_frames = 0},
          SubtractionSettings{.shift_columns = 51}, SubtractionSettings{.shift_rows = std::nan("")},
          SubtractionSettings{.landmark = 1.1}, SubtractionSettings{.width = 0}, SubtractionSettings{.grey = -0.1}})
        EXPECT_NE(problem_of(broken), "");
}

} // namespace
} // namespace fluoro
