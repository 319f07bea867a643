#include "vessel_route.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/instruments/access.hpp>
#include <limits>

namespace fluoro {
namespace {

constexpr double least_mm = 20; ///< a shorter way is none

/// An edge's line between two distances along it, turned round where the second is the smaller.
std::vector<Vec3> between(LumenEdge const& edge, double from_mm, double to_mm)
{
    double const low = std::min(from_mm, to_mm), high = std::max(from_mm, to_mm);
    std::vector<Vec3> points;
    double along = 0;
    for (std::size_t n = 0; n + 1 < edge.points_mm.size(); ++n) {
        Vec3 const way = edge.points_mm[n + 1] - edge.points_mm[n];
        double const step = glm::length(way), next = along + step;
        if (next >= low && along <= high && step > 0) {
            if (points.empty()) points.push_back(edge.points_mm[n] + std::max(0.0, low - along) / step * way);
            points.push_back(edge.points_mm[n] + std::min(step, high - along) / step * way);
        }
        along = next;
    }
    if (from_mm > to_mm) std::ranges::reverse(points);
    return points;
}

double length_of(std::vector<Vec3> const& points)
{
    double length = 0;
    for (std::size_t n = 1; n < points.size(); ++n) length += glm::length(points[n] - points[n - 1]);
    return length;
}

/// Two places on edges, and the shortest line between them; empty when there is none.
struct OnEdge {
    int edge = -1;
    double at_mm = 0;
};
VesselRoute shortest(LumenGraph const& graph, OnEdge const& from, OnEdge const& to)
{
    LumenEdge const &first = graph.edges[std::size_t(from.edge)], &last = graph.edges[std::size_t(to.edge)];
    if (from.edge == to.edge) return {between(first, from.at_mm, to.at_mm), {from.edge}, {}};
    VesselRoute best;
    double least = std::numeric_limits<double>::infinity();
    for (bool const leaves_at_end : {false, true})
        for (bool const enters_at_end : {false, true}) {
            int node = leaves_at_end ? first.to : first.from;
            int const goal = enters_at_end ? last.to : last.from;
            auto way = graph.way(node, goal);
            if (way.empty() && node != goal) continue;
            if (std::ranges::count(way, from.edge) + std::ranges::count(way, to.edge) > 0) continue;
            auto points = between(first, from.at_mm, leaves_at_end ? first.length_mm() : 0);
            auto const add = [&](std::vector<Vec3> const& more) {
                points.insert(points.end(), more.begin(), more.end());
            };
            for (int const e : way) {
                LumenEdge const& edge = graph.edges[std::size_t(e)];
                bool const is_forward = edge.from == node;
                add(is_forward ? between(edge, 0, edge.length_mm()) : between(edge, edge.length_mm(), 0));
                node = is_forward ? edge.to : edge.from;
            }
            add(between(last, enters_at_end ? last.length_mm() : 0, to.at_mm));
            if (double const length = length_of(points); length < least) {
                least = length;
                way.insert(way.begin(), from.edge);
                way.push_back(to.edge);
                best = {std::move(points), std::move(way), {}};
            }
        }
    return best;
}

/// Takes a length off the end.
void shorten(std::vector<Vec3>& points, double by_mm)
{
    while (points.size() >= 2) {
        Vec3 const last = points[points.size() - 1] - points[points.size() - 2];
        double const step = glm::length(last);
        if (step > by_mm) {
            points.back() -= by_mm / step * last;
            return;
        }
        by_mm -= step;
        points.pop_back();
    }
}

} // namespace

VesselRoute route_to(LumenGraph const& vessels, std::map<std::string, Vec3> const& landmarks, Access const& access,
                     std::string const& to, double beyond_mm)
{
    LumenPlace const start = nearest_place(vessels, access.at_mm);
    if (start.edge < 0) return {{}, {}, "this patient has no vessels"};
    OnEdge goal;
    if (auto const edge = vessels.find_edge(to)) {
        goal = {*edge, std::max(0.0, beyond_mm)};
        if (double const length = vessels.edges[std::size_t(*edge)].length_mm(); beyond_mm > length)
            return {{},
                    {},
                    "'" + to + "' is " + std::to_string(std::lround(length)) +
                        " mm long: a place beyond it is named by the vessel that it lies in"};
    } else if (auto const landmark = landmarks.find(to); landmark != landmarks.end()) {
        LumenPlace const place = nearest_place(vessels, landmark->second);
        if (place.from_axis > 1.5)
            return {{}, {}, "landmark '" + to + "' lies in no vessel that can be reached from there"};
        goal = {place.edge, place.along * vessels.edges[std::size_t(place.edge)].length_mm()};
    } else {
        return {{}, {}, "no vessel that can be reached from there and no landmark is called '" + to + "'"};
    }
    double const from_mm = start.along * vessels.edges[std::size_t(start.edge)].length_mm();
    VesselRoute route = shortest(vessels, {start.edge, from_mm}, goal);
    if (beyond_mm < 0) shorten(route.points_mm, -beyond_mm);
    if (route.points_mm.size() < 2 || length_of(route.points_mm) < least_mm)
        return {{}, {}, "no way leads there from '" + vessels.edges[std::size_t(start.edge)].name + "'"};
    if (glm::dot(route.points_mm[1] - route.points_mm[0], access.direction) < 0)
        return {{}, {}, "the way to '" + to + "' goes the other way from there: tools enter toward the heart"};
    return route;
}

} // namespace fluoro
