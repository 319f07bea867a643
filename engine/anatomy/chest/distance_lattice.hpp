#pragma once
#include <fluoro/anatomy/shape.hpp>

namespace fluoro {

/// The solid where `inside` is negative, as distances on a lattice over `box`: quick to ask however costly `inside` is,
/// and a distance everywhere although `inside` need only have the right sign and be smooth across the surface. Details
/// below about two spacings are lost. Beyond the box the solid is taken to go on as it is at the box's face.
Shape on_lattice(Box const& box, double spacing_mm, std::function<double(Vec3 const&)> const& inside);

} // namespace fluoro
