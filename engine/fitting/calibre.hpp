#pragma once
#include "lattice.hpp"

#include <fluoro/fitting/fit.hpp>
#include <fluoro/patient/lumen_graph.hpp>

namespace fluoro {

/// Radii of the aorta and the central pulmonary arteries from the CT where their blood is bright, else the model's:
/// ratios measured along a vessel hold for 10 mm around and fade beyond. One entry per vessel of which something was
/// measured.
std::vector<MeasuredVessel> measure_radii(LumenGraph& vessels, WorkVolume const& work);

} // namespace fluoro
