#include <algorithm>
#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>
#include <fluoro/physics/anti_scatter_grid.hpp>
#include <fluoro/physics/material.hpp>

namespace fluoro {
namespace {

constexpr double mm_per_cm = 10;

/// (1 - exp(-x)) / x, and its limit at 0: the mean of exp over a ramp from 0 to x.
double mean_over_ramp(double x)
{
    return std::abs(x) > 1e-12 ? -std::expm1(-x) / x : 1;
}

} // namespace

GridAttenuation grid_attenuation(AntiScatterGrid const& grid, PhotonEnergy energy)
{
    auto const lead = find_material("lead");
    return {mass_attenuation_cm2_g(lead, energy) * material(lead).density_g_cm3 / mm_per_cm,
            mass_attenuation_cm2_g(find_material(grid.interspace), energy) * grid.interspace_density_g_cm3 / mm_per_cm};
}

double grid_transmission(AntiScatterGrid const& grid, GridAttenuation const& attenuation, double across, double along)
{
    double const period = mm_per_cm / grid.lines_per_cm;
    double const gap = period - grid.lead_mm;
    FLUORO_EXPECT(gap > 0 && grid.ratio >= 0 && std::isfinite(across) && std::isfinite(along));
    double const height = grid.ratio * gap;
    double const slant = std::sqrt(1 + across * across + along * along); // way per height
    double const through_interspace = std::exp(-attenuation.interspace_per_mm * slant * (height + grid.cover_mm));
    // What lead costs over interspace along the whole height.
    double const excess = (attenuation.lead_per_mm - attenuation.interspace_per_mm) * slant * height;

    // Across the lines the ray wanders by `shift` = whole periods, each with its full line, and a rest.
    double const shift = height * std::abs(across);
    if (shift < 1e-9 * period) return through_interspace * (gap + grid.lead_mm * std::exp(-excess)) / period;
    double const whole = std::floor(shift / period);
    double const rest = shift - whole * period;
    // Over a period of starting places the rest covers lead of `most` or `least` on two plateaus, with two even ramps
    // between them.
    double const most = std::min(rest, grid.lead_mm);
    double const least = std::max(0.0, rest - gap);
    double const per_mm = excess / shift;
    double const mean = std::exp(-per_mm * least) *
                            (std::abs(gap - rest) + 2 * (most - least) * mean_over_ramp(per_mm * (most - least))) +
                        std::exp(-per_mm * most) * std::abs(rest - grid.lead_mm);
    return through_interspace * std::exp(-per_mm * whole * grid.lead_mm) * mean / period;
}

double grid_transmission(AntiScatterGrid const& grid, PhotonEnergy energy, double across, double along)
{
    return grid_transmission(grid, grid_attenuation(grid, energy), across, along);
}

double defocus_tangent(AntiScatterGrid const& grid, double source_mm, double x_mm, double source_aside_mm)
{
    FLUORO_EXPECT(source_mm > 0 && grid.focus_mm > 0);
    double const ray = (x_mm - source_aside_mm) / source_mm;
    double const line = x_mm / grid.focus_mm;
    return (ray - line) / (1 + ray * line);
}

} // namespace fluoro
