#include <cmath>
#include <fluoro/instruments/balloon.hpp>
#include <fluoro/instruments/tool_library.hpp>
#include <gtest/gtest.h>
#include <numbers>

namespace fluoro {
namespace {

constexpr double dt = 1.0 / 120;

BalloonForm form_of(char const* name)
{
    return *ToolLibrary{}.find(name)->balloon;
}

/// Held at a pressure until nothing moves.
void inflate(Balloon& balloon, double atm, std::span<BalloonBed const> beds = {}, double resist_atm = 0)
{
    for (int n = 0; n < 20 * 120; ++n) balloon.advance(beds, atm, resist_atm, dt);
}

/// A vessel of 3 mm with plaque in the middle third that leaves 1 mm open.
std::vector<BalloonBed> stenosis(double yield_atm)
{
    std::vector<BalloonBed> beds(Balloon::stations, BalloonBed{3, 3, 0, 0.002});
    for (std::size_t n = 5; n < 10; ++n) beds[n] = {1, 3, yield_atm, 0.002};
    return beds;
}

TEST(Balloon, follows_its_compliance_chart)
{
    Balloon soft{form_of("semi-compliant-2.5x15"), 1}, hard{form_of("non-compliant-3.0x12"), 1};
    EXPECT_NEAR(soft.diameters_mm()[7], 0.85, 1e-12); // folded
    inflate(soft, 8);
    EXPECT_NEAR(soft.diameters_mm()[7], 2.5, 1e-9); // nominal at its nominal pressure
    inflate(soft, 14);
    EXPECT_NEAR(soft.diameters_mm()[7], 2.5 * (1 + 0.008 * 6), 1e-9); // 0.7-1 % per atm
    inflate(hard, 18);
    EXPECT_NEAR(hard.diameters_mm()[7], 3.0 * (1 + 0.003 * 6), 1e-9); // 0.3 % per atm
    double const ring = std::numbers::pi / 4 * 15 / 1000;
    EXPECT_NEAR(soft.volume_ml(), ring * (2.62 * 2.62 - 0.85 * 0.85), 1e-9);
    inflate(soft, 0);
    EXPECT_NEAR(soft.diameters_mm()[7], 0.85, 1e-12);
    EXPECT_EQ(soft.volume_ml(), 0);
}

TEST(Balloon, shows_a_waist_until_the_plaque_gives_way)
{
    auto const beds = stenosis(9);
    Balloon balloon{form_of("non-compliant-3.0x12"), 1};
    inflate(balloon, 8, beds);
    EXPECT_LT(balloon.diameters_mm()[7], 1.1);
    EXPECT_GT(balloon.diameters_mm()[1], 2.8);
    inflate(balloon, 10, beds);
    EXPECT_GT(balloon.diameters_mm()[7], 2.7);
    inflate(balloon, 6, beds); // once it has given way it does not come back
    EXPECT_GT(balloon.diameters_mm()[7], 2.7);
}

TEST(Balloon, leaves_a_lumen_with_recoil_that_a_stent_holds_open)
{
    auto const beds = stenosis(6);
    Balloon balloon{form_of("non-compliant-3.0x12"), 1};
    inflate(balloon, 12, beds);
    double const widest = balloon.widest_mm()[7];
    EXPECT_NEAR(widest, 3.0 * 0.97, 1e-6);
    EXPECT_NEAR(lumen_after_mm(beds[7], widest, nullptr), 1 + 0.8 * (widest - 1), 1e-9);
    auto const stent = ToolLibrary{}.find("stent-3.0x18");
    EXPECT_NEAR(lumen_after_mm(beds[7], widest, &*stent->stent), 0.96 * widest, 1e-9);
    EXPECT_EQ(lumen_after_mm(beds[0], 2.5, nullptr), 3); // smaller than the vessel: nothing gained
    balloon.forget();
    EXPECT_EQ(balloon.widest_mm()[7], 0);
}

TEST(Balloon, under_a_stent_opens_at_its_ends_first)
{
    auto const tool = ToolLibrary{}.find("stent-3.0x18");
    Balloon balloon{*tool->balloon, 1};
    inflate(balloon, 2.5, {}, 4);
    auto const d = balloon.diameters_mm();
    double const dog_bone = (d[0] - d[7]) / d[7];
    EXPECT_GT(dog_bone, 0.3);
    inflate(balloon, 9, {}, 4);
    EXPECT_NEAR(balloon.diameters_mm()[7], 3.0, 1e-9);
    EXPECT_NEAR(balloon.diameters_mm()[0], 3.0, 1e-9);
}

TEST(Balloon, holds_its_rated_pressure_and_bursts_well_above_it)
{
    auto const form = form_of("semi-compliant-2.5x15");
    int burst_at_double = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Balloon balloon{form, seed};
        inflate(balloon, form.rated_atm);
        EXPECT_FALSE(balloon.has_burst()) << seed;
        inflate(balloon, 2 * form.rated_atm);
        burst_at_double += balloon.has_burst();
        if (balloon.has_burst()) {
            EXPECT_EQ(balloon.pressure_atm(), 0);
        }
    }
    EXPECT_EQ(burst_at_double, 200);
}

// A mean of 1.35 and a deviation of 0.08 of the rated pressure put one balloon in 54,000 below 1.02: that one bursts
// there.
TEST(Balloon, none_bursts_at_its_rated_pressure_however_weak_it_is)
{
    auto const form = form_of("semi-compliant-2.5x15");
    double weakest = 1e9;
    for (std::uint64_t seed = 0; seed < 100'000; ++seed) weakest = std::min(weakest, burst_atm(form, seed));
    EXPECT_NEAR(weakest, 1.02 * form.rated_atm, 1e-9); // reached by the weakest of so many, and no less
    Balloon balloon{form, 1};
    double const own = burst_atm(form, 1);
    inflate(balloon, own - 0.01);
    EXPECT_FALSE(balloon.has_burst());
    inflate(balloon, own + 0.01);
    EXPECT_TRUE(balloon.has_burst());
}

TEST(StentShape, lies_on_the_tube_with_the_metal_that_its_struts_have)
{
    auto const form = *ToolLibrary{}.find("stent-3.0x18")->stent;
    std::vector<Vec3> axis;
    std::vector<double> diameters;
    for (int n = 0; n <= 18; ++n) {
        double const angle = n / 40.0; // an arc of 40 mm radius
        axis.push_back(40.0 * Vec3{1 - std::cos(angle), 0, std::sin(angle)});
        diameters.push_back(3);
    }
    StentShape const shape = stent_shape(form, axis, diameters);
    double length = 0, worst = 0;
    for (auto const& wire : shape.wires)
        for (std::size_t n = 0; n < wire.size(); ++n) {
            Vec3 const p = wire[n];
            double const from_arc = std::hypot(std::hypot(p.x - 40, p.z) - 40, p.y);
            worst = std::max(worst, std::abs(from_arc - 1.5));
            if (n > 0) length += glm::length(p - wire[n - 1]);
        }
    EXPECT_LT(worst, 0.02); // the axis is a polygon of 1 mm steps
    // 14 rings; each at least its circumference, each flank of a peak at least the ring's height.
    EXPECT_GT(length, 14 * std::hypot(std::numbers::pi * 3, 2 * 8 * 0.84 * 1.2857) * 0.98);
    EXPECT_LT(length, 14 * std::hypot(std::numbers::pi * 3, 2 * 8 * 0.84 * 1.2857) * 1.25);
    // A strut of 81 um square.
    EXPECT_NEAR(std::numbers::pi / 4 * shape.wire_mm * shape.wire_mm, form.strut_mm * form.strut_mm, 1e-9);
}

} // namespace
} // namespace fluoro
