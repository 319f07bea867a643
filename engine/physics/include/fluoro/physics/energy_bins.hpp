#pragma once
#include <fluoro/physics/beam.hpp>
#include <span>
#include <vector>

namespace fluoro {

/// What absorbs in the detector plane.
enum class Scintillator {
    csi_600um, ///< 600 um of CsI:Tl at packing 0.75; absorbed fraction 1 - exp(-mu t), all of a photon's energy
               ///< deposited
    ideal      ///< all energy that arrives counts
};

/// Fraction of photons of this energy that the scintillator absorbs, at normal incidence [0, 1].
double absorbed_fraction(Scintillator scintillator, PhotonEnergy energy);

/// A spectrum condensed for the ray march's energy sum: few bins, each with its photons, the energy they leave in the
/// scintillator and the attenuation of every material that can stand in the way. docs/theory/energy-bins.md
struct EnergyBins {
    std::vector<float> energy_kev;                   ///< mean energy of a bin's photons
    std::vector<float> absorbed_kev_per_mm2_mas_1m;  ///< sum of quanta x absorbed fraction x energy, nothing in the way
    std::vector<float> absorbed_kev2_per_mm2_mas_1m; ///< sum of quanta x absorbed fraction x energy^2
    std::vector<std::vector<float>> attenuation_cm2_g; ///< [material][bin], in the order of `materials`
    std::vector<MaterialId> materials;
};

inline constexpr int max_energy_bins = 24;

/// At most max_energy_bins bins, edges at the K edges of iodine, caesium, barium and gadolinium. Against the direct
/// 1 keV sum: within 0.5 % through 0-30 cm of water with 0-3 cm of bone, fat and 0-50 mg/cm2 of iodine, 50-125 kV.
EnergyBins condense(Spectrum const& spectrum, Scintillator scintillator, std::span<MaterialId const> materials);

/// The direct 1 keV sum for the mean absorbed energy [keV/(mm2 mAs)] at 1 m behind `layers`; slow and exact.
double absorbed_energy_1kev_sum(Spectrum const& spectrum, Scintillator scintillator, std::span<Layer const> layers);

} // namespace fluoro
