#include <cmath>
#include <fluoro/physics/tube.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>

using namespace fluoro;

namespace {

Spectrum on_axis(double kv)
{
    return filtered_spectrum({TubeVoltage{kv}, Thickness{0}, Thickness{0}});
}

Spectrum off(double kv, double tangent, TubeModel const& tube = {})
{
    return off_axis(on_axis(kv), tube, TubeVoltage{kv}, tangent);
}

double kerma(Spectrum const& spectrum)
{
    return air_kerma_mGy_per_mas_1m(spectrum);
}

double hvl_mm(Spectrum const& spectrum)
{
    return aluminium_to_transmit(spectrum, 0.5).value();
}

/// Kerma over the central ray's on a flat plane 1 m away: heel and inverse square.
double profile(double kv, double x_cm)
{
    double const tangent = x_cm / 100;
    return kerma(off(kv, tangent)) / kerma(on_axis(kv)) / (1 + tangent * tangent);
}

struct Place {
    double x_cm, kerma, hvl_mm;
};

// SpekPy 2.5.3 (casim, tungsten at 12 degrees, 2.5 mm Al, plane at 1 m, + toward the cathode), 80 kV: kerma relative to
// the axis with inverse square and the filter's obliquity in it, first half-value layer.
constexpr Place at_80_kv[]{{-14, 0.7032, 3.320}, {-12, 0.7775, 3.160}, {-10, 0.8360, 3.043}, {-8, 0.8832, 2.953},
                           {-6, 0.9217, 2.882},  {-4, 0.9532, 2.824},  {-2, 0.9790, 2.776},  {0, 1.0000, 2.734},
                           {2, 1.0168, 2.698},   {4, 1.0298, 2.667},   {6, 1.0395, 2.639},   {8, 1.0462, 2.614},
                           {10, 1.0502, 2.591},  {12, 1.0517, 2.570},  {14, 1.0509, 2.551}};

} // namespace

// 5 % would do; measured: 0.9 % at worst (+14 cm). The filter's oblique path, 0.6 % there, is not in the heel.
TEST(Heel, kerma_along_the_anode_follows_spekpy_at_80_kv)
{
    test::Extremes kerma_off{"heel_kerma_80"};
    for (auto const& place : at_80_kv) {
        kerma_off.see_ratio(profile(80, place.x_cm) / place.kerma);
        EXPECT_NEAR(profile(80, place.x_cm) / place.kerma, 1, 0.012) << place.x_cm << " cm";
    }
}

// Relative to the axis, where SpekPy's coefficients alone make a difference of 1 %. Measured: 2.0 % at -14 cm, 1.5 % at
// +14 cm.
TEST(Heel, beam_hardens_toward_the_anode_as_in_spekpy_at_80_kv)
{
    test::Extremes hvl_off{"heel_hvl_80"};
    double const axis = hvl_mm(on_axis(80));
    for (auto const& place : at_80_kv) {
        hvl_off.see_ratio(hvl_mm(off(80, place.x_cm / 100)) / axis / (place.hvl_mm / 2.734));
        EXPECT_NEAR(hvl_mm(off(80, place.x_cm / 100)) / axis / (place.hvl_mm / 2.734), 1, 0.022) << place.x_cm << " cm";
    }
}

