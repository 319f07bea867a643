#pragma once
#include <fluoro/core/measure.hpp>
#include <string>

namespace fluoro {

/// A focused linear anti-scatter grid as data. Its lines run along the picture's rows' direction (columns of pixels);
/// "across" is along the column direction. docs/theory/anti-scatter-grid.md
struct AntiScatterGrid {
    /// Where the figures come from.
    std::string source =
        "13:1, 70 lines/cm as in clinical use; lead and covers chosen for a primary transmission of 0.72";
    double ratio = 13; ///< height of the lead over the gap between two lines
    double lines_per_cm = 70;
    double lead_mm = 0.036; ///< thickness of a line
    std::string interspace = "carbon_fibre";
    double interspace_density_g_cm3 = 1.3;
    double cover_mm = 0.4;  ///< of both covers together, same material as the interspace
    double focus_mm = 1050; ///< distance at which the lines point at the source
    friend bool operator==(AntiScatterGrid const&, AntiScatterGrid const&) = default;
};

/// Linear attenuation of a grid's parts at one energy, looked up once for many directions.
struct GridAttenuation {
    double lead_per_mm = 0;
    double interspace_per_mm = 0; ///< of the covers too
};
/// Throws Error when the library does not know the interspace's material.
GridAttenuation grid_attenuation(AntiScatterGrid const& grid, PhotonEnergy energy);

/// Share of photons that pass, mean over a line period [0, 1]. The direction is given by its tangents relative to the
/// line that it meets (0, 0 = along the lead at normal incidence): `across` and `along`. Exact for straight rays, every
/// angle and thickness of lead; scatter inside the grid is not in it.
double grid_transmission(AntiScatterGrid const& grid, GridAttenuation const& attenuation, double across, double along);
double grid_transmission(AntiScatterGrid const& grid, PhotonEnergy energy, double across, double along);

/// Tangent across the lines by which a primary ray misses a line's own direction, for a source at `source_mm` and a
/// place `x_mm` from the grid's middle. `source_aside_mm`: how far the source stands beside the grid's middle line.
double defocus_tangent(AntiScatterGrid const& grid, double source_mm, double x_mm, double source_aside_mm = 0);

} // namespace fluoro
