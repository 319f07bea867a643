#pragma once
#include "../chest/chest_form.hpp"
#include "swept_bone.hpp"

namespace fluoro {

/// Bones of one shoulder, the arm from the place "shoulder" to "elbow", palms up. Sizes typical of adults.
Shape clavicle(BodyPlan const& plan, Side side);
Shape scapula(BodyPlan const& plan, Side side);
Shape humerus(BodyPlan const& plan, Side side);
/// The humerus' tube of compact bone, 4 mm thick in the middle, thin over its ends.
std::function<double(Vec3 const& p, double depth_mm)> humerus_hu(BodyPlan const& plan, Side side);

} // namespace fluoro
