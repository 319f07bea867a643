#pragma once
#include <fluoro/anatomy/body_plan.hpp>
#include <fluoro/anatomy/shape.hpp>

namespace fluoro {

/// mediastinum() of chest_form.hpp, made anew.
Shape shape_of_mediastinum(BodyPlan const& plan);

} // namespace fluoro
