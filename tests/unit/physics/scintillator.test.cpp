#include <array>
#include <cmath>
#include <fluoro/physics/energy_bins.hpp>
#include <gtest/gtest.h>

using namespace fluoro;

TEST(Scintillator, an_ideal_one_absorbs_everything)
{
    for (double kev : {10.0, 60.0, 150.0}) EXPECT_EQ(absorbed_fraction(Scintillator::ideal, PhotonEnergy{kev}), 1);
}

// 0.06 cm x 0.75 x 4.51 g/cm3 = 0.20295 g/cm2; NIST SRD 126: I 7.579 and Cs 8.248 cm2/g at 60 keV, 0.488 and 0.512 of
// the mass. Four digits.
TEST(Scintillator, csi_absorbs_one_minus_the_exponential)
{
    double const mu = 0.488451 * 7.579 + 0.511549 * 8.248;
    EXPECT_NEAR(absorbed_fraction(Scintillator::csi_600um, PhotonEnergy{60}), 1 - std::exp(-mu * 0.20295), 5e-4);
}

TEST(Scintillator, csi_gains_at_the_k_edges_of_iodine_and_caesium)
{
    auto const absorbed = [](double kev) { return absorbed_fraction(Scintillator::csi_600um, PhotonEnergy{kev}); };
    EXPECT_GT(absorbed(33.3), absorbed(33.0) + 0.1);
    EXPECT_GT(absorbed(36.2), absorbed(35.8) + 0.01);
}

// Absorbed energy over arriving energy of 600 um CsI, evaluated apart from the same spectra: three digits.
TEST(Scintillator, absorbed_share_of_whole_beams_agrees_with_an_independent_evaluation)
{
    struct Row {
        double kv, copper_mm, water_cm, share;
    };
    for (auto const [kv, copper, water_cm, share] :
         {Row{60, 0, 0, 0.936}, Row{60, 0, 20, 0.935}, Row{80, 0, 0, 0.879}, Row{80, 0, 20, 0.816},
          Row{80, 0.3, 0, 0.835}, Row{80, 0.3, 20, 0.785}, Row{100, 0.1, 0, 0.777}, Row{120, 0, 0, 0.737},
          Row{120, 0, 20, 0.612}, Row{70, 0.9, 20, 0.822}}) {
        auto const spectrum = filtered_spectrum({TubeVoltage{kv}, Thickness{copper}, Thickness{0}});
        std::array const water{Layer{find_material("water"), water_cm}};
        double const absorbed = absorbed_energy_1kev_sum(spectrum, Scintillator::csi_600um, water);
        double const arriving = absorbed_energy_1kev_sum(spectrum, Scintillator::ideal, water);
        EXPECT_NEAR(absorbed / arriving, share, 1e-3) << kv << " kV " << copper << " mm Cu " << water_cm << " cm";
    }
}
