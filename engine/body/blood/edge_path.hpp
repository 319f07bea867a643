#pragma once
#include <fluoro/patient/lumen_graph.hpp>

namespace fluoro {

/// A place on an edge's centre line.
struct EdgePlace {
    Vec3 at_mm, along; ///< `along`: unit vector toward the edge's end
    double radius_mm;
};
EdgePlace place_on(LumenEdge const& edge, double along_mm);
/// Unit vector across the edge there, nearest to `side`; any across it where `side` runs along.
Vec3 across(EdgePlace const& place, Vec3 const& side);

} // namespace fluoro
