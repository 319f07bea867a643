#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/physics/mixture.hpp>
#include <gtest/gtest.h>
#include <limits>
#include <measured.hpp>

using namespace fluoro;

namespace {

double part(Mixture const& mixture, char const* name)
{
    for (auto const& [id, density] : mixture.g_cm3)
        if (id == find_material(name)) return density;
    return 0;
}

double mu_per_cm(Mixture const& mixture, double kev)
{
    return 10 * attenuation_per_mm(mixture, PhotonEnergy{kev});
}

} // namespace

// Prescribing information of iohexol: specific gravity at 37 degrees, three decimals; the line through water leaves
// 0.1 %. Fitted to these five, so this is how well one slope holds, and iodixanol 320 (1.356) and iopromide 370 (from
// memory, 1.399 g/mL) stay within 3 %.
TEST(Mixture, iodine_solutions_weigh_what_iohexol_does)
{
    test::Extremes off{"iohexol_density"};
    struct Strength {
        double mg_per_ml, specific_gravity;
    };
    for (auto const [strength, gravity] : {Strength{140, 1.164}, Strength{180, 1.209}, Strength{240, 1.280},
                                           Strength{300, 1.349}, Strength{350, 1.406}}) {
        off.see(density_g_cm3(iodine_solution(strength)) - gravity);
        EXPECT_NEAR(density_g_cm3(iodine_solution(strength)), gravity, 2e-3) << strength;
    }
    EXPECT_NEAR(density_g_cm3(iodine_solution(320)) / 1.356, 1, 0.03);
    EXPECT_NEAR(density_g_cm3(iodine_solution(370)) / 1.399, 1, 0.03);
}

TEST(Mixture, iodine_solution_holds_the_iodine_that_it_says)
{
    for (double strength : {0.0, 1.0, 150.0, 300.0, 400.0})
        EXPECT_DOUBLE_EQ(part(iodine_solution(strength), "iodine"), strength / 1000);
    EXPECT_EQ(iodine_solution(0), pure(find_material("water")));
}

// By hand with NIST's four-digit values at 60 keV, cm2/g: water 0.2059, iodine 7.579, C 0.1753, H 0.3260, N 0.1817, O
// 0.1907. 300 mg/mL of iodine are 647 mg of iohexol, C19H26I3N3O9, in 1.349 - 0.647 = 0.702 g of water: 647 mg hold
// 179.8 C, 20.6 H, 33.1 N, 113.5 O and 300 I. True: 2.2737 + 0.1445 + 0.0315 + 0.0067 + 0.0060 + 0.0216 = 2.484 /cm.
TEST(Mixture, taking_the_molecule_as_water_costs_less_than_half_a_per_cent_at_60_kev)
{
    test::measured("iohexol_mu", 100 * (mu_per_cm(iodine_solution(300), 60) / 2.484 - 1));
    EXPECT_NEAR(mu_per_cm(iodine_solution(300), 60) / 2.484, 1, 5e-3);
    // and by its own parts: 0.3 x 7.579 + 1.0489 x 0.2059 = 2.4897
    EXPECT_NEAR(mu_per_cm(iodine_solution(300), 60), 2.4897, 2e-3);
}

// Gadobutrol 1.0 mol/L: 604.7 mg/mL of which 157.25 gadolinium, 1.3 g/mL at 37 degrees. NIST at 60 keV: 11.75.
TEST(Mixture, gadolinium_solution_weighs_what_gadobutrol_does)
{
    auto const strong = gadolinium_solution(157.25);
    EXPECT_NEAR(density_g_cm3(strong), 1.30, 5e-3);
    EXPECT_DOUBLE_EQ(part(strong, "gadolinium"), 0.15725);
    EXPECT_NEAR(mu_per_cm(strong, 60), 0.15725 * 11.75 + 1.1431 * 0.2059, 3e-3);
}

// The suspension's volume is that of its parts: 4.5 g/cm3 of sulphate displace water.
TEST(Mixture, barium_sulphate_displaces_water)
{
    for (double strength : {0.0, 40.0, 100.0, 250.0}) {
        auto const suspension = barium_suspension(strength);
        EXPECT_NEAR(part(suspension, "baso4") / 4.5 + part(suspension, "water") / 1.0, 1, 1e-12) << strength;
        EXPECT_DOUBLE_EQ(part(suspension, "baso4"), strength / 100) << strength;
    }
    EXPECT_NEAR(density_g_cm3(barium_suspension(100)), 1.7778, 1e-4);
    EXPECT_EQ(barium_suspension(0), pure(find_material("water")));
    // BaSO4 at 60 keV by hand: 0.588442 x 8.511 + 0.137386 x 0.4053 (sulphur) + 0.274172 x 0.1907 = 5.1161 cm2/g.
    EXPECT_NEAR(mu_per_cm(barium_suspension(100), 60), 5.1161 + 0.7778 * 0.2059, 6e-3);
}

