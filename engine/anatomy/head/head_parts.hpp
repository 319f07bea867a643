#pragma once
#include "head_form.hpp"

#include <fluoro/anatomy/anatomy.hpp>

// The pieces of build_head and build_throat.
namespace fluoro {

/// Brain case, face, sinuses, nose.
void add_skull(Anatomy& anatomy, HeadForm const& head);
/// Condyles, mastoids, styloids, clivus; and the dense pyramids. Both stand up from the floor of the skull.
Shape base_bones(HeadForm const& head);
Shape petrous_bones(HeadForm const& head);
void add_mandible_and_teeth(Anatomy& anatomy, HeadForm const& head);
/// Bones, cartilages, folds and the airway down to the node "trachea-top"; hyoid bone; thyroid gland.
void add_larynx(Anatomy& anatomy, NeckForm const& neck);

/// HU of a bone with a cortical shell over trabeculae; scaled by the patient's bone density.
struct BoneTexture {
    double cortex_mm, cortex_hu, inside_hu, texture_hu;
};
std::function<double(Vec3 const&, double)> bone_hu(BodyPlan const& plan, BoneTexture const& texture, unsigned seed);

} // namespace fluoro
