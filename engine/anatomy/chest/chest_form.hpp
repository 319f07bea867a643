#pragma once
#include <fluoro/anatomy/body_plan.hpp>
#include <fluoro/anatomy/shape.hpp>
#include <functional>

// The form of the thoracic cavity, which ribs, lungs, diaphragm, heart and muscles share. docs/theory/chest-wall.md
namespace fluoro {

enum class Side { left, right };

/// A box around the thoracic cavity.
Box thoracic_box(BodyPlan const& plan);
/// The inner face of the chest wall (ribs and intercostal muscles stand outside of it), from the lung apices down to
/// the lowest ribs, the spine cut out; closed above and below.
Shape thoracic_cavity(BodyPlan const& plan);
/// The same wall down to the lowest point of the costal margin: behind it stand the upper organs of the abdomen.
Shape chest_wall(BodyPlan const& plan);
/// Height of the upper face of the diaphragm [mm], relaxed expiration to quiet inspiration: two domes, the saddle
/// under the heart, falling steeply to the costophrenic recesses.
double diaphragm_top(BodyPlan const& plan, double x_mm, double y_mm);
/// The same for many points.
std::function<double(double x_mm, double y_mm)> diaphragm_tops(BodyPlan const& plan);
/// What is above the diaphragm, within the box of the cavity.
Shape above_diaphragm(BodyPlan const& plan);
/// What lies between the lungs: heart, great vessels, airways and gullet with the fat around them. Reaches beyond the
/// cavity.
Shape mediastinum(BodyPlan const& plan);
/// One lung as a whole: chest wall outside, diaphragm below, mediastinum (heart, great vessels, spine) inside.
Shape lung(BodyPlan const& plan, Side side);

} // namespace fluoro
