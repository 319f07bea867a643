#pragma once
#include <fluoro/image/image.hpp>
#include <fluoro/scene/scene.hpp>

namespace fluoro {

/// Scatter over primary [energy] on the axis behind water, without and with the anti-scatter grid. Interpolated in the
/// logarithms of thickness and field between Monte Carlo values for 80 kV, 10 cm air gap. docs/theory/scatter-veil.md
double scatter_to_primary(double water_cm, double field_cm, bool has_grid);

/// Provisional: a constant veil over the exposed field, as strong as the scatter on the axis behind the water that
/// would attenuate the mean primary as much. It has the primary's energies. Fills the scatter images of `signal`.
void add_scatter_veil(Signal& signal, Scene const& scene, bool has_grid);

} // namespace fluoro
