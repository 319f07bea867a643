#include <array>
#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/physics/beam.hpp>
#include <gtest/gtest.h>
#include <limits>

using namespace fluoro;

namespace {

Spectrum beam(double kv, double copper_mm = 0, double aluminium_mm = 0)
{
    return filtered_spectrum({TubeVoltage{kv}, Thickness{copper_mm}, Thickness{aluminium_mm}});
}

Spectrum line_at(double kev)
{
    return {{float(kev)}, {1.0f}};
}

} // namespace

// One photon of E keV per mm2 leaves E mu_en/rho: 1.602176634e-16 J/keV x 100 mm2/cm2 x 1000 g/kg x 1000 mGy/Gy.
TEST(Beam, kerma_of_one_photon_is_its_energy_times_absorption)
{
    double const expected = 60.5 * air_energy_absorption_cm2_g(PhotonEnergy{60.5}) * 1.602176634e-8;
    EXPECT_NEAR(air_kerma_mGy_per_mas_1m(line_at(60.5)) / expected, 1, 1e-9);
}

// Photons per mm2 and uGy, computed apart from the same tube spectra with NIST's mu_en/rho; four digits.
TEST(Beam, photons_per_kerma_agree_with_an_independent_evaluation)
{
    struct Row {
        double kv, copper_mm, in_front, behind_200_mm_of_water;
    };
    for (auto const [kv, copper, in_front, behind] :
         {Row{60, 0, 1.495e4, 2.559e4}, Row{80, 0, 1.833e4, 2.972e4}, Row{80, 0.3, 2.826e4, 3.176e4},
          Row{100, 0.1, 2.585e4, 3.140e4}, Row{120, 0, 2.254e4, 3.038e4}, Row{70, 0.9, 3.124e4, 3.246e4}}) {
        auto const per_uGy = [](Spectrum const& s) {
            return fluence_per_mm2_mas_1m(s) / air_kerma_mGy_per_mas_1m(s) / 1000;
        };
        std::array const water{Layer{find_material("water"), 20}};
        EXPECT_NEAR(per_uGy(beam(kv, copper)) / in_front, 1, 1e-3) << kv << " kV";
        EXPECT_NEAR(per_uGy(attenuated(beam(kv, copper), water)) / behind, 1, 1e-3) << kv << " kV";
    }
}

TEST(Beam, one_energy_is_halved_by_ln2_over_mu)
{
    double const mu_per_cm = mass_attenuation_cm2_g(find_material("aluminium"), PhotonEnergy{60.5}) * 2.699;
    EXPECT_NEAR(aluminium_to_transmit(line_at(60.5), 0.5).value(), std::log(2.0) / mu_per_cm * 10, 1e-8);
    EXPECT_NEAR(aluminium_to_transmit(line_at(60.5), 0.25).value(), std::log(4.0) / mu_per_cm * 10, 1e-8);
    EXPECT_NEAR(aluminium_to_transmit(line_at(60.5), 1).value(), 0, 1e-9);
}

TEST(Beam, aluminium_found_is_the_aluminium_that_halves_the_kerma)
{
    for (double kv : {40.0, 77.3, 125.0}) {
        auto const spectrum = beam(kv);
        std::array const layer{
            Layer{find_material("aluminium"), aluminium_to_transmit(spectrum, 0.5).value() / 10 * 2.699}};
        // The spectrum behind the layer is kept in single precision.
        EXPECT_NEAR(air_kerma_mGy_per_mas_1m(attenuated(spectrum, layer)) / air_kerma_mGy_per_mas_1m(spectrum), 0.5,
                    1e-6);
    }
}

TEST(Beam, layers_multiply_and_their_order_does_not_matter)
{
    auto const water = find_material("water");
    auto const bone = find_material("bone");
    auto const both = attenuated(beam(80), std::array{Layer{water, 5}, Layer{bone, 2}});
    auto const swapped = attenuated(attenuated(beam(80), std::array{Layer{bone, 2}}), std::array{Layer{water, 5}});
    for (std::size_t i = 0; i < both.energy_kev.size(); ++i)
        EXPECT_NEAR(swapped.fluence_per_mm2_kev_mas_1m[i], both.fluence_per_mm2_kev_mas_1m[i],
                    1e-5f * both.fluence_per_mm2_kev_mas_1m[i]);
}

TEST(Beam, added_filters_are_the_same_as_layers_of_their_metal)
{
    auto const filtered = beam(90, 0.2, 1);
    auto const layered = attenuated(beam(90), std::array{Layer{find_material("copper"), 0.02 * 8.96},
                                                         Layer{find_material("aluminium"), 0.1 * 2.699}});
    EXPECT_NEAR(air_kerma_mGy_per_mas_1m(layered) / air_kerma_mGy_per_mas_1m(filtered), 1, 1e-6);
}

TEST(Beam, filters_harden_and_weaken)
{
    for (double kv : {50.0, 80.0, 120.0}) {
        EXPECT_GT(mean_energy_kev(beam(kv, 0.1)), mean_energy_kev(beam(kv)));
        EXPECT_LT(air_kerma_mGy_per_mas_1m(beam(kv, 0.1)), air_kerma_mGy_per_mas_1m(beam(kv)));
        EXPECT_GT(mean_energy_kev(beam(kv, 0, 1)), mean_energy_kev(beam(kv)));
    }
}

TEST(Beam, mean_energy_is_energy_over_photons)
{
    Spectrum const two_lines{{30.5f, 60.5f}, {3.0f, 1.0f}};
    EXPECT_DOUBLE_EQ(fluence_per_mm2_mas_1m(two_lines), 4);
    EXPECT_DOUBLE_EQ(energy_fluence_kev_mm2_mas_1m(two_lines), 152);
    EXPECT_DOUBLE_EQ(mean_energy_kev(two_lines), 38);
    EXPECT_EQ(mean_energy_kev({{30.5f}, {0.0f}}), 0);
}

TEST(Beam, voltage_outside_40_to_150_kv_is_refused)
{
    for (double kv : {39.0, 39.999, 150.001, 151.0, 0.0, -80.0, std::numeric_limits<double>::quiet_NaN(),
                      std::numeric_limits<double>::infinity()})
        EXPECT_THROW(beam(kv), Error) << kv;
    EXPECT_NO_THROW(beam(40));
    EXPECT_NO_THROW(beam(150));
}

TEST(Beam, impossible_filters_are_refused)
{
    EXPECT_THROW(beam(80, -0.1), Error);
    EXPECT_THROW(beam(80, 0, -1), Error);
    EXPECT_THROW(beam(80, std::numeric_limits<double>::quiet_NaN()), Error);
    EXPECT_THROW(beam(80, 100), Error); // not one photon passes 10 cm of copper
    EXPECT_NO_THROW(beam(80, 2, 20));
}
