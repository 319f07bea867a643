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

/// How a patient's body lies on a table, whichever way it is turned: what the room needs to put top and pad there.
struct PatientOnTable {
    double back_mm = 0; ///< y of the lowest body surface, lying on the back
    Vec2 middle_mm{0};  ///< x and z of the body's middle
    double middle_y_mm = 0;
    /// From (middle x, middle_y): how far the body reaches away from the detector after a turn of i / size of a circle;
    /// empty = as far as the back.
    std::vector<double> reach_mm{};
    double reach_after(double turn_rad) const;
};

} // namespace fluoro
