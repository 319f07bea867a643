#pragma once
#include <fluoro/room/table.hpp>

namespace fluoro {

/// Length [mm] inside the slab of the straight way from one point to another (patient space, mm).
double chord_mm(Slab const& slab, Vec3 from, Vec3 to);

} // namespace fluoro
