#include "placement.hpp"

#include <algorithm>

namespace fluoro {

Placement::Placement(BodyPlan const& plan)
    : scale_{plan.scale}, across_{plan.scale * (plan.parameters.sex == Sex::female ? 0.94 : 1)}
{
    BodyPlan const reference = plan_body(built_in_patient("adult-male"));
    for (std::size_t i = 0; i < reference_.size(); ++i) {
        reference_[i] = reference.spine[i].frame.origin_mm;
        patient_[i] = plan.spine[i].frame.origin_mm;
    }
}

Vec3 Placement::operator()(Vec3 const& reference_mm) const
{
    // The sacrum turns away from the body's axis; below L5 and above C1 the end vertebra carries.
    constexpr int last = int(Level::l5);
    int upper = 0;
    while (upper + 1 < last && reference_[std::size_t(upper) + 1].z > reference_mm.z) ++upper;
    std::size_t const u = std::size_t(upper), l = u + 1;
    double const share = std::clamp((reference_mm.z - reference_[l].z) / (reference_[u].z - reference_[l].z), 0.0, 1.0);
    Vec3 const off = reference_mm - glm::mix(reference_[l], reference_[u], share);
    return glm::mix(patient_[l], patient_[u], share) + Vec3{across_ * off.x, across_ * off.y, scale_ * off.z};
}

namespace {

LimbAxis between(BodyPlan const& plan, int sign, std::string const& from, std::string const& to)
{
    std::string const side = sign > 0 ? "-left" : "-right";
    LimbAxis axis;
    axis.origin_mm = plan.place(from + side);
    Vec3 const way = plan.place(to + side) - axis.origin_mm;
    axis.length_mm = glm::length(way);
    axis.along = way / axis.length_mm;
    // Palms and kneecaps face the ceiling, however far the limb is abducted or raised.
    axis.lateral = double(sign) * glm::normalize(glm::cross(Vec3{0, -1, 0}, axis.along));
    axis.front = double(sign) * glm::cross(axis.along, axis.lateral);
    axis.scale = plan.scale;
    return axis;
}

} // namespace

LimbAxis upper_arm(BodyPlan const& plan, int sign)
{
    return between(plan, sign, "shoulder", "elbow");
}

LimbAxis forearm(BodyPlan const& plan, int sign)
{
    return between(plan, sign, "elbow", "wrist");
}

LimbAxis thigh(BodyPlan const& plan, int sign)
{
    return between(plan, sign, "hip", "knee");
}

LimbAxis shank(BodyPlan const& plan, int sign)
{
    return between(plan, sign, "knee", "ankle");
}

} // namespace fluoro
