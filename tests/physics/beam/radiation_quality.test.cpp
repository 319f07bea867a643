#include <fluoro/physics/beam.hpp>
#include <gtest/gtest.h>

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
    for (auto const& q : qualities) {
        auto const spectrum = beam(q.kv, 0, q.total_aluminium_mm - inherent_aluminium.value());
        EXPECT_NEAR(first_half_value_layer(spectrum) / q.hvl1_mm, 1, 0.02) << q.kv;
        EXPECT_NEAR(second_half_value_layer(spectrum) / q.hvl2_mm, 1, 0.02) << q.kv;
        double const homogeneity = first_half_value_layer(spectrum) / second_half_value_layer(spectrum);
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
    double before = 1.025;
    for (auto const& q : qualities) {
        auto const spectrum = beam(q.kv, 0, q.total_aluminium_mm - inherent_aluminium.value());
        double const ratio = air_kerma_mGy_per_mas_1m(spectrum) * 1000 / q.uGy_per_mAs;
        EXPECT_GT(ratio, 1.004) << q.kv;
        EXPECT_LT(ratio, before) << q.kv;
        before = ratio;
    }
}

// SpekPy 2.5.3 behind 2.5 mm aluminium and copper. Half-value layers differ by the choice of coefficients (PENELOPE
// there, NIST and xraylib here): 1.2 % without copper, less with it.
TEST(RadiationQuality, copper_beams_agree_with_spekpy)
{
    struct Row {
        double kv, copper_mm, hvl1_mm, mean_kev, photons;
    };
    for (auto const [kv, copper, hvl1, mean, photons] :
         {Row{50, 0.1, 2.738, 35.85, 1.8390e5}, Row{50, 0.9, 5.071, 43.20, 4.4994e3},
          Row{70, 0.3, 5.506, 48.75, 2.9343e5}, Row{80, 0, 2.734, 42.90, 1.5239e6},
          Row{80, 0.1, 4.404, 47.90, 9.3324e5}, Row{80, 0.3, 6.284, 53.06, 4.9703e5},
          Row{80, 0.6, 7.723, 57.22, 2.5484e5}, Row{80, 0.9, 8.537, 59.81, 1.4906e5},
          Row{100, 0.2, 6.716, 57.67, 1.3099e6}, Row{110, 0.4, 8.776, 64.86, 1.1699e6},
          Row{125, 0.9, 11.300, 76.11, 9.0129e5}, Row{140, 0.1, 7.278, 64.58, 3.6262e6}}) {
        auto const spectrum = beam(kv, copper, 0);
        EXPECT_NEAR(first_half_value_layer(spectrum) / hvl1, 1, 0.013) << kv << " kV " << copper << " mm Cu";
        EXPECT_NEAR(mean_energy_kev(spectrum) / mean, 1, 2e-3) << kv << " kV " << copper << " mm Cu";
        EXPECT_NEAR(fluence_per_mm2_mas_1m(spectrum) / photons, 1, 6e-3) << kv << " kV " << copper << " mm Cu";
    }
}

// Benmakhlouf et al., Phys Med Biol 58 (2013) 247, beams made with PENELOPE. The copper beams come within 2 %; the
// plain one is the softest, where the two sets of coefficients differ most: 2.4 %.
TEST(RadiationQuality, beams_of_benmakhlouf_have_their_half_value_layers)
{
    EXPECT_NEAR(first_half_value_layer(beam(80, 0, 0)) / 2.77, 1, 0.026);
    EXPECT_NEAR(first_half_value_layer(beam(80, 0.3, 0)) / 6.36, 1, 0.02);
    EXPECT_NEAR(first_half_value_layer(beam(80, 0.9, 0)) / 8.66, 1, 0.02);
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
