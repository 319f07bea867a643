#include <fluoro/projection/slab.hpp>

#include <algorithm>
#include <cmath>

namespace fluoro {

double chord_mm(Slab const& slab, Vec3 from, Vec3 to)
{
    Mat4 const slab_from_patient = glm::inverse(slab.patient_from_slab);
    Vec3 const start = map_point(slab_from_patient, from);
    Vec3 const way = map_point(slab_from_patient, to) - start;
    double enter = 0, leave = 1;
    for (int axis = 0; axis < 3; ++axis) {
        double const half = slab.half_extent_mm[axis];
        if (way[axis] == 0) {
            if (std::abs(start[axis]) > half) return 0;
            continue;
        }
        double const a = (-half - start[axis]) / way[axis];
        double const b = (half - start[axis]) / way[axis];
        enter = std::max(enter, std::min(a, b));
        leave = std::min(leave, std::max(a, b));
    }
    return std::max(0.0, leave - enter) * glm::length(way);
}

} // namespace fluoro
