#include <fluoro/detector/blur.hpp>

#include <cmath>
#include <gtest/gtest.h>
#include <numbers>
#include <vector>

namespace fluoro {
namespace {

constexpr double h_mm2 = 0.67;

double mtf(double fx, double fy)
{
    return 1 / (1 + h_mm2 * (fx * fx + fy * fy));
}

/// Largest difference between the kernel and the model over the Nyquist square.
double worst_response_error(double pitch_mm)
{
    ScintillatorBlur const blur{h_mm2, pitch_mm};
    double const nyquist = 0.5 / pitch_mm;
    double worst = 0;
    for (int i = 0; i <= 64; ++i)
        for (int j = 0; j <= 64; ++j) {
            double const fx = nyquist * i / 64, fy = nyquist * j / 64;
            worst = std::max(worst, std::abs(blur.response(fx, fy) - mtf(fx, fy)));
        }
    return worst;
}

std::vector<float> blurred(ScintillatorBlur const& blur, std::vector<float> const& image, int columns, int rows)
{
    std::size_t const width = std::size_t(columns);
    std::vector<std::vector<float>> planes(ScintillatorBlur::terms, std::vector<float>(image.size()));
    std::vector<float> out(image.size());
    for (int row = 0; row < rows; ++row) {
        std::vector<float> padded(width + 2 * std::size_t(blur.radius()));
        for (int i = -blur.radius(); i < columns + blur.radius(); ++i)
            padded[std::size_t(i + blur.radius())] =
                image[std::size_t(row) * width + std::size_t(mirrored(i, columns))];
        blur.filter_row(padded.data(), columns, std::size_t(row) * width, planes);
    }
    for (int row = 0; row < rows; ++row)
        blur.combine_rows(planes, row, rows, columns, out.data() + std::size_t(row) * width);
    return out;
}

// 0.02 is the tolerance of the panel's measured MTF. What is left is the cut of the kernel at its radius, which shows
// at the very edge of the Nyquist square alone.
TEST(ScintillatorBlur, response_is_the_model_for_every_zoom_format)
{
    for (double pitch_mm : {0.1, 0.154, 0.2, 0.31, 0.3906, 0.586, 0.9})
        EXPECT_LT(worst_response_error(pitch_mm), 0.015) << pitch_mm;
}

// At a tenth of the Nyquist frequency and above the eye sees blur: 0.003 there.
TEST(ScintillatorBlur, response_at_1_2_and_3_line_pairs_is_0_60_0_27_0_14)
{
    ScintillatorBlur const blur{h_mm2, 0.154};
    for (double f : {1.0, 2.0, 3.0}) {
        EXPECT_NEAR(blur.response(f, 0), mtf(f, 0), 0.005) << f;
        EXPECT_NEAR(blur.response(0, f), mtf(0, f), 0.005) << f;
        EXPECT_NEAR(blur.response(f * std::numbers::sqrt2 / 2, f * std::numbers::sqrt2 / 2), mtf(f, 0), 0.005) << f;
    }
}

// The figure: 1/(1 + H f^2)^2 integrated over the Nyquist square of a 0.154 mm grid and divided by its area (midpoint
// rule, 2000 x 2000 points). 1 % is the rank and the radius of the kernel.
TEST(ScintillatorBlur, white_noise_keeps_a_tenth_of_its_variance_at_0_154_mm)
{
    int const n = 2000;
    double sum = 0;
    for (int i = 0; i < n; ++i)
        for (int j = 0; j < n; ++j) {
            double const m = mtf((i + 0.5) / n * 0.5 / 0.154, (j + 0.5) / n * 0.5 / 0.154);
            sum += m * m / (double(n) * n);
        }
    EXPECT_NEAR(sum, 0.0997, 0.0002);
    EXPECT_NEAR((ScintillatorBlur{h_mm2, 0.154}.variance_ratio()), sum, 0.01 * sum);
}

// The line spread of this MTF is pi/sqrt(H) exp(-2 pi |x|/sqrt(H)), so an edge is 1/2 exp(2 pi x/sqrt(H)) on its dark
// side and the mirror image on its bright one. Sampled at pixel centres by a band-limited kernel: 0.02.
TEST(ScintillatorBlur, an_edge_is_the_exponential_of_the_model)
{
    double const pitch_mm = 0.154;
    int const columns = 64, rows = 24;
    ScintillatorBlur const blur{h_mm2, pitch_mm};
    for (bool const across : {true, false}) {
        int const width = across ? columns : rows, height = across ? rows : columns;
        std::vector<float> image(std::size_t(columns * rows));
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x)
                image[std::size_t(y * width + x)] = (across ? x : y) >= columns / 2 ? 1.0f : 0.0f;
        auto const out = blurred(blur, image, width, height);
        for (int i = 16; i < 48; ++i) {
            double const x_mm = (i + 0.5 - columns / 2) * pitch_mm;
            double const tail = 0.5 * std::exp(-2 * std::numbers::pi * std::abs(x_mm) / std::sqrt(h_mm2));
            double const found = across ? out[std::size_t(width * 12 + i)] : out[std::size_t(width * i + 12)];
            EXPECT_NEAR(found, x_mm < 0 ? tail : 1 - tail, 0.02) << x_mm;
        }
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
