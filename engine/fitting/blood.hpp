#pragma once
#include "find/findings.hpp"

#include <fluoro/patient/lumen_graph.hpp>

namespace fluoro {

/// Blood that holds contrast medium, on the work lattice.
struct EnhancedBlood {
    Mask mask;
    std::vector<float> depth_mm; ///< inside it positive
    double mean_hu = 0, ml = 0;
};

struct FittedHeart;

/// Voxels above 130 HU that are reached through each other from the middle of the aorta and the heart, in the
/// neighbourhood of the fitted vessels and heart, before they are reached from bone. Empty where there is no contrast.
EnhancedBlood enhanced_blood(Findings const& found, LumenGraph const& fitted_vessels, FittedHeart const& heart);

/// The same CT with that blood at 40 HU: its own local mean is taken off, so that the noise stays; at its edge the
/// share of blood in the voxel.
void take_contrast_out(Volume& ct, Findings const& found, EnhancedBlood const& blood);

} // namespace fluoro
