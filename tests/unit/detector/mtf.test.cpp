#include <fluoro/detector/mtf.hpp>

#include <cmath>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

// What is said of 550-600 um of CsI with pixels of 0.15 to 0.2 mm: 0.55-0.65, 0.25-0.33 and about 0.14 at 1, 2 and 3
// line pairs/mm, the pixel's own aperture included. The product: 2/3 x sinc(0.154), 1/3 x sinc(0.308), 2/11 x
// sinc(0.462).
TEST(PresampledMtf, is_the_panels_at_1_2_and_3_line_pairs)
{
    EXPECT_NEAR(presampled_mtf(0.5, 0.154, 1, 0), 0.641, 0.001);
    EXPECT_NEAR(presampled_mtf(0.5, 0.154, 0, 2), 0.284, 0.001);
    EXPECT_NEAR(presampled_mtf(0.5, 0.154, 3, 0), 0.124, 0.001);
    EXPECT_NEAR(presampled_mtf(0.5, 0.154, 0, 0), 1, 1e-12);
}

// A square aperture passes nothing whose period is its side.
TEST(PresampledMtf, is_0_where_a_period_fills_the_pixel)
{
    EXPECT_NEAR(presampled_mtf(0.5, 0.4, 2.5, 0.3), 0, 1e-12);
    EXPECT_NEAR(presampled_mtf(0.5, 0.4, 0.7, 5), 0, 1e-12);
}

// Without light spread quanta fall into squares and stay white: the powers of all aliases of the sinc add up to 1. Nine
// aliases each way leave a few hundredths out at the corner.
TEST(NoiseTransfer, quanta_in_squares_are_white)
{
    for (double f : {0.0, 0.4, 1.0, 1.6}) EXPECT_NEAR(noise_transfer(0, 0.3, f, 0), 1, 0.025) << f;
}

// Halfway between f and its alias at the Nyquist frequency both bring the same power.
TEST(NoiseTransfer, doubles_the_power_at_the_nyquist_frequency)
{
    double const pitch_mm = 0.154, nyquist = 0.5 / pitch_mm;
    double const once = presampled_mtf(0.5, pitch_mm, nyquist, 0);
    // The third alias adds 1 % more power.
    EXPECT_NEAR(noise_transfer(0.5, pitch_mm, nyquist, 0), std::sqrt(2.0) * once, 0.01 * once);
    EXPECT_NEAR(noise_transfer(0.5, pitch_mm, 0, 0), 1, 1e-9);
}

} // namespace
} // namespace fluoro
