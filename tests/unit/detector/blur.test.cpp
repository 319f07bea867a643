#include <fluoro/detector/blur.hpp>
#include <fluoro/detector/mtf.hpp>

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <numbers>
#include <vector>

namespace fluoro {
namespace {

constexpr double h_mm2 = 0.5;

/// Largest difference between the kernel and the model over the Nyquist square.
double worst_response_error(double pitch_mm)
{
    ScintillatorBlur const blur{h_mm2, pitch_mm};
    double const nyquist = 0.5 / pitch_mm;
    double worst = 0;
    for (int i = 0; i <= 48; ++i)
        for (int j = 0; j <= 48; ++j) {
            double const fx = nyquist * i / 48, fy = nyquist * j / 48;
            worst = std::max(worst, std::abs(blur.response(fx, fy) - noise_transfer(h_mm2, pitch_mm, fx, fy)));
        }
    return worst;
}

std::vector<float> blurred(ScintillatorBlur const& blur, std::vector<float> const& image, int columns, int rows)
{
    std::size_t const width = std::size_t(columns);
    std::vector<std::vector<float>> planes(blur.terms(), std::vector<float>(image.size()));
    std::vector<float> out(image.size());
    for (int row = 0; row < rows; ++row) {
        std::vector<float> padded(width + 2 * std::size_t(blur.radius()));
        for (int i = -blur.radius(); i < columns + blur.radius(); ++i)
            padded[std::size_t(i + blur.radius())] =
                image[std::size_t(row) * width + std::size_t(mirrored(i, columns))];
        blur.filter_row(padded.data() + blur.radius(), columns, std::size_t(row) * width, planes);
    }
    for (int row = 0; row < rows; ++row)
        blur.combine_rows(planes, row, rows, columns, out.data() + std::size_t(row) * width);
    return out;
}

// What is left is the kernel's cut at its radius and the products left out, a few thousandths everywhere.
TEST(ScintillatorBlur, response_is_the_model_for_every_zoom_format)
{
    for (double pitch_mm : {0.1, 0.154, 0.2, 0.31, 0.3906, 0.586, 0.9})
        EXPECT_LT(worst_response_error(pitch_mm), 0.004) << pitch_mm;
}

// Photons that fall anywhere, light that spreads, squares that gather: the variance of a pixel is that of the unblurred
// quanta times p^2 times the integral of the squared transfer over all frequencies, folded or not. Midpoint rule up to
// five sampling frequencies, beyond which 2e-4 is left; 1 % for the kernel's rank and radius.
TEST(ScintillatorBlur, white_noise_keeps_the_share_of_its_variance_that_the_transfer_passes)
{
    for (auto [pitch_mm, share] : {std::pair{0.154, 0.1092}, {0.39, 0.370}}) {
        int const n = 1000;
        double const reach = 5 / pitch_mm, step = reach / n;
        double sum = 0;
        for (int i = 0; i < n; ++i)
            for (int j = 0; j < n; ++j) {
                double const m = presampled_mtf(h_mm2, pitch_mm, (i + 0.5) * step, (j + 0.5) * step);
                sum += 4 * m * m * step * step * pitch_mm * pitch_mm;
            }
        EXPECT_NEAR(sum, share, 0.002 * share); // the figure that docs/theory/detector.md gives
        EXPECT_NEAR((ScintillatorBlur{h_mm2, pitch_mm}.variance_ratio()), sum, 0.01 * sum);
    }
}

// The filters themselves, not what response() makes of their taps: a wave goes through at that height. Away from the
// border, which mirrors it.
TEST(ScintillatorBlur, a_wave_comes_out_at_its_response)
{
    double const pitch_mm = 0.2;
    ScintillatorBlur const blur{h_mm2, pitch_mm};
    int const columns = 64, rows = 48;
    for (auto [u, v] : {std::pair{3, 0}, {0, 5}, {7, 4}, {16, 11}}) {
        std::vector<float> image(std::size_t(columns * rows));
        auto const wave = [&, u = u, v = v](int x, int y) { return std::cos(0.2 * (u * x + v * y)); };
        for (int y = 0; y < rows; ++y)
            for (int x = 0; x < columns; ++x) image[std::size_t(y * columns + x)] = float(wave(x, y));
        auto const out = blurred(blur, image, columns, rows);
        double const per_mm = 0.2 / (2 * std::numbers::pi * pitch_mm), expected = blur.response(u * per_mm, v * per_mm);
        for (int y = 12; y < 36; ++y)
            for (int x = 12; x < 52; ++x)
                ASSERT_NEAR(out[std::size_t(y * columns + x)], expected * wave(x, y), 1e-5) << u << ',' << v;
    }
}

// Light adds: no kernel value below -0.2 % of the largest, so an edge has no false line beside it.
TEST(ScintillatorBlur, an_edge_hardly_overshoots)
{
    for (double pitch_mm : {0.1, 0.154, 0.2, 0.39, 0.586}) {
        int const columns = 64, rows = 12;
        std::vector<float> image(std::size_t(columns * rows));
        for (int i = 0; i < columns * rows; ++i) image[std::size_t(i)] = i % columns >= columns / 2 ? 1.0f : 0.0f;
        auto const out = blurred(ScintillatorBlur{h_mm2, pitch_mm}, image, columns, rows);
        auto const [low, high] = std::minmax_element(out.begin(), out.end());
        EXPECT_GT(*low, -0.004) << pitch_mm;
        EXPECT_LT(*high, 1.004) << pitch_mm;
    }
}

// Kernels of float taps that add up to one: what is left is rounding.
TEST(ScintillatorBlur, energy_is_kept_up_to_the_border)
{
    for (auto [columns, rows] : {std::pair{33, 21}, {8, 40}, {3, 2}}) {
        std::vector<float> image(std::size_t(columns * rows));
        for (std::size_t i = 0; i < image.size(); ++i) image[i] = float((i * 7919) % 101);
        double before = 0, after = 0;
        for (float v : image) before += v;
        for (float v : blurred(ScintillatorBlur{h_mm2, 0.2}, image, columns, rows)) after += v;
        // A mirror gives back all that crosses it once; narrower pictures than the kernel only keep what is flat.
        if (columns > 8) {
            EXPECT_NEAR(after, before, 1e-5 * before);
        }
        std::vector<float> const flat(image.size(), 5.0f);
        for (float v : blurred(ScintillatorBlur{h_mm2, 0.2}, flat, columns, rows)) EXPECT_NEAR(v, 5, 1e-4);
    }
}

} // namespace
} // namespace fluoro
