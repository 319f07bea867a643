#pragma once
#include <fluoro/scene/scene.hpp>

namespace fluoro {

/// Air kerma per mAs at 1 m on the central ray of the spectra's own tube, no wedge [mGy/mAs]. Kept for every quality
/// met: a spectrum costs far more than a pulse may.
double kerma_per_mas_1m(BeamQuality const& quality);

/// Mass of each wedge on the central ray.
std::vector<Layer> wedges_on_the_axis(Scene const& scene);

/// Share of the kerma that passes the wedges on the central ray.
double axis_transmission(Scene const& scene);

/// Integral over the opening, on the detector plane, of kerma over that of the bare central ray: distance, heel and
/// wedges in it [mm2]. docs/theory/dose.md, eq. 2.
double weighted_area_mm2(Scene const& scene);

} // namespace fluoro
