#include "copper_beam_table.hpp"

#include <array>
#include <cmath>
#include <fluoro/physics/beam.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <string>
#include <vector>

using namespace fluoro;

namespace {

Spectrum beam(double kv, double copper_mm, double added_aluminium_mm)
{
    return filtered_spectrum({TubeVoltage{kv}, Thickness{copper_mm}, Thickness{added_aluminium_mm}});
}

double first_half_value_layer(Spectrum const& spectrum)
{
    return aluminium_to_transmit(spectrum, 0.5).value();
}

double second_half_value_layer(Spectrum const& spectrum)
{
    return aluminium_to_transmit(spectrum, 0.25).value() - aluminium_to_transmit(spectrum, 0.5).value();
}

struct Quality {
    double kv, total_aluminium_mm, hvl1_mm, hvl2_mm, homogeneity, iec_homogeneity, mean_kev, uGy_per_mAs, photons;
};

// IEC 61267:2005 radiation qualities RQR 2 to 10: the nominal first half-value layer and homogeneity, the total
// aluminium that gives it and the further figures as SpekPy 2.5.3 (casim, 12 degrees, 1 m, vacuum) computes them.
constexpr Quality qualities[]{{40, 2.627, 1.42, 1.756, 0.809, 0.81, 28.26, 17.540, 1.8848e5},
                              {50, 2.578, 1.78, 2.348, 0.758, 0.76, 32.34, 32.164, 4.2493e5},
                              {60, 2.736, 2.19, 3.003, 0.729, 0.74, 36.35, 44.519, 6.9652e5},
                              {70, 2.848, 2.58, 3.648, 0.707, 0.71, 40.02, 57.444, 1.0155e6},
                              {80, 2.967, 3.01, 4.367, 0.689, 0.69, 43.77, 70.892, 1.3858e6},
                              {90, 3.097, 3.48, 5.131, 0.678, 0.68, 47.30, 84.756, 1.7957e6},
                              {100, 3.233, 3.97, 5.889, 0.674, 0.68, 50.52, 98.950, 2.2293e6},
                              {120, 3.531, 5.00, 7.334, 0.682, 0.68, 56.33, 128.191, 3.1361e6},
                              {150, 4.059, 6.57, 9.230, 0.712, 0.72, 64.10, 173.116, 4.4759e6}};

} // namespace

// 2 % is the agreement that Poludniowski et al. 2021 found between the model and measured RQR beams. Measured here: 1.0
// %.
TEST(RadiationQuality, rqr_beams_have_their_half_value_layers)
{
    test::Extremes hvl1{"rqr_hvl1"}, hvl2{"rqr_hvl2"}, homogeneities{"rqr_homogeneity"};
    for (auto const& q : qualities) {
        auto const spectrum = beam(q.kv, 0, q.total_aluminium_mm - inherent_aluminium.value());
        hvl1.see_ratio(first_half_value_layer(spectrum) / q.hvl1_mm);
        hvl2.see_ratio(second_half_value_layer(spectrum) / q.hvl2_mm);
        EXPECT_NEAR(first_half_value_layer(spectrum) / q.hvl1_mm, 1, 0.02) << q.kv;
        EXPECT_NEAR(second_half_value_layer(spectrum) / q.hvl2_mm, 1, 0.02) << q.kv;
        double const homogeneity = first_half_value_layer(spectrum) / second_half_value_layer(spectrum);
        homogeneities.see(homogeneity - q.homogeneity);
        EXPECT_NEAR(homogeneity, q.homogeneity, 0.02) << q.kv;
        EXPECT_NEAR(homogeneity, q.iec_homogeneity, 0.02) << q.kv;
    }
}

// The added aluminium, at most 1.6 mm, is taken from another table of coefficients than SpekPy's: 0.2 % of the photons.
TEST(RadiationQuality, rqr_beams_have_their_photons_and_mean_energy)
{
    for (auto const& q : qualities) {
        auto const spectrum = beam(q.kv, 0, q.total_aluminium_mm - inherent_aluminium.value());
        EXPECT_NEAR(mean_energy_kev(spectrum) / q.mean_kev, 1, 1e-3) << q.kv;
        EXPECT_NEAR(fluence_per_mm2_mas_1m(spectrum) / q.photons, 1, 3e-3) << q.kv;
    }
}

// SpekPy weighs the same photons with PENELOPE's mu_en/rho of air, which is 2.3 % below NIST's at 20 keV, 2.1 % at 30
// keV and meets it above 80 keV. So our kerma, on NIST's, stands above by 2.0 % at 40 kV falling to 0.6 % at 150 kV.
TEST(RadiationQuality, rqr_beams_have_their_kerma_but_for_the_choice_of_air_s_coefficients)
{
    test::Extremes kerma{"rqr_kerma"};
    double before = 1.025;
    for (auto const& q : qualities) {
        auto const spectrum = beam(q.kv, 0, q.total_aluminium_mm - inherent_aluminium.value());
        double const ratio = air_kerma_mGy_per_mas_1m(spectrum) * 1000 / q.uGy_per_mAs;
        kerma.see_ratio(ratio);
        EXPECT_GT(ratio, 1.004) << q.kv;
        EXPECT_LT(ratio, before) << q.kv;
        before = ratio;
    }
}

