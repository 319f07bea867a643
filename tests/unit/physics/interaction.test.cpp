#include <fluoro/physics/interaction.hpp>
#include <gtest/gtest.h>

using namespace fluoro;

// The same splines of the same library, so to rounding.
TEST(Interaction, parts_sum_to_the_total)
{
    for (auto const* name : {"water", "bone", "iodine", "lead"})
        for (double const kev : {10.0, 33.5, 60.0, 140.0}) {
            auto const id = find_material(name);
            auto const part = partial_attenuation_cm2_g(id, PhotonEnergy{kev});
            double const total = mass_attenuation_cm2_g(id, PhotonEnergy{kev});
            EXPECT_NEAR(part.photoelectric + part.incoherent + part.coherent, total, 1e-9 * total) << name << kev;
        }
}

// NIST XCOM for water at 60 keV: coherent 0.01320, incoherent 0.1770, photo-electric 0.01489 cm2/g; evaluations differ
// by 6 % in the coherent part, 1 % in the others.
TEST(Interaction, water_at_60_kev_is_XCOMs)
{
    auto const part = partial_attenuation_cm2_g(find_material("water"), PhotonEnergy{60});
    EXPECT_NEAR(part.coherent, 0.01320, 0.06 * 0.01320);
    EXPECT_NEAR(part.incoherent, 0.1770, 0.01 * 0.1770);
    EXPECT_NEAR(part.photoelectric, 0.01489, 0.01 * 0.01489);
}

TEST(Interaction, a_mixture_is_the_mass_weighted_sum)
{
    auto const water = find_material("water"), iodine = find_material("iodine");
    Mixture const mixture{{{water, 0.9}, {iodine, 0.3}}};
    PhotonEnergy const energy{50};
    auto const whole = partial_attenuation_cm2_g(mixture, energy);
    EXPECT_NEAR(whole.photoelectric,
                0.75 * partial_attenuation_cm2_g(water, energy).photoelectric +
                    0.25 * partial_attenuation_cm2_g(iodine, energy).photoelectric,
                1e-12);
}

// Forward all electrons scatter together, far off each alone. Water: 10 electrons in 18.015 g, 1 + 1 + 64 squared;
// xraylib rounds atomic weights to 1e-2.
TEST(Interaction, atoms_scatter_as_a_whole_forward_and_as_electrons_far_off)
{
    auto const water = pure(find_material("water"));
    auto const forward = atomic_scattering(water, 0);
    EXPECT_NEAR(forward.electrons, 10 / 18.015, 5e-4);
    EXPECT_NEAR(forward.squared_electrons, 66 / 18.015, 3e-3);
    EXPECT_NEAR(forward.coherent, forward.squared_electrons, 1e-4);
    EXPECT_EQ(forward.incoherent, 0);
    auto const far = atomic_scattering(water, 12);
    EXPECT_NEAR(far.incoherent, far.electrons, 1e-3 * far.electrons);
    EXPECT_LT(far.coherent, 1e-5 * forward.coherent);
}
