#pragma once
#include <fluoro/anatomy/body_plan.hpp>
#include <fluoro/anatomy/shape.hpp>

namespace fluoro {

/// Where a point of the reference man (1760 mm, LPS about the middle of L3) lies in this patient: beside the same
/// height of the spine, as far from it as the patient's size makes it. Courses of vessels are written down once, in the
/// reference man, and follow every spine.
class Placement {
public:
    explicit Placement(BodyPlan const& plan);
    Vec3 operator()(Vec3 const& reference_mm) const;
    Vec3 operator()(double x, double y, double z) const { return (*this)(Vec3{x, y, z}); }
    /// Of lengths off the spine: height over 1760 mm, and a woman's slimmer trunk [1].
    double across() const { return across_; }

private:
    std::array<Vec3, levels> reference_, patient_;
    double scale_, across_;
};

/// One limb's piece from joint to joint, as a set of axes: `along` from the trunk to the tip, `lateral` away from the
/// midline (with the palms up), `front` toward the ceiling.
struct LimbAxis {
    Vec3 origin_mm{0}, along{0, 0, -1}, lateral{1, 0, 0}, front{0, -1, 0};
    double length_mm = 0; ///< from joint to joint
    double scale = 1;     ///< of this patient over the reference man

    /// A point of the reference man [mm off the joint] in the patient.
    Vec3 at(double along_mm, double lateral_mm, double front_mm) const
    {
        return origin_mm + scale * (along_mm * along + lateral_mm * lateral + front_mm * front);
    }
    Frame frame_at(double along_mm, double lateral_mm, double front_mm) const
    {
        return {at(along_mm, lateral_mm, front_mm), lateral, -front, -along};
    }
};

/// `sign` +1 = left, -1 = right. Between the places "shoulder", "elbow", "wrist"; "hip", "knee", "ankle".
LimbAxis upper_arm(BodyPlan const& plan, int sign);
LimbAxis forearm(BodyPlan const& plan, int sign);
LimbAxis thigh(BodyPlan const& plan, int sign);
LimbAxis shank(BodyPlan const& plan, int sign);

} // namespace fluoro
