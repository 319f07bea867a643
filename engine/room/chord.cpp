#include <fluoro/room/chord.hpp>

#include <algorithm>
#include <cmath>
#include <glm/gtc/matrix_inverse.hpp>
#include <utility>

namespace fluoro {

double chord_mm(Slab const& slab, Vec3 from_mm, Vec3 direction, double reach_mm)
{
    Mat4 const slab_from_patient = glm::affineInverse(slab.patient_from_slab);
    Vec3 const start = map_point(slab_from_patient, from_mm), along = map_direction(slab_from_patient, direction);
    // The stretch of the ray between each pair of faces; what all three share is inside.
    double enter = 0, leave = reach_mm;
    for (int axis = 0; axis < 3; ++axis) {
        if (along[axis] == 0) {
            if (std::abs(start[axis]) > slab.half_extent_mm[axis]) return 0;
            continue;
        }
        double near = (-slab.half_extent_mm[axis] - start[axis]) / along[axis];
        double far = (slab.half_extent_mm[axis] - start[axis]) / along[axis];
        if (near > far) std::swap(near, far);
        enter = std::max(enter, near);
        leave = std::min(leave, far);
    }
    return std::max(0.0, leave - enter);
}

} // namespace fluoro
