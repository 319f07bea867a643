#pragma once
#include <fluoro/core/geometry.hpp>
#include <vector>

namespace fluoro {

/// A hollow that is no tube, filled to some share: a chamber of the heart, a stomach, a muscle that blushes. Many small
/// parcels, each spread over about a cube of its own, that together keep exactly the volume that they are given.
struct FilledCloud {
    struct Parcel {
        glm::vec3 at_mm{0};   ///< patient space, where it is now
        float volume_mm3 = 0; ///< of the filling in it, > 0
        glm::vec3 stretch{1}; ///< of the tissue around it, along each axis: so far apart its neighbours now lie
    };
    std::vector<Parcel> parcels;
    double size_mm = 1; ///< side of the cube that a parcel stands for
    int filling = 0;    ///< index into Scene::fillings
};

} // namespace fluoro
