#pragma once
#include "../chest/chest_form.hpp"
#include "swept_bone.hpp"

namespace fluoro {

/// How a shoulder blade stands: turned about the head of the humerus once the arm is raised above the shoulder, a third
/// of the way as in life (typical).
class ShoulderPose {
public:
    ShoulderPose(BodyPlan const& plan, Side side);
    /// A direction or an offset from the head [mm], as it is with the arm level with the shoulder.
    Vec3 turned(Vec3 const& off) const;
    Vec3 const& head_mm() const { return head_; }
    double turn() const { return turn_; } ///< [rad]

private:
    Vec3 head_;
    double turn_ = 0, sign_ = 1;
};

/// Bones of one shoulder, the arm from the place "shoulder" to "elbow", palms up. Sizes typical of adults.
Shape clavicle(BodyPlan const& plan, Side side);
Shape scapula(BodyPlan const& plan, Side side);
Shape humerus(BodyPlan const& plan, Side side);
/// The humerus' tube of compact bone, 4 mm thick in the middle, thin over its ends.
std::function<double(Vec3 const& p, Depth const& depth)> humerus_hu(BodyPlan const& plan, Side side);

} // namespace fluoro
