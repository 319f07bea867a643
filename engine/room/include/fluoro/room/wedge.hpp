#pragma once
#include <algorithm>
#include <cmath>
#include <fluoro/core/geometry.hpp>
#include <fluoro/physics/material.hpp>

namespace fluoro {

/// A semi-transparent filter that slides into the beam behind the blades: a straight edge, beyond which its mass
/// thickness rises evenly to the full one. Placed as its shadow falls on the detector plane.
struct Wedge {
    double angle_rad = 0;  ///< direction from the open to the covered side, from the column direction toward the rows'
    double edge_mm = 1000; ///< distance of the edge from the central ray along that direction
    double ramp_mm = 20;   ///< over which the mass thickness rises
    double full_g_cm2 = 0.9; ///< copper of 1 mm by default
    MaterialId material{};

    /// Mass thickness in the way of the ray to this place on the detector plane [g/cm2].
    double mass_thickness_g_cm2(Vec2 at_mm) const
    {
        double const into = at_mm.x * std::cos(angle_rad) + at_mm.y * std::sin(angle_rad) - edge_mm;
        return full_g_cm2 * std::min(1.0, std::max(0.0, into / ramp_mm));
    }
};

} // namespace fluoro
