#include "edge_path.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {

EdgePlace place_on(LumenEdge const& edge, double along_mm)
{
    double left = std::max(along_mm, 0.0);
    std::size_t i = 1;
    double step = glm::length(edge.points_mm[1] - edge.points_mm[0]);
    for (; left > step && i + 1 < edge.points_mm.size(); ++i) {
        left -= step;
        step = glm::length(edge.points_mm[i + 1] - edge.points_mm[i]);
    }
    double const share = std::min(left / step, 1.0);
    Vec3 const piece = edge.points_mm[i] - edge.points_mm[i - 1];
    return {edge.points_mm[i - 1] + share * piece, piece / step,
            std::lerp(edge.radii_mm[i - 1], edge.radii_mm[i], share)};
}

Vec3 across(EdgePlace const& place, Vec3 const& side)
{
    auto const without_along = [&](Vec3 const& v) { return v - glm::dot(v, place.along) * place.along; };
    Vec3 const wanted = without_along(side);
    if (glm::length(wanted) > 1e-6 * glm::length(side)) return glm::normalize(wanted);
    Vec3 const any = std::abs(place.along.x) < 0.7 ? Vec3{1, 0, 0} : Vec3{0, 1, 0};
    return glm::normalize(without_along(any));
}

} // namespace fluoro
