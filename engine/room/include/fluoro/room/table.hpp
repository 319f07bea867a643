#pragma once
#include <fluoro/core/geometry.hpp>
#include <fluoro/physics/material.hpp>
#include <vector>

namespace fluoro {

/// A slab of one material in the beam, e.g. the table top. Chords through it are exact.
struct Slab {
    MaterialId material;
    double density_g_cm3 = 1;
    Vec3 half_extent_mm{0};      ///< along the slab's own axes
    Mat4 patient_from_slab{1.0}; ///< rigid: slab centre at its origin
};

} // namespace fluoro
