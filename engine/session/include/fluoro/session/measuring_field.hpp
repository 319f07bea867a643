#pragma once
#include <fluoro/image/image.hpp>
#include <limits>

namespace fluoro {

// Exposure control's measuring field: a disc fixed in the middle of the detector's active field. What the blades cover
// there counts as dark, what no patient covers as bright, metal as metal: it is pulled by them as on a real machine.
// docs/theory/exposure-control.md, section 4

/// Its mean [keV/mm2]: primary and scatter of every pixel, at most what saturates the detector, over the open beam's
/// own shape. The detector's noise is left out: over the field it is a thousandth, and without it the dose does not
/// depend on the seed. `diameter_share`: of the image's shorter side, (0, 1].
double measuring_field_mean(Signal const& signal, double diameter_share = 0.5,
                            double saturation_kev_mm2 = std::numeric_limits<double>::infinity());

} // namespace fluoro
