#pragma once
#include <fluoro/core/measure.hpp>
#include <fluoro/physics/material.hpp>
#include <fluoro/physics/mixture.hpp>

namespace fluoro {

/// What a photon can do in a material, as mass attenuation coefficients [cm2/g]. Their sum is mass_attenuation_cm2_g.
struct PartialAttenuation {
    double photoelectric = 0;
    double incoherent = 0; ///< Compton scattering off bound electrons
    double coherent = 0;   ///< Rayleigh scattering
};

/// 1 to 200 keV, from xraylib's evaluation. docs/theory/photon-transport.md
PartialAttenuation partial_attenuation_cm2_g(MaterialId id, PhotonEnergy energy);
/// Of one gram of the mixture.
PartialAttenuation partial_attenuation_cm2_g(Mixture const& mixture, PhotonEnergy energy);

/// How atoms spread what they scatter, summed over the atoms of one gram [mol/g], at momentum transfer
/// x = sin(angle / 2) / wavelength [1/A]; 0 to 50. Atoms count as free of each other: no interference between
/// molecules.
struct AtomicScattering {
    double incoherent = 0;        ///< sum of S(x, Z): electrons that recoil
    double coherent = 0;          ///< sum of F(x, Z)^2
    double electrons = 0;         ///< sum of Z: what `incoherent` tends to
    double squared_electrons = 0; ///< sum of Z^2: what `coherent` is forward
};
AtomicScattering atomic_scattering(Mixture const& mixture, double x_per_angstrom);

} // namespace fluoro
