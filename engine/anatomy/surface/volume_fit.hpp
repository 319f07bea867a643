#pragma once
#include <fluoro/anatomy/shape.hpp>
#include <functional>
#include <span>

namespace fluoro {

/// How far a shape has to be offset [mm] for its part where `counts` holds (e.g. not covered by a neighbour) to have
/// this volume. Its distances must be true ones up to 15 mm outside; `step_mm`: of the lattice that counts.
double offset_for_volume(Shape const& shape, double wanted_cm3, double step_mm,
                         std::function<bool(Vec3 const&)> const& counts = {});

} // namespace fluoro
