#include "smooth.hpp"

#include <cmath>
#include <fluoro/core/random.hpp>
#include <gtest/gtest.h>

using namespace fluoro;

namespace {

/// A veil like scatter: broad, higher in the middle.
double veil(double x, double y)
{
    return 100 * std::exp(-((x - 0.45) * (x - 0.45) + (y - 0.5) * (y - 0.5)) / 0.4);
}

Image<double> sampled(int columns, int rows)
{
    Image<double> image{columns, rows};
    for (int row = 0; row < rows; ++row)
        for (int column = 0; column < columns; ++column)
            image.at(column, row) = veil((column + 0.5) / columns, (row + 0.5) / rows);
    return image;
}

} // namespace

// No noise: the surface goes through the bins, and pixels between them follow the veil. The cosine series turns flat at
// the edges; there the veil is missed by up to 1.5 % of its height.
TEST(SmoothSurface, goes_through_bins_without_noise)
{
    SmoothSurface const surface{sampled(32, 32)};
    auto const pixels = surface.on_pixels(128, 128);
    for (int row = 0; row < 128; ++row)
        for (int column = 0; column < 128; ++column)
            EXPECT_NEAR(double(pixels.at(column, row)), veil((column + 0.5) / 128, (row + 0.5) / 128), 1.5);
    EXPECT_NEAR(double(pixels.at(64, 64)), veil(64.5 / 128, 64.5 / 128), 0.1);
}

// Noise of 10 per bin over 64 x 48 bins: the veil needs a few dozen free numbers, so the surface's error is near
// 10 sqrt(40 / 3072) = 1.1; twice that is refused.
TEST(SmoothSurface, finds_the_stiffness_that_the_noise_asks_for)
{
    auto noisy = sampled(64, 48);
    RandomSequence random{3, RandomStream::mutation, 0, 0};
    for (auto& value : noisy.values) value += 10 * random.next_normal();
    SmoothSurface const surface{noisy};
    auto const pixels = surface.on_pixels(64, 48);
    auto const truth = sampled(64, 48);
    double sum = 0;
    for (std::size_t i = 0; i < truth.values.size(); ++i)
        sum += (double(pixels.values[i]) - truth.values[i]) * (double(pixels.values[i]) - truth.values[i]);
    EXPECT_LT(std::sqrt(sum / double(truth.values.size())), 2.2);
    EXPECT_GT(surface.stiffness(), SmoothSurface{truth}.stiffness());
}

TEST(SmoothSurface, keeps_the_sum_and_never_goes_below_zero)
{
    auto noisy = sampled(40, 40);
    RandomSequence random{4, RandomStream::mutation, 0, 0};
    for (auto& value : noisy.values) value = 0.02 * value + random.next_normal();
    double before = 0, after = 0;
    for (auto const value : noisy.values) before += value;
    SmoothSurface const surface{noisy};
    auto const bins = surface.on_bins();
    for (auto const value : bins.values) after += value;
    EXPECT_NEAR(after, before, 1e-6);
    for (auto const value : surface.on_pixels(160, 160).values) EXPECT_GE(value, 0.0f);
}
