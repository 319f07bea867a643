#pragma once
#include <fluoro/room/table.hpp>
#include <limits>

namespace fluoro {

/// Length of the ray from `from_mm` along the unit vector `direction` inside the slab, as far as `reach_mm` from the
/// start [mm]. Exact; a ray within a face counts as inside.
double chord_mm(Slab const& slab, Vec3 from_mm, Vec3 direction,
                double reach_mm = std::numeric_limits<double>::infinity());

} // namespace fluoro
