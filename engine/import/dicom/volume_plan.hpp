#pragma once
#include "ct_plane.hpp"
#include <fluoro/patient/volume.hpp>
#include <string>
#include <vector>

namespace fluoro {

/// How one slice of the grid comes about.
struct SlicePlan {
    int below = 0;    ///< index of a plane in the plan's list
    int above = 0;    ///< = below where a plane lies at this slice
    float weight = 0; ///< of `above`
};

/// Planes in order along their normal, and the grid they fill.
struct VolumePlan {
    std::vector<CtPlane> planes;
    Grid grid;
    std::vector<SlicePlan> slices;  ///< one per k
    std::vector<Vec2> shift_voxels; ///< where each plane's first pixel lies on the grid (i, j)
    bool is_sheared = false;        ///< the shifts differ: planes are resampled in their plane
    std::vector<std::string> notes; ///< what was mended
};

/// Place of a plane along the common normal [mm].
double place_mm(CtPlane const& plane, Vec3 const& normal);

/// Orders planes of one size, orientation and spacing, none at the same place, and lays the grid: even spacing, up to
/// three slices in a row and 5 % in all interpolated where they are missing, shifts from slice to slice (gantry tilt)
/// kept for resampling. Throws Error whose message is the reason alone, to stand behind a name.
VolumePlan plan_volume(std::vector<CtPlane> planes);

} // namespace fluoro
