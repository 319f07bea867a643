#pragma once
#include "attenuation.hpp"

#include <array>
#include <fluoro/physics/energy_bins.hpp>

namespace fluoro {

/// absorbed_fraction at the centres of all spectral bins, computed once.
std::array<double, spectral_bins> const& binned_absorbed_fraction(Scintillator scintillator);

} // namespace fluoro