// The same comparison at the other voltages (SpekPy, relative to its axis). Kerma, measured: within 2.6 % (40 kV).
// Half-value layers: soft photons of the shallowest depths still leave where one mean depth lets none through, so the
// beam hardens too much at -14 cm: 2.0 % at 80 kV, 4.7 % at 100 kV, 6.9 % at 120 kV, 8.8 % at 150 kV.
TEST(Heel, follows_spekpy_from_40_to_150_kv)
{
    test::Extremes kerma_off{"heel_kerma"}, soft_hvl{"heel_hvl_soft"}, hard_hvl{"heel_hvl_hard"};
    struct Row {
        double kv, x_cm, kerma, hvl;
    };
    for (auto const& row : {Row{40, -14, 0.7909, 1.0788},  Row{40, -10, 0.8946, 1.0406},  Row{40, 10, 1.0107, 0.9791},
                            Row{40, 14, 0.9990, 0.9721},   Row{60, -14, 0.7378, 1.1519},  Row{60, -10, 0.8604, 1.0790},
                            Row{60, 10, 1.0328, 0.9628},   Row{60, 14, 1.0281, 0.9519},   Row{100, -14, 0.6762, 1.2474},
                            Row{100, -10, 0.8169, 1.1333}, Row{100, 10, 1.0651, 0.9365},  Row{100, 14, 1.0706, 0.9188},
                            Row{120, -14, 0.6564, 1.2616}, Row{120, -10, 0.8026, 1.1446}, Row{120, 10, 1.0768, 0.9284},
                            Row{120, 14, 1.0862, 0.9083},  Row{150, -14, 0.6379, 1.2659}, Row{150, -10, 0.7892, 1.1514},
                            Row{150, 10, 1.0888, 0.9205},  Row{150, 14, 1.1023, 0.8976}}) {
        kerma_off.see_ratio(profile(row.kv, row.x_cm) / row.kerma);
        EXPECT_NEAR(profile(row.kv, row.x_cm) / row.kerma, 1, 0.03) << row.kv << " kV, " << row.x_cm << " cm";
        double const hvl = hvl_mm(off(row.kv, row.x_cm / 100)) / hvl_mm(on_axis(row.kv));
        (row.kv < 90 ? soft_hvl : hard_hvl).see_ratio(hvl / row.hvl);
        EXPECT_NEAR(hvl / row.hvl, 1, row.kv < 90 ? 0.03 : 0.09) << row.kv << " kV, " << row.x_cm << " cm";
    }
}

// At -20 cm the ray leaves the target at 0.7 degrees, where the depth's whole distribution counts. Measured: 2.5 %.
TEST(Heel, is_near_spekpy_even_at_the_edge_of_the_targets_shadow)
{
    EXPECT_NEAR(profile(80, -20) / 0.2458, 1, 0.04);
    EXPECT_NEAR(profile(80, 20) / 1.0366, 1, 0.03);
}

TEST(Heel, is_nothing_on_the_axis_and_falls_steadily_toward_the_cathode)
{
    for (double kv : {40.0, 60.0, 80.0, 120.0, 150.0}) {
        TubeVoltage const voltage{kv};
        EXPECT_NEAR(heel_tungsten_g_cm2({}, voltage, 0), 0, 1e-15);
        double before = heel_tungsten_g_cm2({}, voltage, -0.35);
        EXPECT_TRUE(std::isfinite(before)) << kv;
        for (int step = -349; step <= 350; ++step) {
            double const here = heel_tungsten_g_cm2({}, voltage, step * 1e-3);
            EXPECT_LT(here, before) << kv << " kV, " << step;
            before = here;
        }
    }
}

// Electrons of a higher voltage go deeper; a steeper target hides less of the field.
TEST(Heel, grows_with_the_voltage_and_shrinks_with_the_anode_angle)
{
    TubeModel steep;
    steep.anode_angle_deg = 16;
    double const at_80 = heel_tungsten_g_cm2({}, TubeVoltage{80}, -0.14);
    EXPECT_GT(heel_tungsten_g_cm2({}, TubeVoltage{120}, -0.14), 1.5 * at_80);
    EXPECT_LT(heel_tungsten_g_cm2({}, TubeVoltage{60}, -0.14), 0.7 * at_80);
    EXPECT_LT(heel_tungsten_g_cm2(steep, TubeVoltage{80}, -0.14), 0.6 * at_80);
}

// Geometry alone, well away from the edge of the shadow: depth x cos / sin(angle of leaving). The softened edge takes
// 2 % of it at most inside +-14 cm.
TEST(Heel, is_the_way_out_of_the_target)
{
    double const anode = 12 * std::acos(-1.0) / 180;
    auto const way = [&](double tangent) { return 1 / std::sin(anode + std::atan(tangent)) - 1 / std::sin(anode); };
    double const unit = heel_tungsten_g_cm2({}, TubeVoltage{100}, 0.05) / way(0.05);
    for (double tangent : {-0.14, -0.1, -0.05, 0.1, 0.2})
        EXPECT_NEAR(heel_tungsten_g_cm2({}, TubeVoltage{100}, tangent) / way(tangent) / unit, 1, 0.025) << tangent;
}

// Beyond the plane of the target no photon leaves: less than a thousandth of the axis.
TEST(Heel, leaves_darkness_behind_the_anode)
{
    EXPECT_LT(kerma(off(80, -0.35)), 1e-3 * kerma(on_axis(80)));
    EXPECT_GE(kerma(off(80, -0.35)), 0);
}
