#pragma once
#include <fluoro/instruments/coaxial_tools.hpp>
#include <fluoro/patient/lumen_graph.hpp>

namespace fluoro {

/// A place in a lumen graph: on the centre line of an edge.
struct LumenPlace {
    int edge = -1;        ///< -1: there is none
    double along = 0;     ///< 0 = the edge's `from` ... 1
    double from_axis = 0; ///< how far aside of it, over the radius there; above 1 = outside the lumen
};

/// The place on the graph that is nearest to a point, by its distance from the wall: in the middle of a wide vessel it
/// is that vessel's, although a narrow one's axis may be nearer.
LumenPlace nearest_place(LumenGraph const& graph, Vec3 const& rest_mm);

/// Names of the places where tools can go in ("right-femoral", "left-radial", "right-femoral-vein", ...): landmarks
/// "access-..." that lie on a vessel.
std::vector<std::string> access_names(Lumens const& lumens);
/// That place, in its vessel, looking along it toward the heart. Throws Error with the names when there is none.
Access find_access(Lumens const& lumens, std::string_view name);

} // namespace fluoro
