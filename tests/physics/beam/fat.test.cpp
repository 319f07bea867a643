#include <array>
#include <cmath>
#include <fluoro/physics/basis.hpp>
#include <fluoro/physics/energy_bins.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <vector>

using namespace fluoro;

namespace {

double hounsfield(char const* name)
{
    auto const id = find_material(name);
    PhotonEnergy const energy{70};
    return 1000 * (material(id).density_g_cm3 * mass_attenuation_cm2_g(id, energy) /
                       mass_attenuation_cm2_g(find_material("water"), energy) -
                   1);
}

/// Tissue as it is.
Layer direct(char const* name, double cm)
{
    auto const id = find_material(name);
    return {id, cm * material(id).density_g_cm3};
}

/// Tissue as the volume holds it: by its HU alone.
void add_by_hu(std::vector<Layer>& layers, double hu, double cm)
{
    auto const basis = basis_densities(hu);
    layers.push_back({find_material("water"), basis.soft_g_cm3 * cm});
    layers.push_back({find_material("bone"), basis.bone_g_cm3 * cm});
}

double signal(double kv, Scintillator scintillator, std::span<Layer const> layers)
{
    return absorbed_energy_1kev_sum(filtered_spectrum({TubeVoltage{kv}, Thickness{0}, Thickness{0}}), scintillator,
                                    layers);
}

constexpr std::array voltages{60.0, 70.0, 80.0, 90.0, 100.0, 110.0, 120.0};
constexpr std::array scintillators{Scintillator::csi_600um, Scintillator::ideal};

} // namespace

// 1 % is what is asked for. Measured: 0.65 % at 60 kV, 0.2 % at 120 kV. Read as water alone of the same HU, fat would
// lose 26 % of its exposure at 60 kV and 7 % at 120 kV.
TEST(Fat, exposure_behind_20_cm_of_adipose_is_the_direct_sums)
{
    std::array const truth{direct("adipose", 20)};
    std::vector<Layer> by_hu;
    add_by_hu(by_hu, hounsfield("adipose"), 20);
    test::Extremes exposure{"fat_exposure"};
    for (auto const scintillator : scintillators)
        for (double kv : voltages) {
            exposure.see_ratio(signal(kv, scintillator, by_hu) / signal(kv, scintillator, truth));
            EXPECT_NEAR(signal(kv, scintillator, by_hu) / signal(kv, scintillator, truth), 1, 0.01) << kv;
        }
}

// CT noise in fat about -100 HU, as CT shows it, must not change what the whole lets through: the curve is straight
// there. Truth is adipose of the density that -100 HU means.
TEST(Fat, exposure_behind_noisy_fat_is_the_same)
{
    double const thinned = (1 - 100 / 1000.0) / (1 + hounsfield("adipose") / 1000);
    std::array const truth{direct("adipose", 20 * thinned)};
    std::vector<Layer> by_hu;
    for (double noise : {-30.0, -10.0, 0.0, 10.0, 30.0}) add_by_hu(by_hu, -100 + noise, 4);
    for (double kv : voltages) {
        EXPECT_NEAR(signal(kv, Scintillator::csi_600um, by_hu) / signal(kv, Scintillator::csi_600um, truth), 1, 0.01);
    }
}

// 5 mm of muscle in 20 cm of adipose. Measured: 0.26 % at worst.
TEST(Fat, contrast_of_muscle_in_adipose_is_the_direct_sums)
{
    std::array const all{direct("adipose", 20)};
    std::array const with{direct("adipose", 19.5), direct("muscle", 0.5)};
    std::vector<Layer> all_by_hu, with_by_hu;
    add_by_hu(all_by_hu, hounsfield("adipose"), 20);
    add_by_hu(with_by_hu, hounsfield("adipose"), 19.5);
    add_by_hu(with_by_hu, hounsfield("muscle"), 0.5);
    test::Extremes contrast{"fat_contrast"};
    for (auto const scintillator : scintillators)
        for (double kv : voltages) {
            double const truth = 1 - signal(kv, scintillator, with) / signal(kv, scintillator, all);
            double const ours = 1 - signal(kv, scintillator, with_by_hu) / signal(kv, scintillator, all_by_hu);
            contrast.see_ratio(ours / truth);
            EXPECT_GT(truth, 0.013) << kv;
            EXPECT_NEAR(ours / truth, 1, 0.01) << kv;
        }
}
