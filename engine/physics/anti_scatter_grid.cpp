#include <fluoro/physics/anti_scatter_grid.hpp>

namespace fluoro {

double grid_transmission(AntiScatterGrid const&, PhotonEnergy, double, double)
{
    return 1;
}

double defocus_tangent(AntiScatterGrid const& grid, double source_mm, double x_mm)
{
    return x_mm / source_mm - x_mm / grid.focus_mm;
}

} // namespace fluoro
