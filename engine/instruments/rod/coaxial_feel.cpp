// What a hand feels of its tools, and what a tip does to a wall that it is forced into.
#include "coaxial_impl.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {

using namespace coaxial;

namespace {

/// Of a joint about the line: the sine of half the angle.
double twist_in(RodSegment const& base, RodSegment const& tip)
{
    glm::dquat const p = glm::conjugate(base.turn) * tip.turn;
    return p.w < 0 ? -p.z : p.z;
}

} // namespace

/// End on, on the wall that faces a tool's tip.
double CoaxialTools::Impl::felt_tip(Carried const& tool) const
{
    double force = 0;
    double const behind = carried[leader].state.inserted_mm - tool.state.inserted_mm;
    for (std::size_t i = 0; i < rod.segments().size(); ++i) {
        RodSegment const& segment = rod.segments()[i];
        double const to_tip = segment_to_tip_mm[i] - behind;
        if (to_tip < 0 || to_tip > tip_mm) continue;
        force -= glm::dot(segment.wall_force_n, segment.turn * Vec3{0, 0, 1});
    }
    return std::max(force, 0.0);
}

void CoaxialTools::Impl::feel(double dt_s)
{
    double const share = std::min(1.0, dt_s / feeling_s);
    std::span<RodSegment const> const segments = rod.segments();
    std::span<RodJoint const> const joints = rod.joints();
    if (joints.empty()) return;
    double rest_push = -glm::dot(joints[0].force_n, segments[0].turn * Vec3{0, 0, 1});
    double tip_turned = carried[leader].state.turned_rad;
    for (std::size_t j = 0; j < joints.size(); ++j) {
        glm::dquat p = glm::conjugate(segments[j].turn) * segments[j + 1].turn;
        if (p.w < 0) p = -p;
        tip_turned += 2 * std::atan2(p.z, p.w);
        for (std::size_t t = 0; t < carried.size(); ++t)
            if (t != leader && j + 1 == carried[t].reaches)
                carried[t].state.tip_turned_rad = tip_turned + carried[t].angle_rad[j + 1];
    }
    carried[leader].state.tip_turned_rad = tip_turned;
    for (std::size_t t = 0; t < carried.size(); ++t) {
        Carried& tool = carried[t];
        if (t == leader) continue;
        double push = 0, press = 0;
        double const behind = carried[leader].state.inserted_mm - tool.state.inserted_mm;
        for (std::size_t i = 1; i < segments.size(); ++i)
            if (segments[i].is_covered && segment_to_tip_mm[i] >= behind &&
                outermost(carried[leader].state.inserted_mm - segment_to_tip_mm[i]) == t)
                push -= glm::dot(segments[i].wall_force_n, segments[i].turn * Vec3{0, 0, 1});
        // A tool that is bent otherwise than it would be presses on its neighbour where that changes.
        for (std::size_t j = 1; j < tool.reaches; ++j) {
            TwistJoint const &a = tool.joints[j - 1], &b = tool.joints[j];
            press += glm::length(b.bending_n_mm2 * (b.bent_per_mm - b.rest_per_mm) -
                                 a.bending_n_mm2 * (a.bent_per_mm - a.rest_per_mm)) /
                     bearing_mm;
        }
        double const over = tool.moves_mm_s - carried[leader].moves_mm_s;
        push += tool_on_tool * press * over / (std::abs(over) + 0.5);
        double const torque = tool.reaches > 0 ? twist_moment(tool.joints[0], tool.angle_rad[0], tool.angle_rad[1]) : 0;
        tool.grip_n = push;
        tool.grip_n_mm = torque;
        tool.felt_push_n += share * (push - tool.felt_push_n);
        tool.felt_torque_n_mm += share * (torque - tool.felt_torque_n_mm);
        rest_push -= push;
    }
    // The line's own twist is the leader's.
    Carried& first = carried[leader];
    double const rest_torque =
        -first.joints[0].torsion_n_mm2 * 2 * twist_in(segments[0], segments[1]) / first.joints[0].length_mm;
    first.grip_n = rest_push;
    first.grip_n_mm = rest_torque;
    first.felt_push_n += share * (rest_push - first.felt_push_n);
    first.felt_torque_n_mm += share * (rest_torque - first.felt_torque_n_mm);
    for (Carried& tool : carried) {
        if (tool.state.inserted_mm <= 0) tool.felt_push_n = tool.felt_torque_n_mm = tool.felt_tip_n = 0;
        tool.felt_tip_n += share * (felt_tip(tool) - tool.felt_tip_n);
        tool.state.push_n = tool.felt_push_n;
        tool.state.torque_n_mm = tool.felt_torque_n_mm;
        tool.state.tip_force_n = tool.felt_tip_n;
    }
}

void CoaxialTools::Impl::breach(Wall const& wall)
{
    for (std::size_t t = 0; t < carried.size(); ++t) {
        Carried const& tool = carried[t];
        if (hole || breaches.size() == most_breaches || tool.felt_tip_n < 1e-3) continue;
        double const behind = carried[leader].state.inserted_mm - tool.state.inserted_mm;
        std::size_t i = rod.segments().size() - 1;
        while (i > 0 && segment_to_tip_mm[i] < behind) --i;
        RodSegment const& tip = rod.segments()[i];
        WallTouch const touch = wall.touch(tip.at_mm);
        if (tool.felt_tip_n < touch.strength_n_mm * tool.profile.outer_mm(0)) continue;
        bool const is_wire = tool.kind == ToolKind::wire;
        // One lining lifts off once per place.
        bool const is_known = std::ranges::any_of(breaches, [&](WallBreach const& known) {
            return known.tool == int(t) && glm::length(known.at_mm - tip.at_mm) < 5;
        });
        if (is_wire || !is_known)
            breaches.push_back({is_wire ? WallBreach::What::perforation : WallBreach::What::dissection, int(t),
                                tip.at_mm, tool.felt_tip_n});
        if (is_wire && t == leader) hole = Hole{tip.at_mm, 0};
    }
}

/// What is beyond the hole feels no wall; a tip drawn back through it does again.
void CoaxialTools::Impl::follow_hole(Wall const& wall, double dt_s)
{
    std::span<RodSegment> const segments = rod.segments();
    if (!hole) return;
    hole->at_mm += dt_s * wall.touch(hole->at_mm).velocity_mm_s;
    std::size_t nearest = segments.size() - 1;
    for (std::size_t i = segments.size(); i-- > 1;) {
        if (segment_to_tip_mm[i] > hole->beyond_mm + 10) break;
        if (glm::length(segments[i].at_mm - hole->at_mm) < glm::length(segments[nearest].at_mm - hole->at_mm))
            nearest = i;
    }
    hole->beyond_mm = segment_to_tip_mm[nearest];
    bool const is_back = nearest + 1 == segments.size() && hole->beyond_mm < hole_mm &&
                         wall.touch(segments.back().at_mm).depth_mm + segments.back().outer_mm / 2 < 0;
    for (std::size_t i = 0; i < segments.size(); ++i)
        segments[i].is_beyond_wall =
            !is_back && i > 0 && i + 1 >= nearest && segment_to_tip_mm[i] < hole->beyond_mm + hole_mm;
    if (is_back) hole.reset();
}

} // namespace fluoro
