#include <algorithm>
#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/instruments/access.hpp>
#include <limits>

namespace fluoro {
namespace {

constexpr std::string_view prefix = "access-";
/// A landmark further than this from every vessel is no way in [mm].
constexpr double farthest_mm = 15;

/// Where the blood of this wall class goes: with it to the heart, or against it.
bool leads_to_heart(WallClass wall)
{
    return wall == WallClass::vein;
}

/// The nearest point of an edge's line: on which piece of it, where on that; and the squared distance to it.
struct OnEdge {
    std::size_t piece = 0;
    double share = 0, square_mm2 = std::numeric_limits<double>::infinity(), radius_mm = 1;
};

OnEdge nearest_on(LumenEdge const& edge, Vec3 const& at)
{
    OnEdge best;
    for (std::size_t n = 0; n + 1 < edge.points_mm.size(); ++n) {
        Vec3 const way = edge.points_mm[n + 1] - edge.points_mm[n], from = at - edge.points_mm[n];
        double const square = glm::dot(way, way), passed = glm::dot(from, way);
        // At the piece's ends nothing is to be divided.
        double const t = passed <= 0 || square <= 0 ? 0.0 : passed >= square ? 1.0 : passed / square;
        Vec3 const aside = from - t * way;
        double const distance = glm::dot(aside, aside);
        if (distance >= best.square_mm2) continue;
        best = {n, t, distance, (1 - t) * edge.radii_mm[n] + t * edge.radii_mm[n + 1]};
    }
    return best;
}

/// As a share of the edge's length.
double along_of(LumenEdge const& edge, OnEdge const& on)
{
    double passed = 0, length = 0;
    for (std::size_t n = 0; n + 1 < edge.points_mm.size(); ++n) {
        double const step = glm::length(edge.points_mm[n + 1] - edge.points_mm[n]);
        if (n == on.piece) passed = length + on.share * step;
        length += step;
    }
    return length > 0 ? passed / length : 0;
}

} // namespace

LumenPlace nearest_place(LumenGraph const& graph, Vec3 const& rest_mm)
{
    LumenPlace place;
    OnEdge found;
    double nearest = std::numeric_limits<double>::infinity();
    for (std::size_t e = 0; e < graph.edges.size(); ++e) {
        OnEdge const on = nearest_on(graph.edges[e], rest_mm);
        double const distance = std::sqrt(on.square_mm2), from_wall = distance - on.radius_mm;
        if (from_wall >= nearest) continue;
        nearest = from_wall;
        found = on;
        place = {int(e), 0, distance / on.radius_mm};
    }
    if (place.edge >= 0) place.along = along_of(graph.edges[std::size_t(place.edge)], found);
    return place;
}

std::vector<std::string> access_names(Lumens const& lumens)
{
    std::vector<std::string> names;
    for (auto const& [name, at] : lumens.landmarks) {
        if (!name.starts_with(prefix)) continue;
        LumenPlace const place = nearest_place(lumens.vessels, at);
        if (place.edge < 0) continue;
        Vec3 const& first = lumens.vessels.edges[std::size_t(place.edge)].points_mm.front();
        Vec3 const& last = lumens.vessels.edges[std::size_t(place.edge)].points_mm.back();
        if (std::min(glm::length(at - first), glm::length(at - last)) < farthest_mm || place.from_axis < 1)
            names.push_back(name.substr(prefix.size()));
    }
    return names;
}

Access find_access(Lumens const& lumens, std::string_view name)
{
    auto const names = access_names(lumens);
    if (std::ranges::find(names, name) == names.end()) {
        std::string known;
        for (auto const& one : names) known += (known.empty() ? "" : ", ") + one;
        throw Error{"no way into a vessel is named '" + std::string{name} + "'; " +
                    (known.empty() ? "this patient has no anatomy of vessels: fit it first" : "there are: " + known)};
    }
    Vec3 const at = lumens.landmarks.at(std::string{prefix} + std::string{name});
    LumenPlace const place = nearest_place(lumens.vessels, at);
    LumenEdge const& edge = lumens.vessels.edges[std::size_t(place.edge)];
    double const sought = place.along * edge.length_mm();
    double passed = 0;
    for (std::size_t n = 0; n + 1 < edge.points_mm.size(); ++n) {
        Vec3 const way = edge.points_mm[n + 1] - edge.points_mm[n];
        double const step = glm::length(way);
        if (passed + step >= sought || n + 2 == edge.points_mm.size()) {
            double const t = step > 0 ? std::clamp((sought - passed) / step, 0.0, 1.0) : 0;
            Vec3 const along = glm::normalize(way);
            return {edge.points_mm[n] + t * way, leads_to_heart(edge.wall) ? along : -along};
        }
        passed += step;
    }
    return {};
}

} // namespace fluoro
