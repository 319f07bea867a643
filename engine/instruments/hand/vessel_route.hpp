#pragma once
#include <fluoro/instruments/coaxial_tools.hpp>
#include <fluoro/patient/lumen_graph.hpp>

namespace fluoro {

/// The centre line from a way in to a place in the vessels, or why there is none.
struct VesselRoute {
    std::vector<Vec3> points_mm; ///< at least two
    std::vector<int> edges;      ///< that it goes along
    std::string problem;
};

/// `to`: a vessel, of which the place lies `beyond_mm` behind its beginning where the blood comes from; or a landmark.
/// Negative: so far short of it.
VesselRoute route_to(LumenGraph const& vessels, std::map<std::string, Vec3> const& landmarks, Access const& access,
                     std::string const& to, double beyond_mm);

} // namespace fluoro
