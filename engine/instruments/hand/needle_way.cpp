#include "instruments_impl.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {
namespace {

/// A wire turns out of a needle into the vessel up to about 70 degrees; a steeper one drives it into the far wall.
constexpr double least_cosine = 0.34;

} // namespace

std::string VesselWork::open_way(std::string const& name, Vec3 const& tip_mm, Vec3 const& direction)
{
    LumenGraph const& graph = patient_->lumens.vessels;
    LumenPlace const place = nearest_place(graph, tip_mm);
    if (place.edge < 0) return "This patient has no anatomy of vessels: fit it first";
    LumenEdge const& edge = graph.edges[std::size_t(place.edge)];
    double const at = place.along * edge.length_mm();
    double passed = 0;
    for (std::size_t n = 0; n + 1 < edge.points_mm.size(); ++n) {
        Vec3 const way = edge.points_mm[n + 1] - edge.points_mm[n];
        double const step = glm::length(way);
        if (passed + step < at && n + 2 < edge.points_mm.size()) {
            passed += step;
            continue;
        }
        Vec3 const along = way / step;
        double const cosine = glm::dot(along, direction);
        if (std::abs(cosine) < least_cosine)
            return "The needle stands too steep in the vessel: the wire does not turn into it; lower the hub";
        Vec3 const start = edge.points_mm[n] + std::clamp((at - passed) / step, 0.0, 1.0) * way;
        LumenGraph const side = side_of(start);
        ways_.try_emplace(name, Access{start, std::copysign(1.0, cosine) * along}, side, wall_of(start, side));
        return {};
    }
    return "The vessel is too short to take a wire";
}

std::optional<std::size_t> VesselWork::tools_in(std::string const& way) const
{
    auto const known = ways_.find(way);
    // Only ways that needles have made may close again.
    if (known == ways_.end() || patient_->lumens.landmarks.contains("access-" + way)) return {};
    return known->second.held.size();
}

} // namespace fluoro
