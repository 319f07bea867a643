// A hand that watches the picture: it stops when the tip is where it shall be, and brings one back that went another
// way. All of it in the patient at rest: a beating heart takes tip and place along.
#include "instruments_impl.hpp"
#include "vessel_route.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/clock.hpp>

namespace fluoro {
namespace {

constexpr double tick_s = 1.0 / ticks_per_second;
/// So far beyond the wall of its way's vessels a tip is in another one; nearer than the second, which a wall gives to
/// a bent tip, and drawn back so much more, it is on its way again.
constexpr double astray_mm = 4, given_mm = 1.5, back_mm = 25;
constexpr double back_mm_s = 80, turn_rad_s = 3, rest_s = 0.7;
/// Once there, a tip is there until it is this much further off than it had to come.
constexpr double leaves_at = 2;

/// From the wall of the nearest vessel, + = outside of all.
double beyond_wall_mm(LumenGraph const& graph, Vec3 const& at)
{
    LumenPlace const place = nearest_place(graph, at);
    auto const& radii = graph.edges[std::size_t(place.edge)].radii_mm;
    double const radius = radii[std::size_t(std::lround(place.along * double(radii.size() - 1)))];
    return (place.from_axis - 1) * radius;
}

bool is_there(TipWatch const& watch, Vec3 const& tip, double slack)
{
    if (watch.place) return glm::length(tip - *watch.place) < slack * watch.within_mm;
    return nearest_place(watch.way, tip).edge + 1 == int(watch.way.edges.size()) &&
           beyond_wall_mm(watch.way, tip) < (slack - 1) * watch.within_mm;
}

} // namespace

/// Why the place of an order cannot be watched for; empty = it is, or there is none.
std::string VesselWork::watch(Way const& way, VesselTool& held, MoveTool const& order) const
{
    if (order.until_at.empty()) {
        held.watch.reset();
        return {};
    }
    if (held.watch && held.watch->to == order.until_at) { // what is there stays there, unless it is to come nearer
        bool const comes_nearer = order.within_mm < held.watch->within_mm;
        if (comes_nearer) held.watch->is_there = false;
        held.watch->within_mm = order.within_mm;
        held.watch->doing = TipWatch::Doing::going;
        if (comes_nearer || order.beyond_mm == 0) held.watch->goes_on = false; // else not begun again
        return {};
    }
    TipWatch watch;
    watch.way = side_of(way.access_mm);
    VesselRoute const route = route_to(watch.way, patient_->lumens.landmarks, way.access, order.until_at, 0);
    if (!route.problem.empty())
        return held.tool->title + " cannot be brought to '" + order.until_at + "': " + route.problem;
    if (!watch.way.find_edge(order.until_at)) watch.place = patient_->lumens.landmarks.at(order.until_at);
    std::vector<LumenEdge> edges;
    for (int const edge : route.edges) edges.push_back(watch.way.edges[std::size_t(edge)]);
    watch.way.edges = std::move(edges);
    watch.to = order.until_at;
    watch.within_mm = order.within_mm;
    held.watch = std::move(watch);
    return {};
}

/// What the hand does in this tick in place of what it was told; empty = as it was told.
std::optional<MoveTool> VesselWork::watched(Way& way, int tool) const
{
    VesselTool& held = way.held[std::size_t(tool)];
    ToolState const& state = way.tools.state(tool);
    if (!held.watch || state.inserted_mm <= 0) return {};
    TipWatch& watch = *held.watch;
    Vec3 const tip = way.wall->rest_of(tip_of(way, tool));
    // On its way beyond a place it may leave it again: what counts is where it came there.
    if (!watch.goes_on) {
        bool const was_there = watch.is_there;
        watch.is_there = is_there(watch, tip, was_there ? leaves_at : 1);
        if (watch.is_there && !was_there) watch.came_at_mm = state.inserted_mm;
        watch.goes_on = watch.is_there && held.motion.beyond_mm > 0;
    }
    if (watch.goes_on) {
        double const goal = watch.came_at_mm + held.motion.beyond_mm;
        return MoveTool{{}, std::copysign(held.motion.push_mm_s, goal - state.inserted_mm), 0, goal, {}};
    }
    if (watch.is_there) return MoveTool{};
    std::optional<double> const astray_rad = held.motion.astray_rad;
    if (!astray_rad) return {};
    double const beyond = beyond_wall_mm(watch.way, tip);
    switch (watch.doing) {
    case TipWatch::Doing::going:
        if (beyond < astray_mm) return {};
        watch.doing = TipWatch::Doing::drawing_back;
        [[fallthrough]];
    case TipWatch::Doing::drawing_back:
        if (beyond > given_mm) watch.back_to_mm = std::max(0.0, state.inserted_mm - back_mm);
        if (state.inserted_mm > watch.back_to_mm + 1e-6) return MoveTool{{}, -back_mm_s, 0, watch.back_to_mm, {}};
        watch.doing = TipWatch::Doing::turning;
        watch.turned_to = state.turned_rad + *astray_rad;
        watch.rests_s = rest_s;
        [[fallthrough]];
    case TipWatch::Doing::turning:
        if (double const left = watch.turned_to - state.turned_rad; std::abs(left) > 1e-6)
            return MoveTool{{}, 0, std::copysign(turn_rad_s, left), {}, watch.turned_to};
        if ((watch.rests_s -= tick_s) > 0) return MoveTool{};
        watch.doing = TipWatch::Doing::going;
    }
    return {};
}

} // namespace fluoro