// All voltages and copper filters of the independent table. Half-value layers differ by the choice of coefficients
// (PENELOPE there, NIST and xraylib here): -1.1 % without copper to +0.3 % behind 0.9 mm. Kerma likewise: within 1.7 %
// behind copper; without it air's own coefficients make 2.1 % at 40 kV, 1.4 % at 80 kV. A filter's coefficients act on
// the photons too: 0.5 % behind 0.9 mm at 40 kV.
TEST(RadiationQuality, copper_beams_agree_with_spekpy)
{
    test::Extremes hvl{"copper_hvl"}, plain_hvl{"no_copper_hvl"}, kerma{"copper_kerma"}, plain_kerma{"no_copper_kerma"};
    for (auto const& row : copper_beam_rows) {
        auto const spectrum = beam(row.kv, row.copper_mm, 0);
        auto const where = std::to_string(row.kv) + " kV " + std::to_string(row.copper_mm) + " mm Cu";
        (row.copper_mm > 0 ? hvl : plain_hvl).see_ratio(first_half_value_layer(spectrum) / row.hvl1_mm_al);
        (row.copper_mm > 0 ? kerma : plain_kerma)
            .see_ratio(air_kerma_mGy_per_mas_1m(spectrum) * 1000 / row.uGy_per_mAs_1m);
        EXPECT_NEAR(first_half_value_layer(spectrum) / row.hvl1_mm_al, 1, 0.012) << where;
        EXPECT_NEAR(mean_energy_kev(spectrum) / row.mean_kev, 1, 2e-3) << where;
        EXPECT_NEAR(air_kerma_mGy_per_mas_1m(spectrum) * 1000 / row.uGy_per_mAs_1m, 1, row.copper_mm > 0 ? 0.02 : 0.022)
            << where;
        EXPECT_NEAR(fluence_per_mm2_mas_1m(spectrum) / row.photons_per_mm2_mas_1m, 1, 6e-3) << where;
    }
}

// Benmakhlouf et al., Phys Med Biol 58 (2013) 247, beams made with PENELOPE. The copper beams come within 2 %; the
// plain one is the softest, where the two sets of coefficients differ most: 2.4 %.
TEST(RadiationQuality, beams_of_benmakhlouf_have_their_half_value_layers)
{
    test::measured("benmakhlouf_0", 100 * (first_half_value_layer(beam(80, 0, 0)) / 2.77 - 1));
    test::measured("benmakhlouf_03", 100 * (first_half_value_layer(beam(80, 0.3, 0)) / 6.36 - 1));
    test::measured("benmakhlouf_09", 100 * (first_half_value_layer(beam(80, 0.9, 0)) / 8.66 - 1));
    EXPECT_NEAR(first_half_value_layer(beam(80, 0, 0)) / 2.77, 1, 0.026);
    EXPECT_NEAR(first_half_value_layer(beam(80, 0.3, 0)) / 6.36, 1, 0.02);
    EXPECT_NEAR(first_half_value_layer(beam(80, 0.9, 0)) / 8.66, 1, 0.02);
}

// Exposure control moves in 1 kV steps, the table in 5 kV columns. A kink at a column is a step's change that its two
// neighbours do not share: third-order in a smooth curve (under 1e-4 a step here), so what is left is the
// interpolation's. Measured: 1.6e-3 of kerma (at 70 kV, where the K lines truly begin), 1.1e-3 of the half-value layer,
// 0.5e-3 of the mean energy, against steps of 2 %, 1 % and 0.7 %: a tenth of a step, below the 1 % that exposure
// control answers to.
TEST(RadiationQuality, one_kilovolt_steps_are_smooth_across_the_tables_columns)
{
    std::array<test::Extremes, 3> kinks{test::Extremes{"kink_kerma"}, test::Extremes{"kink_hvl"},
                                        test::Extremes{"kink_mean_energy"}};
    for (double copper_mm : {0.0, 0.3}) {
        std::array<std::vector<double>, 3> logs;
        for (double kv = 40; kv <= 150; ++kv) {
            auto const spectrum = beam(kv, copper_mm, 0);
            logs[0].push_back(std::log(air_kerma_mGy_per_mas_1m(spectrum)));
            logs[1].push_back(std::log(first_half_value_layer(spectrum)));
            logs[2].push_back(std::log(mean_energy_kev(spectrum)));
        }
        for (std::size_t quantity = 0; quantity < logs.size(); ++quantity) {
            auto const& f = logs[quantity];
            auto const bend = [&](std::size_t i) { return f[i + 1] - 2 * f[i] + f[i - 1]; };
            for (std::size_t i = 2; i + 2 < f.size(); ++i) {
                kinks[quantity].see(100 * (bend(i) - (bend(i - 1) + bend(i + 1)) / 2));
                EXPECT_LT(std::abs(bend(i) - (bend(i - 1) + bend(i + 1)) / 2), 2e-3)
                    << "quantity " << quantity << ", " << 40 + i << " kV, " << copper_mm << " mm Cu";
            }
        }
    }
}

// Half-value layers grow with voltage and filter between the table's columns too.
TEST(RadiationQuality, beams_harden_steadily_with_the_voltage)
{
    double before = 0;
    for (double kv = 40; kv <= 150; kv += 1) {
        double const hvl = first_half_value_layer(beam(kv, 0, 0));
        EXPECT_GT(hvl, before) << kv;
        before = hvl;
    }
}
