#pragma once
#include <fluoro/anatomy/body_plan.hpp>
#include <fluoro/anatomy/shape.hpp>

// The form of the trunk and neck, which surface, muscles and objects share. docs/theory/body.md
namespace fluoro {

/// `shape` on a lattice of its distances, for forms that are costly and smooth; true distances up to `margin_mm` around
/// its bounds, no more than those beyond.
Shape sampled(Shape const& shape, double step_mm, double margin_mm = 0);

/// The skin of the trunk and neck: superellipses of the plan with chest, belly, back, buttocks, folds; flattened
/// where it lies on the table.
Shape trunk_skin(BodyPlan const& plan);
/// What is inside the subcutaneous fat: the fascia around muscles and cavities.
Shape trunk_fascia(BodyPlan const& plan);
/// The abdominal and pelvic cavity inside its muscular wall, from the floor of the pelvis to the diaphragm; holds
/// organs and visceral fat.
Shape abdominal_cavity(BodyPlan const& plan);
/// The height at which the body lies on the table: y [mm] of its hindmost face.
double table_y(BodyPlan const& plan);
/// A point on the skin in front of (or behind) a place, `under_mm` below the surface.
Vec3 on_the_skin(Shape const& skin, Vec3 const& from, Vec3 const& towards, double under_mm = 0);

} // namespace fluoro
