#pragma once
#include <fluoro/core/measure.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace fluoro {

/// Names a material in the library below. An index type, so that a material never lands in a voxel slot.
enum class MaterialId : int {};

/// One element of a material.
struct MassFraction {
    int atomic_number = 0;
    double fraction = 0; ///< of the mass; all fractions of a material sum to 1
};

struct Material {
    std::string name;         ///< as the command line writes it, e.g. "water"
    double density_g_cm3 = 0; ///< default density
    std::vector<MassFraction> elements;
    std::string source; ///< where composition and density come from
};

/// All materials the program knows, in a fixed order. Loaded once from assets baked into the program.
std::vector<Material> const& materials();
/// Throws Error with the list of names when `name` is unknown.
MaterialId find_material(std::string_view name);
Material const& material(MaterialId id);

/// Total mass attenuation coefficient [cm2/g], photo-electric + Compton + Rayleigh, from xraylib's evaluation;
/// 1 to 200 keV. docs/theory/attenuation.md
double mass_attenuation_cm2_g(MaterialId id, PhotonEnergy energy);
/// Mass energy-absorption coefficient [cm2/g] from NIST's nodes of the elements, mixed by mass; a cubic log-log spline
/// between each two edges. 5 to 200 keV. docs/theory/attenuation.md
double mass_energy_absorption_cm2_g(MaterialId id, PhotonEnergy energy);
/// The same of dry air.
double air_energy_absorption_cm2_g(PhotonEnergy energy);

} // namespace fluoro
