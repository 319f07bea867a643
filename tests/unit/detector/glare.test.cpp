#include <fluoro/detector/glare.hpp>

#include <cmath>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <numbers>
#include <utility>
#include <vector>

namespace fluoro {
namespace {

std::vector<float> with_glare(std::vector<GlareComponent> const& components, double pitch_mm, int columns, int rows,
                              std::vector<float> image)
{
    VeilingGlare glare{components, pitch_mm, columns, rows};
    for (int y = 0; y < rows; ++y) glare.add_row(y, image.data() + y * columns);
    glare.spread();
    for (int y = 0; y < rows; ++y) glare.apply(y, image.data() + y * columns);
    return image;
}

double sum_of(std::vector<float> const& image)
{
    double sum = 0;
    for (float v : image) sum += v;
    return sum;
}

std::vector<GlareComponent> const usual{{0.0075, 4}, {0.0075, 12}};

TEST(VeilingGlare, level_light_stays_level)
{
    for (auto [columns, rows] : {std::pair{256, 128}, {101, 67}, {7, 5}}) {
        std::vector<float> const image(std::size_t(columns * rows), 40);
        for (float v : with_glare(usual, 0.2, columns, rows, image)) EXPECT_NEAR(v, 40, 1e-4);
    }
}

// A spot off the middle: nothing is lost where cells fill the picture, float sums aside.
TEST(VeilingGlare, energy_is_kept)
{
    for (double pitch_mm : {0.154, 0.2, 0.39, 0.586, 5.0}) {
        std::vector<float> image(256 * 128);
        for (int y = 3; y < 30; ++y)
            for (int x = 200; x < 250; ++x) image[std::size_t(y * 256 + x)] = 1000;
        double const before = sum_of(image);
        EXPECT_NEAR(sum_of(with_glare(usual, pitch_mm, 256, 128, image)) / before, 1, 1e-5) << pitch_mm;
    }
}

// A lead disc's shadow reads what comes from around it: for a disc of radius r in an even field the far light at its
// middle is the sum of share x exp(-r^2 / 2 sigma^2). 5 % of it for the cells and the disc's stair.
TEST(VeilingGlare, behind_a_lead_disc_is_the_closed_form)
{
    test::Extremes off{"glare_disc"};
    int const side = 384;
    double const pitch_mm = 0.2;
    for (double radius_mm : {4.0, 8.0, 14.0}) {
        std::vector<float> image(std::size_t(side * side));
        for (int y = 0; y < side; ++y)
            for (int x = 0; x < side; ++x)
                if (std::hypot(x + 0.5 - side / 2, y + 0.5 - side / 2) * pitch_mm > radius_mm)
                    image[std::size_t(y * side + x)] = 1;
        auto const out = with_glare(usual, pitch_mm, side, side, image);
        double expected = 0;
        for (auto const& part : usual) expected += part.share * std::exp(-0.5 * std::pow(radius_mm / part.sigma_mm, 2));
        off.see_ratio(out[std::size_t(side / 2 * side + side / 2)] / expected);
        EXPECT_NEAR(out[std::size_t(side / 2 * side + side / 2)], expected, 0.05 * expected) << radius_mm;
    }
}

// Near an edge 1 - share is what is left of its height at once.
TEST(VeilingGlare, takes_its_share_of_fine_detail)
{
    std::vector<float> image(256 * 256);
    for (std::size_t i = 0; i < image.size(); ++i) image[i] = i % 2 ? 1.0f : 0.0f;
    auto const out = with_glare(usual, 0.2, 256, 256, image);
    EXPECT_NEAR(out[256 * 100 + 101] - out[256 * 100 + 100], 1 - 0.015, 1e-5);
}

// Turned by a quarter the picture has its glare turned: rows and columns are done in different ways.
TEST(VeilingGlare, rows_and_columns_are_alike)
{
    int const side = 192;
    std::vector<float> image(std::size_t(side * side)), turned(image.size());
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x) {
            float const v = x > 60 && y > 100 + x / 4 ? 1.0f : 0.0f;
            image[std::size_t(y * side + x)] = turned[std::size_t(x * side + y)] = v;
        }
    auto const a = with_glare(usual, 0.39, side, side, image), b = with_glare(usual, 0.39, side, side, turned);
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x)
            ASSERT_NEAR(a[std::size_t(y * side + x)], b[std::size_t(x * side + y)], 1e-6) << x << ',' << y;
}

} // namespace
} // namespace fluoro
