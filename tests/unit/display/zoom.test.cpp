#include <fluoro/display/zoom.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

constexpr int side = 64;

Picture ramp()
{
    Picture picture{Image<std::uint16_t>{side, side}};
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x) picture.grey.at(x, y) = std::uint16_t(20 * x + 30 * y);
    return picture;
}

TEST(Zoom, of_one_is_the_picture_itself)
{
    EXPECT_EQ(zoomed(ramp(), 1, 3, 60).grey.values, ramp().grey.values);
}

// A cubic keeps straight slopes: pixel i of the screen is first + (i + 0.5)/zoom - 0.5 of the picture. Half a grey
// level of rounding. The border's own pixels, whose neighbours are missing, aside.
TEST(Zoom, shows_the_part_about_its_centre)
{
    auto const twice = zoomed(ramp(), 2, 31.5, 31.5).grey;
    for (int y = 2; y < side - 2; ++y)
        for (int x = 2; x < side - 2; ++x)
            ASSERT_NEAR(twice.at(x, y), 20 * (16 + (x + 0.5) / 2 - 0.5) + 30 * (16 + (y + 0.5) / 2 - 0.5), 0.51);
    auto const off = zoomed(ramp(), 4, 20, 40).grey;
    EXPECT_NEAR(off.at(31, 31), 20 * (20 - 0.125) + 30 * (40 - 0.125), 0.51);
}

TEST(Zoom, never_shows_what_lies_outside)
{
    auto const corner = zoomed(ramp(), 2, -50, 500).grey;
    EXPECT_NEAR(corner.at(20, 20), 20 * (20.5 / 2 - 0.5) + 30 * (32 + 20.5 / 2 - 0.5), 0.51);
}

// A sharp edge overshoots with a cubic; the grey scale ends at 0 and 4095 all the same.
TEST(Zoom, stays_inside_the_grey_scale)
{
    Picture picture{Image<std::uint16_t>{side, side}};
    for (int y = 0; y < side; ++y)
        for (int x = side / 2; x < side; ++x) picture.grey.at(x, y) = 4095;
    for (auto v : zoomed(picture, 3, 31.5, 31.5).grey.values) ASSERT_LE(v, 4095);
}

} // namespace
} // namespace fluoro