TEST(Mixture, bone_cement_keeps_the_volume_of_polymer_and_sulphate)
{
    EXPECT_EQ(bone_cement(0), pure(find_material("pmma")));
    for (double share : {0.1, 0.3, 0.45, 0.99}) {
        auto const cement = bone_cement(share);
        EXPECT_NEAR(part(cement, "pmma") / 1.19 + part(cement, "baso4") / 4.5, 1, 1e-12) << share;
        EXPECT_NEAR(part(cement, "baso4") / density_g_cm3(cement), share, 1e-12) << share;
    }
    // 30 %: 1 / (0.7/1.19 + 0.3/4.5) = 1.5269 g/cm3; PMMA 0.1924 cm2/g at 60 keV.
    EXPECT_NEAR(density_g_cm3(bone_cement(0.3)), 1.5269, 1e-4);
    EXPECT_NEAR(mu_per_cm(bone_cement(0.3), 60), 1.5269 * (0.3 * 5.1161 + 0.7 * 0.1924), 4e-3);
}

// The ideal gas at 310.15 K and 101325 Pa: molar mass over R T / p = 25450 cm3/mol.
TEST(Mixture, gases_have_the_density_of_a_warm_body)
{
    double const molar_cm3 = 8.314463 * 310.15 / 101325 * 1e6;
    EXPECT_NEAR(density_g_cm3(carbon_dioxide()), 44.0095 / molar_cm3, 2e-6);
    EXPECT_NEAR(density_g_cm3(air_bubble()), 28.9647 / molar_cm3, 2e-6);
    EXPECT_LT(mu_per_cm(carbon_dioxide(), 60), 0.002 * mu_per_cm(pure(find_material("blood")), 60));
}

TEST(Mixture, blend_goes_by_volume_and_keeps_every_gram)
{
    auto const contrast = iodine_solution(350);
    auto const blood = pure(find_material("blood"));
    for (double share : {0.0, 0.25, 0.5, 1.0}) {
        auto const thinned = blend(contrast, blood, share);
        EXPECT_NEAR(density_g_cm3(thinned), share * density_g_cm3(contrast) + (1 - share) * 1.06, 1e-12) << share;
        EXPECT_NEAR(part(thinned, "iodine"), share * 0.35, 1e-12) << share;
        EXPECT_NEAR(mu_per_cm(thinned, 60), share * mu_per_cm(contrast, 60) + (1 - share) * mu_per_cm(blood, 60),
                    1e-12);
    }
    EXPECT_EQ(blend(contrast, blood, 1), contrast);
    EXPECT_EQ(blend(contrast, blood, 0), blood);
    auto const same = blend(contrast, iodine_solution(150), 0.5);
    EXPECT_EQ(same.g_cm3.size(), 2u); // one water, one iodine
    EXPECT_NEAR(part(same, "iodine"), 0.25, 1e-12);
}

TEST(Mixture, holds_nothing_negative)
{
    for (auto const& mixture : {iodine_solution(400), gadolinium_solution(160), barium_suspension(250),
                                bone_cement(0.999), blend(carbon_dioxide(), air_bubble(), 0.3)})
        for (auto const& [id, density] : mixture.g_cm3) EXPECT_GT(density, 0);
}

TEST(Mixture, refuses_strengths_that_nothing_has)
{
    double const nan = std::numeric_limits<double>::quiet_NaN();
    for (double value : {-1.0, 401.0, nan}) EXPECT_THROW(iodine_solution(value), Error);
    for (double value : {-1.0, 161.0, nan}) EXPECT_THROW(gadolinium_solution(value), Error);
    for (double value : {-1.0, 251.0, nan}) EXPECT_THROW(barium_suspension(value), Error);
    for (double value : {-0.1, 1.0, nan}) EXPECT_THROW(bone_cement(value), Error);
    for (double value : {-0.1, 1.1, nan}) EXPECT_THROW(blend(carbon_dioxide(), air_bubble(), value), Error);
    try {
        iodine_solution(500);
    } catch (Error const& error) {
        EXPECT_EQ(error.exit_code(), 2);
        EXPECT_NE(std::string{error.what()}.find("400 mg/mL"), std::string::npos) << error.what();
    }
}
