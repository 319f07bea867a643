#pragma once
#include <fluoro/anatomy/anatomy.hpp>
#include <vector>

namespace fluoro {

/// One cross-section of a flat long bone, e.g. of a rib: the hull of two circles, one at its upper border and one at
/// its lower border, so that one border may be thick and round and the other thin.
struct BoneStation {
    Vec3 at{0};
    Vec3 up{0, 0, 1};        ///< toward the upper border, across the bone
    double half_wide_mm = 6; ///< from the middle to either border
    double upper_mm = 3;     ///< radius of the upper border
    double lower_mm = 3;     ///< and of the lower border
    double groove_mm = 0;    ///< depth of a groove inside the lower border
};

/// The bone through its stations, at least two; `is_groove_left`: the groove's side, looking along the bone with up up.
Shape swept_bone(std::vector<BoneStation> stations, bool is_groove_left = false);

/// Bone by depth: compact bone outside around cancellous bone with trabeculae.
struct BoneTissue {
    double cortical_hu = 850, cortical_mm = 0.9;
    double cancellous_hu = 130, trabeculae_hu = 55, trabeculae_mm = 2.2;
    double uneven = 0.18, uneven_mm = 9; ///< how much the cortex' thickness varies, over what length
    unsigned seed = 1;
};
std::function<double(Vec3 const& p, Depth const& depth)> bone_hu(BoneTissue const& tissue);
/// The same with the patient's bone density: trabeculae lose it first, the cortex thins by half as much.
BoneTissue thinned(BoneTissue tissue, double bone_density);

} // namespace fluoro
