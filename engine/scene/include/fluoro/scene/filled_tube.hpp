#pragma once
#include <fluoro/core/geometry.hpp>
#include <fluoro/physics/basis.hpp>
#include <fluoro/physics/mixture.hpp>
#include <span>
#include <vector>

namespace fluoro {

/// What a tube holds, and what the CT has in its place: that is taken away over the same path.
struct Filling {
    Mixture content;
    BasisDensities displaced;
};

/// A straight piece of a round tube with another content than the CT's: a filled vessel, a wire. Never voxels: its
/// chords are exact at the detector's resolution.
struct FilledTube {
    Vec3 from_mm{0}, to_mm{0}; ///< ends of the axis, patient space
    double from_radius_mm = 1, to_radius_mm = 1;
    Vec3 from_cut{0}, to_cut{0}; ///< normals of the planes where the piece ends; 0 = square to the axis
    int filling = 0;             ///< index into Scene::fillings
    /// Of its volume that is the filling, the rest is as the CT has it; negative: what another tube put there is taken
    /// away again, the hollow of a catheter. [-1, 1]
    double share = 1;
};

/// A tube along a polyline, cut at each bend by the plane that halves it, so that pieces neither overlap nor gape
/// (square beyond a bend of 106 degrees). Points and radii are of one size, at least two; neighbours differ.
std::vector<FilledTube> tube_along(std::span<Vec3 const> points_mm, std::span<double const> radii_mm, int filling);

} // namespace fluoro
