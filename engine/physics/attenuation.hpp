#pragma once
#include <fluoro/physics/material.hpp>
#include <span>

namespace fluoro {

/// Spectra live in 1 keV bins: bin i holds the photons of i .. i+1 keV and stands at i + 0.5 keV.
inline constexpr int spectral_bins = 150;
constexpr double bin_centre_kev(int bin)
{
    return bin + 0.5;
}

/// The bin whose centre this energy is; any other energy is a broken promise.
int bin_of(double energy_kev);

/// mass_attenuation_cm2_g at the centres of all spectral bins, computed once for each material. The first bin, below
/// xraylib's range, repeats the second.
std::span<double const> binned_attenuation_cm2_g(MaterialId id);
/// air_energy_absorption_cm2_g at the centres of the spectral bins from 5 keV up; zero below.
std::span<double const> binned_air_energy_absorption_cm2_g();

} // namespace fluoro
