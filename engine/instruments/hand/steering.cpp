// A hand that corrects what it sees: it turns a tip toward a place, and keeps markers about a lesion. All of it in the
// patient at rest, as in watching.cpp.
#include "instruments_impl.hpp"
#include "vessel_route.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/clock.hpp>
#include <numbers>

namespace fluoro {
namespace {

constexpr double tick_s = 1.0 / ticks_per_second;
/// It answers what it has seen over about a heartbeat, from so far off on, until it is less than so far off.
constexpr double sees_over_s = 0.8, begins_mm = 0.8, ends_mm = 0.4;
constexpr double slow_mm_s = 3, answer_per_s = 2;
/// A tip looks to where it points so far before it. Beside the vessel's axis by less than the second, it looks nowhere.
constexpr double ahead_mm = 5, beside_mm = 3;
/// It looks at a place when it looks no further beside it. Back it is turned slowly: a shaft's twist comes late.
constexpr double aimed_rad = 0.2, turns_per_s = 0.5;
/// Markers are looked at from so near a lesion on.
constexpr double near_mm = 6;
/// Of a way's last vessels a place opens from the widest.
constexpr std::size_t last_edges = 4;

Vec3 nearest_on(std::vector<Vec3> const& line, Vec3 const& p)
{
    Vec3 best = line.front();
    for (std::size_t n = 0; n + 1 < line.size(); ++n) {
        Vec3 const way = line[n + 1] - line[n];
        double const t = glm::dot(p - line[n], way) / std::max(1e-9, glm::dot(way, way));
        Vec3 const at = line[n] + std::clamp(t, 0.0, 1.0) * way;
        if (glm::length(at - p) < glm::length(best - p)) best = at;
    }
    return best;
}

} // namespace

/// Why the tip cannot be aimed as ordered; empty = it is, or nothing of that kind is asked.
std::string VesselWork::aim(Way const& way, VesselTool& held, MoveTool const& order) const
{
    held.aim.reset();
    if (order.aim_at.empty()) return {};
    LumenGraph const side = side_of(way.access_mm);
    VesselRoute const route = route_to(side, patient_->lumens.landmarks, way.access, order.aim_at, 0);
    if (!route.problem.empty())
        return held.tool->title + " cannot be aimed at '" + order.aim_at + "': " + route.problem;
    auto const landmark = patient_->lumens.landmarks.find(order.aim_at);
    if (landmark == patient_->lumens.landmarks.end()) return "aim_at is for a landmark: '" + order.aim_at + "' is none";
    Vec3 const place = landmark->second;
    LumenEdge const* from = &side.edges[std::size_t(route.edges.back())];
    for (std::size_t n = route.edges.size() - std::min(last_edges, route.edges.size()); n < route.edges.size(); ++n)
        if (LumenEdge const& edge = side.edges[std::size_t(route.edges[n])];
            edge.radii_mm.front() > from->radii_mm.front())
            from = &edge;
    TipAim aim;
    aim.axis_mm = nearest_on(from->points_mm, place);
    aim.along = glm::normalize(from->points_mm.back() - from->points_mm.front());
    auto const passed = [&](Vec3 const& p) {
        return std::ranges::min_element(route.points_mm, {}, [&](Vec3 const& q) { return glm::length(p - q); });
    };
    if (passed(from->points_mm.back()) < passed(from->points_mm.front())) aim.along = -aim.along;
    Vec3 const to = place - aim.axis_mm;
    aim.toward = to - glm::dot(to, aim.along) * aim.along;
    if (glm::length(aim.toward) < beside_mm)
        return "'" + order.aim_at + "' lies on the axis of its vessel: a tip cannot look at it";
    held.aim = aim;
    return {};
}

/// How fast the hub is turned in this tick; empty = as it was told.
std::optional<double> VesselWork::aimed_rad_s(Way& way, int tool) const
{
    VesselTool& held = way.held[std::size_t(tool)];
    ToolState const& state = way.tools.state(tool);
    if (!held.aim || state.inserted_mm <= ahead_mm) return {};
    TipAim& aim = *held.aim;
    Vec3 const tip = tip_of(way, tool);
    Vec3 const behind = point_on(way.tools.line(), way.tools.along_mm(), state.inserted_mm - ahead_mm / 2);
    Vec3 const looks = way.wall->rest_of(tip + ahead_mm * glm::normalize(tip - behind)) - aim.axis_mm;
    Vec3 const off = looks - glm::dot(looks, aim.along) * aim.along;
    double const told = held.motion.turn_rad_s;
    if (glm::length(off) < beside_mm) return aim.has_come ? 0 : told;
    double const left = std::atan2(glm::dot(aim.along, glm::cross(off, aim.toward)), glm::dot(off, aim.toward));
    // It is turned as told until it has come near, from wherever it looks.
    if (std::abs(left) < aimed_rad || (left * told < 0 && std::abs(left) < std::numbers::pi / 2)) aim.has_come = true;
    if (!aim.has_come) return told;
    if (std::abs(left) < aimed_rad) return 0;
    return std::clamp(turns_per_s * left, -std::abs(told), std::abs(told));
}

/// Why the balloon's markers cannot be followed as ordered; empty = they are, or nothing of that kind is asked.
std::string VesselWork::follow_markers(Way const& way, VesselTool& held, MoveTool const& order) const
{
    held.markers.reset();
    if (order.markers_at.empty()) return {};
    if (!held.tool->balloon) return held.tool->title + " has no balloon: markers_at is for one";
    LumenGraph const side = side_of(way.access_mm);
    // All pieces of the vessel together: what is narrower than midway between its least and its most.
    std::vector<Vec3> line;
    std::vector<double> radii;
    std::vector<std::string> names; // of each point's piece
    std::vector<double> in_piece_mm;
    for (LumenEdge const& edge : side.edges)
        if (edge.name == order.markers_at || edge.name.starts_with(order.markers_at + "/")) {
            line.insert(line.end(), edge.points_mm.begin(), edge.points_mm.end());
            radii.insert(radii.end(), edge.radii_mm.begin(), edge.radii_mm.end());
            names.resize(line.size(), edge.name);
            for (std::size_t n = 0; n < edge.points_mm.size(); ++n)
                in_piece_mm.push_back(
                    n == 0 ? 0 : in_piece_mm.back() + glm::length(edge.points_mm[n] - edge.points_mm[n - 1]));
        }
    std::vector<std::size_t> tight;
    std::vector<double> along;
    for (std::size_t n = 0; n < line.size(); ++n) {
        auto const [least, most] = std::ranges::minmax(radii);
        if (radii[n] >= (least + most) / 2) continue;
        along.push_back(tight.empty() ? 0 : along.back() + glm::length(line[n] - line[tight.back()]));
        tight.push_back(n);
    }
    if (tight.size() < 3) return "No vessel with a tight stretch is called '" + order.markers_at + "'";
    auto const half = std::size_t(std::ranges::lower_bound(along, along.back() / 2) - along.begin());
    std::size_t const middle = tight[std::clamp<std::size_t>(half, 1, tight.size() - 2)];
    VesselRoute const route =
        route_to(side, patient_->lumens.landmarks, way.access, names[middle], in_piece_mm[middle] - 1e-3);
    if (!route.problem.empty())
        return held.tool->title + " cannot be brought to '" + order.markers_at + "': " + route.problem;
    MarkerWatch watch;
    watch.middle_mm = line[middle];
    watch.along = glm::normalize(line[tight.back()] - line[tight.front()]);
    // Into the body, as the way comes there.
    if (glm::dot(watch.along, route.points_mm.back() - route.points_mm[route.points_mm.size() - 2]) < 0)
        watch.along = -watch.along;
    held.markers = watch;
    return {};
}

/// What the hand does in this tick in place of what it was told; empty = as it was told.
std::optional<MoveTool> VesselWork::held_by_markers(Way& way, int tool) const
{
    VesselTool& held = way.held[std::size_t(tool)];
    if (!held.markers) return {};
    MarkerWatch& watch = *held.markers;
    BalloonForm const& form = *held.tool->balloon;
    double const middle = way.tools.state(tool).inserted_mm - form.to_tip_mm - form.length_mm / 2;
    if (middle <= 0) return {};
    Vec3 const at = way.wall->rest_of(point_on(way.tools.line(), way.tools.along_mm(), middle));
    if (glm::length(at - watch.middle_mm) > near_mm) return {};
    double const off = glm::dot(at - watch.middle_mm, watch.along);
    watch.mean_mm = watch.mean_mm ? *watch.mean_mm + tick_s / sees_over_s * (off - *watch.mean_mm) : off;
    watch.moves = std::abs(*watch.mean_mm) > (watch.moves ? ends_mm : begins_mm);
    double const push = watch.moves ? -std::clamp(answer_per_s * *watch.mean_mm, -slow_mm_s, slow_mm_s) : 0;
    return MoveTool{{}, push, 0, {}, {}};
}

} // namespace fluoro
