#include <cmath>
#include <fluoro/anatomy/voxelise.hpp>
#include <gtest/gtest.h>
#include <numbers>

namespace fluoro {
namespace {

// The integral of the ramp from 0 at 0.75 mm to 1 at 1.25 mm over 0 to 2 mm is 1.
TEST(Depth, share_below_a_blurred_edge_is_its_mean)
{
    EXPECT_NEAR((Depth{1, 0, 2}.share_below(1, 0.5)), 0.5, 1e-12);
    EXPECT_NEAR((Depth{1, 0.75, 1.25}.share_below(1, 0.5)), 0.5, 1e-12);
    EXPECT_NEAR((Depth{1, 0.75, 1}.share_below(1, 0.5)), 0.25, 1e-12);
    EXPECT_EQ((Depth{1, 0, 0.7}.share_below(1, 0.5)), 0);
    EXPECT_EQ((Depth{1, 1.3, 2}.share_below(1, 0.5)), 1);
    EXPECT_NEAR(Depth{0.85}.share_below(1, 0.5), 0.2, 1e-12);
}

// The whole bell holds sqrt(pi) / 2 times its spread below the surface.
TEST(Depth, mean_of_a_bell_is_its_integral)
{
    EXPECT_NEAR((Depth{10, 0, 20}.mean_bell(0.8)), std::sqrt(std::numbers::pi) / 2 * 0.8 / 20, 1e-9);
    EXPECT_NEAR(Depth{0.8}.mean_bell(0.8), std::exp(-1), 1e-12);
    // Simpson's rule with three points is good to d^4 / 2880 over 0.1 mm.
    double const simpson = (std::exp(-0.25) + 4 * std::exp(-0.3025) + std::exp(-0.36)) / 6;
    EXPECT_NEAR((Depth{0.55, 0.5, 0.6}.mean_bell(1)), simpson, 1e-6);
}

/// A ball of marrow in a shell of compact bone, half a millimetre thick.
Anatomy shell()
{
    Organ bone{"bone", 51, Rank::bone, {0, 1.2}, ball({0.31, -0.17, 0.23}, 12)};
    bone.hu = [](Vec3 const&, Depth const& depth) { return 1500 * (1 - depth.share_below(0.5, 0.01)); };
    Anatomy anatomy;
    anatomy.organs.push_back({"water", 5, Rank::skin, {0, 1}, ball({0, 0, 0}, 40)});
    anatomy.organs.push_back(bone);
    return anatomy;
}

// A shell much thinner than a voxel holds its mineral at any spacing. The ramp of a plane is exact along the axes only,
// and a voxel of 3 mm sees the ball's curve: 5 %. The HU at the voxels' middles alone would hold about 1.4 times as much.
TEST(Depth, a_thin_shell_keeps_its_mineral_at_any_spacing)
{
    double const outer = std::pow(12.0, 3), inner = std::pow(11.5, 3);
    double const whole = 1500 * 4.0 / 3 * std::numbers::pi * (outer - inner);
    for (double const spacing : {0.4, 1.0, 2.0, 3.0}) {
        Patient const p = voxelise(shell(), {spacing, {Vec3{-18}, Vec3{18}}});
        double sum = 0;
        for (auto const hu : p.ct.hu) sum += hu * std::pow(spacing, 3);
        EXPECT_NEAR(sum / whole, 1, 0.05) << spacing;
    }
}

} // namespace
} // namespace fluoro
