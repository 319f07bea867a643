// What a wire that moves during a pulse leaves in the picture, against the closed form: its chords folded with a box.
#include <cmath>
#include <fluoro/core/clock.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <numbers>
#include <tool_staging.hpp>

namespace fluoro {
namespace {

/// Path through all tubes along y at x, of tubes along z near z = 0.
double path_mm(std::vector<FilledTube> const& tubes, double x, double z)
{
    double sum = 0;
    for (FilledTube const& tube : tubes) {
        double const low = std::min(tube.from_mm.z, tube.to_mm.z), high = std::max(tube.from_mm.z, tube.to_mm.z);
        double const u = x - tube.from_mm.x, r = tube.from_radius_mm;
        if (z < low || z >= high || std::abs(u) >= r) continue;
        sum += tube.share * 2 * std::sqrt(r * r - u * u);
    }
    return sum;
}

/// Mean of a wire's chords while it goes from -way/2 to way/2.
double folded_mm(double x, double r, double way)
{
    auto const area = [&](double u) {
        double const in = std::clamp(u, -r, r);
        return in * std::sqrt(r * r - in * in) + r * r * std::asin(in / r);
    };
    return (area(x + way / 2) - area(x - way / 2)) / way;
}

std::vector<FilledTube> staged(Vec3 const& velocity_mm_s, double diameter_mm, double pulse_s, double length_mm = 100)
{
    InstrumentPicture picture;
    ToolStretch wire;
    for (int n = 0; n <= 20; ++n) {
        wire.points_mm.push_back({0, 0, length_mm * (n / 20.0 - 0.5)});
        wire.outer_mm.push_back(diameter_mm);
        wire.moved_mm.push_back(velocity_mm_s / double(ticks_per_second));
    }
    picture.stretches = {wire};
    Scene scene;
    stage_tools(picture, pulse_s, scene);
    return scene.tubes;
}

TEST(PulseSmear, a_wire_that_moves_across_has_the_profile_of_its_chords_folded_with_its_way)
{
    struct Case {
        double mm_s, pulse_s, diameter_mm;
    };
    for (Case const& c : {Case{60, 0.006, 0.36}, Case{150, 0.008, 0.36}, Case{100, 0.01, 0.89}, Case{90, 0.003, 1.7}}) {
        double const way = c.mm_s * c.pulse_s, r = c.diameter_mm / 2;
        auto const tubes = staged({c.mm_s, 0, 0}, c.diameter_mm, c.pulse_s);
        double worst = 0, area = 0;
        // A detector's pixel of 0.15 mm at the patient sees means over its width.
        constexpr double pixel = 0.15, fine = 0.005;
        for (double x = -3; x < 3; x += pixel) {
            double seen = 0, expected = 0;
            for (double at = x + fine / 2; at < x + pixel; at += fine) {
                seen += path_mm(tubes, at, 0.1) * fine / pixel;
                expected += folded_mm(at, r, way) * fine / pixel;
            }
            worst = std::max(worst, std::abs(seen - expected) / c.diameter_mm);
            area += seen * pixel;
        }
        // Steps of 0.2 mm at most, seen by pixels of 0.15 mm, leave ripples of a hundredth of the wire's own chord;
        // edges a little more.
        EXPECT_LT(worst, 0.03) << way << " mm";
        // No attenuation is lost: the wire's section, to the sum's own steps.
        EXPECT_NEAR(area, std::numbers::pi * r * r, 2e-3 * area) << way << " mm";
        test::measured("smear_worst_" + std::to_string(int(c.mm_s)), worst);
    }
}

TEST(PulseSmear, a_wire_that_is_fed_along_itself_smears_at_its_tip_alone)
{
    auto const tubes = staged({0, 0, 100}, 0.36, 0.008); // 0.8 mm
    // In the middle once and whole.
    EXPECT_NEAR(path_mm(tubes, 0, 0.1), 0.36, 1e-9);
    // Around the tip a ramp of 0.8 mm: half at 50 mm; none and all beyond.
    EXPECT_NEAR(path_mm(tubes, 0, 50.0), 0.18, 0.36 / 8);
    EXPECT_NEAR(path_mm(tubes, 0, 50.45), 0, 1e-9);
    EXPECT_NEAR(path_mm(tubes, 0, 49.55), 0.36, 1e-9);
    // And in between no gap and nothing twice.
    for (double z = -49.4; z < 49.4; z += 0.05) EXPECT_NEAR(path_mm(tubes, 0, z), 0.36, 1e-6) << z;
}

TEST(PulseSmear, what_stands_is_drawn_once_and_the_cost_is_bounded)
{
    EXPECT_EQ(staged({0, 0, 0}, 0.36, 0.008).size(), 20u);
    EXPECT_EQ(staged({4, 0, 0}, 0.36, 0.008).size(), 20u); // 0.03 mm
    EXPECT_LE(staged({2000, 0, 0}, 0.36, 0.008).size(), 8 * 20u);
    EXPECT_EQ(staged({100, 0, 0}, 0.36, 0).size(), 20u);
}

} // namespace
} // namespace fluoro
