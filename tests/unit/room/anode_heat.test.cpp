#include <cmath>
#include <fluoro/room/anode_heat.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

TubeModel tube()
{
    TubeModel model;
    model.anode_heat_capacity_kj = 1000;
    model.anode_cooling_kw = 10;
    model.continuous_kw = 5;
    return model;
}

TEST(AnodeHeat, adds_what_pulses_bring_and_loses_it_with_the_time_constant_capacity_over_cooling)
{
    AnodeHeat heat{tube()};
    heat.add(300);
    heat.add(200);
    EXPECT_EQ(heat.share(), 0.5);
    for (int i = 0; i < 1200; ++i) heat.cool(1.0 / 12); // 100 s, the time constant
    EXPECT_NEAR(heat.stored_kj(), 500 / std::exp(1.0), 1e-9 * 500);
}

// Balance of a power P: P = cooling x share, so 5 kW keep it half full. Steps of 0.1 s against the exact exponential:
// half a step of heat, 0.25 kJ.
TEST(AnodeHeat, the_continuous_power_half_of_the_cooling_fills_it_half)
{
    AnodeHeat heat{tube()};
    for (int i = 0; i < 20'000; ++i) {
        heat.cool(0.1);
        heat.add(0.5);
    }
    EXPECT_NEAR(heat.stored_kj(), 500, 0.3);
}

TEST(AnodeHeat, allows_what_fills_it_in_the_reserve_and_the_continuous_power_when_full)
{
    AnodeHeat heat{tube()};
    EXPECT_EQ(heat.allowed_kw(20), 5 + 50);
    heat.add(800);
    EXPECT_EQ(heat.allowed_kw(20), 5 + 10);
    heat.add(200);
    EXPECT_EQ(heat.allowed_kw(20), 5);
}

TEST(AnodeHeat, is_never_overfilled_by_what_it_allows)
{
    AnodeHeat heat{tube()};
    for (int i = 0; i < 10'000; ++i) {
        heat.add(heat.allowed_kw(20) / 15);
        heat.cool(1.0 / 15);
        ASSERT_LE(heat.share(), 1) << i;
    }
    EXPECT_GT(heat.share(), 0.8); // and it is made use of
}

} // namespace
} // namespace fluoro
