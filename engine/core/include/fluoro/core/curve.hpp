#pragma once
#include <fluoro/core/geometry.hpp>
#include <span>
#include <vector>

namespace fluoro {

/// Points of a Catmull-Rom curve (centripetal) through `through_mm`, about `step_mm` apart, both ends included;
/// `values` (one per point given, e.g. radii) are carried along in `values_out`.
std::vector<Vec3> curve(std::span<Vec3 const> through_mm, double step_mm, std::span<double const> values,
                        std::vector<double>& values_out);
std::vector<Vec3> curve(std::span<Vec3 const> through_mm, double step_mm);

} // namespace fluoro
