#pragma once
#include <fluoro/anatomy/body_plan.hpp>
#include <fluoro/anatomy/shape.hpp>

// The form of the thoracic cavity, which ribs, lungs, diaphragm, heart and muscles share.
namespace fluoro {

enum class Side { left, right };

/// The inner face of the chest wall (ribs and intercostal muscles stand outside of it), from the lung apices down to
/// the lowest ribs; closed above and below.
Shape thoracic_cavity(BodyPlan const& plan);
/// Height of the upper face of the diaphragm [mm], relaxed expiration to quiet inspiration: two domes, the saddle
/// under the heart, falling steeply to the costophrenic recesses.
double diaphragm_top(BodyPlan const& plan, double x_mm, double y_mm);
/// One lung as a whole: chest wall outside, diaphragm below, mediastinum (heart, great vessels, spine) inside.
Shape lung(BodyPlan const& plan, Side side);

} // namespace fluoro
