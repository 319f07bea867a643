#pragma once
#include "../chest/chest_form.hpp"
#include "swept_bone.hpp"

#include <array>

namespace fluoro {

/// Where a rib ends in front and how its cartilage goes on: directions around the chest (0 = back, 90 = aside,
/// 180 = front [degrees]) and heights.
struct WallPoint {
    double angle_deg, z;
};

/// Ribs and cartilages of one body along its chest wall.
class RibPaths {
public:
    explicit RibPaths(BodyPlan const& plan);

    /// From the head on the spine to the end of the bone; `rib` 1 to 12.
    std::vector<BoneStation> rib(int rib, Side side) const;
    /// From inside the rib's end to the sternum (1 to 7) or into the cartilage above (8 to 10).
    std::vector<BoneStation> cartilage(int rib, Side side) const;
    /// Behind the rib's neck, where it meets the transverse process.
    Vec3 tubercle(int rib, Side side) const;
    /// A point of the sternum's middle plane at a height.
    Vec3 sternum_at(double z) const;

private:
    Vec3 on_wall(WallPoint const& point, double sign, double outside_mm) const;
    Vec3 outward(Vec3 const& p) const;
    /// Moves a station along the wall's normal until nothing of it is nearer to the cavity than `clear_mm`.
    void keep_clear(BoneStation& station, double clear_mm) const;
    void orient(std::vector<BoneStation>& stations, double sign, double flat) const;

    BodyPlan const& plan_;
    Shape wall_;
    double scale_, wide_;
};

} // namespace fluoro
