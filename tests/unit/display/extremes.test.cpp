#include "synthetic.hpp"
#include <algorithm>
#include <fluoro/core/random.hpp>
#include <fluoro/display/extremes.hpp>

#include <cmath>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

constexpr int side = 128;

/// Noise of 1 about a vessel (columns 60 to 65) that fills at frame 8, holds for 10 frames and washes out.
Image<float> frame_of(int number, double contrast)
{
    Image<float> image{side, side};
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x) {
            bool const filled = x >= 60 && x < 66 && number >= 8 && number < 18;
            image.at(x, y) =
                float((filled ? contrast : 0) +
                      RandomSequence{3, RandomStream::electronic, std::uint32_t(number), std::uint32_t(y * side + x)}
                          .next_normal());
        }
    return image;
}

// Over 30 frames the plain minimum of noise lies 2.04 standard deviations low (order statistics of 30 normal draws) and
// would bury a vessel of as much. Three quarters of the newest frame and nine pixels have 0.39 of a frame's noise: the
// minimum lies 0.8 low, flat within 0.22, and the vessel stays within 10 % of its contrast.
TEST(Extremes, a_vessel_of_three_sigma_stands_out_of_a_flat_background)
{
    Extremes extremes;
    Image<float> minimum{side, side, 100};
    for (int i = 1; i <= 30; ++i) {
        auto const frame = frame_of(i, -3);
        extremes.add(frame);
        for (std::size_t p = 0; p < frame.values.size(); ++p)
            minimum.values[p] = std::min(minimum.values[p], frame.values[p]);
    }
    PixelRect const background{4, 4, 50, 120}, vessel{62, 4, 2, 120};
    EXPECT_NEAR(moments(minimum, background).mean, -2.04, 0.05);
    auto const flat = moments(extremes.darkest(), background);
    EXPECT_LT(std::abs(flat.mean), 0.9);
    EXPECT_LT(std::sqrt(flat.variance), 0.22);
    EXPECT_NEAR(moments(extremes.darkest(), vessel).mean - flat.mean, -3, 0.3);
    EXPECT_LT(std::abs(moments(extremes.brightest(), vessel).mean), 0.9);
}

TEST(Extremes, brightest_keeps_gas)
{
    Extremes extremes;
    for (int i = 1; i <= 30; ++i) extremes.add(frame_of(i, 3));
    auto const flat = moments(extremes.brightest(), {4, 4, 50, 120});
    EXPECT_NEAR(moments(extremes.brightest(), {62, 4, 2, 120}).mean - flat.mean, 3, 0.3);
}

TEST(Extremes, one_frame_is_its_own_extreme_and_another_size_starts_over)
{
    Extremes extremes{1};
    Image<float> flat{5, 4, 2};
    extremes.add(flat);
    EXPECT_EQ(extremes.darkest().values, extremes.brightest().values);
    EXPECT_FLOAT_EQ(extremes.darkest().at(2, 2), 2);
    for (float v : {1.0f, 7.0f, 3.0f}) extremes.add(Image<float>{5, 4, v});
    EXPECT_FLOAT_EQ(extremes.brightest().at(0, 0), 7);
    extremes.add(Image<float>{3, 3, 9});
    EXPECT_EQ(extremes.frames(), 1);
    EXPECT_EQ(extremes.darkest().columns, 3);
}

} // namespace
} // namespace fluoro
