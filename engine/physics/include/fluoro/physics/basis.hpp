#pragma once
#include <array>
#include <fluoro/physics/material.hpp>

namespace fluoro {

/// Two mass densities [g/cm3] that stand for a tissue at every photon energy. `soft` attenuates as water, `bone` as
/// ICRU-44 cortical bone. Signed: adipose is more than its mass of soft and a negative amount of bone.
struct BasisDensities {
    double soft_g_cm3 = 0;
    double bone_g_cm3 = 0;
};

/// Hounsfield units -> basis densities for a CT whose effective energy is 70 keV. mu at that energy is kept exactly at
/// every HU; HU 0 is 1.000 g/cm3 of water, HU <= -1000 is nothing (below -1000 the line goes on, so that noise in air
/// averages to nothing). Piecewise linear. docs/theory/hu-to-density.md
///
/// The bone density is a sum of hinges: bone = sum slope[i] * max(hu - hu_at[i], 0); and
/// soft = soft_per_hu * (hu + 1000) - soft_per_bone * bone. Shaders evaluate exactly this.
struct HuCurve {
    static constexpr int hinges = 8;
    std::array<double, hinges> hu_at{};
    std::array<double, hinges> bone_slope{}; ///< [g/cm3 per HU]
    double soft_per_hu = 0;                  ///< [g/cm3 per HU]
    double soft_per_bone = 0;                ///< mu_bone/rho over mu_soft/rho at the effective energy
};

HuCurve const& hu_curve();
BasisDensities basis_densities(double hu);

/// What a CT of 70 keV shows of a material at its own density.
double hounsfield(MaterialId of);

} // namespace fluoro
