#pragma once
#include <algorithm>
#include <cmath>
#include <fluoro/core/geometry.hpp>

// Distances that the heart is made of, without the cost of a Shape per part. [mm]
namespace fluoro {

/// Smaller of both, the joint rounded over `blend`.
inline double blended(double a, double b, double blend)
{
    double const h = std::max(blend - std::abs(a - b), 0.0) / blend;
    return std::min(a, b) - h * h * h * blend / 6;
}

/// Larger of both, the edge rounded over `blend`.
inline double rounded_cut(double a, double b, double blend)
{
    return -blended(-a, -b, blend);
}

/// To an ellipsoid about 0.
inline double to_ellipsoid(Vec3 const& p, Vec3 const& radii)
{
    double const k0 = glm::length(p / radii);
    double const smallest = std::min({radii.x, radii.y, radii.z});
    if (k0 < 1e-9) return -smallest;
    double const estimate = k0 * (k0 - 1) / glm::length(p / (radii * radii));
    return k0 < 1 ? std::max(estimate, -0.72 * smallest * std::sqrt(1 - k0 * k0)) : estimate;
}

/// To a rounded cone.
inline double to_cone(Vec3 const& p, Vec3 const& a, double ra, Vec3 const& b, double rb)
{
    Vec3 const axis = b - a;
    double const t = std::clamp(glm::dot(p - a, axis) / glm::dot(axis, axis), 0.0, 1.0);
    return glm::length(p - a - t * axis) - std::lerp(ra, rb, t);
}

/// To a disc of this radius, from `low` to `high` along `flow`.
inline double to_disc(Vec3 const& p, Vec3 const& middle, Vec3 const& flow, double radius, double low, double high)
{
    Vec3 const d = p - middle;
    double const h = glm::dot(d, flow);
    return std::max({glm::length(d - h * flow) - radius, low - h, h - high});
}

/// Radius of the aortic root's lumen [mm of the reference man] at a height over the annulus; `cos_thrice`: of three
/// times the angle from the right coronary sinus.
double aortic_root_radius(double height, double cos_thrice);

} // namespace fluoro
