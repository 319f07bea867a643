// Tools that lie in when a session begins: laid along the way, brought to rest on their seat, let go of.
#include "instruments_impl.hpp"
#include "vessel_route.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/instruments/tool_library.hpp>

namespace fluoro {
namespace {

constexpr double step_s = 1.0 / 60;
/// A hand that seeks the seat: speeds per millimetre off it and per torque, limits, how near is there, for how long.
constexpr double push_per_s = 3, most_mm_s = 20, turn_per_n_mm_s = 3, most_rad_s = 3;
constexpr double there_mm = 0.3, there_n_mm = 0.05, seek_s = 6, ease_s = 1, settle_s = 3;
/// It has stayed when its tip is this near the place that was named and moves no more than that in the last half
/// second.
constexpr double stayed_mm = 6, still_mm = 0.1;
constexpr double led_over_mm = 3; ///< the way's direction at its end

/// A wall without friction, to find the place of least energy.
class SlickWall final : public Wall {
public:
    explicit SlickWall(Wall const& wall) : wall_{wall} {}
    WallTouch touch(Vec3 const& at_mm) const override
    {
        WallTouch touch = wall_.touch(at_mm);
        touch.friction = 0;
        return touch;
    }

private:
    Wall const& wall_;
};

double length_of(std::vector<Vec3> const& points)
{
    double length = 0;
    for (std::size_t n = 1; n < points.size(); ++n) length += glm::length(points[n] - points[n - 1]);
    return length;
}

Vec3 direction_at_end(std::vector<Vec3> const& points)
{
    std::size_t n = points.size() - 1;
    double way = 0;
    while (n > 0 && way < led_over_mm) {
        way += glm::length(points[n] - points[n - 1]);
        --n;
    }
    return glm::normalize(points.back() - points[n]);
}

/// Lays the only tool of a way in and lets it find its rest. Where its tip has come to.
Vec3 seat(CoaxialTools& tools, Wall const& wall, std::vector<Vec3> const& way, double eased_mm)
{
    double const length = length_of(way);
    Vec3 const goal = way.back(), along = direction_at_end(way);
    LaidTool const laid{length, tools.easiest_turn_rad(0, way, length)};
    tools.lay(way, {&laid, 1});
    tools.lead_tip(TipLead{0, goal, along});
    SlickWall const slick{wall};
    for (double s = 0; s < seek_s; s += step_s) {
        double const off = glm::dot(goal - tools.line().back().at_mm, along), torque = tools.state(0).torque_n_mm;
        if (s > 1 && std::abs(off) < there_mm && std::abs(torque) < there_n_mm) break;
        tools.hold(0, std::clamp(push_per_s * off, -most_mm_s, most_mm_s),
                   std::clamp(-turn_per_n_mm_s * torque, -most_rad_s, most_rad_s));
        tools.advance(slick, step_s);
    }
    for (double s = 0; s < ease_s - step_s / 2; s += step_s) {
        tools.hold(0, -eased_mm / ease_s, 0);
        tools.advance(wall, step_s);
    }
    tools.hold(0, 0, 0);
    tools.lead_tip({});
    Vec3 before{0};
    for (double s = 0; s < settle_s; s += step_s) {
        if (s < settle_s - 0.5) before = tools.line().back().at_mm;
        tools.advance(wall, step_s);
    }
    Vec3 const tip = tools.line().back().at_mm;
    return glm::length(tip - before) < still_mm ? tip : Vec3{1e9};
}

} // namespace

/// docs/theory/rods.md "Tools that are in already"
std::string VesselWork::begin(ToolInPlace const& wish, std::shared_ptr<Tool const> tool, Body const* body)
{
    TakeTool const as_taken{wish.tool, wish.access, true};
    auto const first = ways_.find(wish.access);
    if (wish.to.empty()) {
        if (first == ways_.end()) return tool->title + " lies in nothing: say where its tip is";
        double const reach = first->second.tools.state(0).inserted_mm + wish.beyond_mm;
        if (wish.beyond_mm > 0 || reach <= 0 || reach > tool->length_mm())
            return tool->title + " cannot lie inside " + first->second.held[0].tool->title + " so far";
        if (auto refusal = take(tool, as_taken); !refusal.empty()) return refusal;
        auto const [way, n] = find(tool->name);
        way->tools.put_in(n, reach);
        for (double s = 0; s < settle_s; s += step_s) way->tools.advance(way->tight, step_s);
        return {};
    }
    if (first != ways_.end())
        return tool->title + " lies in another tool: it begins inside it, without a place of its own";
    Access const at = find_access(patient_->lumens, wish.access);
    VesselRoute route = route_to(side_of(at.at_mm), patient_->lumens.landmarks, at, wish.to, wish.beyond_mm);
    if (!route.problem.empty()) return tool->title + " cannot lie at '" + wish.to + "': " + route.problem;
    if (double const length = length_of(route.points_mm); length > tool->length_mm())
        return tool->title + " is too short for '" + wish.to + "': the way is " + std::to_string(std::lround(length)) +
               " mm long";
    if (auto refusal = take(tool, as_taken); !refusal.empty()) return refusal;
    Way& way = *find(tool->name).first;
    if (body) way.wall->stand(body->motion(), body->pose(), 0);
    if (body)
        for (Vec3& p : route.points_mm) p = body->motion().moved(p, body->pose());
    Vec3 const tip = seat(way.tools, way.tight, route.points_mm, wish.eased_mm);
    if (glm::length(tip - route.points_mm.back()) > stayed_mm || !way.tools.breaches().empty())
        return tool->title + " does not stay at '" + wish.to +
               "': it springs off; choose another shape, beyond_mm or eased_mm";
    return {};
}

} // namespace fluoro
