// The line that tools one in another share: its segments, what they are made of, the twist of each tool along it.
#include "coaxial_impl.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace fluoro {

using namespace coaxial;

double coaxial::segment_mm(double to_tip_mm)
{
    if (to_tip_mm < 1) return 1;
    if (to_tip_mm < 60) return 2;
    return to_tip_mm < 150 ? 3 : 6;
}

/// The line is of the matter of the tool furthest in. Where another comes to lead, both tips are in one place: only the
/// mark that twist is counted from changes.
void CoaxialTools::Impl::choose_leader()
{
    std::size_t next = leader;
    for (std::size_t t = 0; t < carried.size(); ++t)
        if (carried[t].state.inserted_mm > carried[next].state.inserted_mm) next = t;
    if (next == leader) return;
    std::span<RodSegment> const segments = rod.segments();
    Carried& now = carried[next];
    for (std::size_t i = 0; i < segments.size(); ++i) {
        double const by = now.angle_rad[i];
        segments[i].turn = segments[i].turn * glm::dquat{std::cos(by / 2), 0, 0, std::sin(by / 2)};
        segments[i].spin_rad_s += now.rate_rad_s[i] * (segments[i].turn * Vec3{0, 0, 1});
        for (std::size_t t = 0; t < carried.size(); ++t) {
            if (t == next) continue;
            carried[t].angle_rad[i] -= by;
            carried[t].rate_rad_s[i] -= now.rate_rad_s[i];
        }
        now.angle_rad[i] = now.rate_rad_s[i] = 0;
    }
    leader = next;
}

void CoaxialTools::Impl::clear()
{
    while (!rod.segments().empty()) rod.take_from_base();
    for (Carried& tool : carried) {
        tool.angle_rad.clear();
        tool.rate_rad_s.clear();
    }
    held_off_mm = Vec3{0};
    held_turn = {1, 0, 0, 0};
    hole.reset();
}

/// Segments belong to the matter of the leader: they come in at the access and go out there.
void CoaxialTools::Impl::lay_segments()
{
    double const inserted = carried[leader].state.inserted_mm;
    double base_end = 0; // distance from the tip to the end of the segment at the base
    for (RodSegment const& segment : rod.segments()) base_end += segment.length_mm;
    auto const base_at = [&] {
        return inserted - base_end + (rod.segments().empty() ? 0 : rod.segments()[0].length_mm / 2);
    };
    while (rod.segments().empty() || base_at() > 0) {
        RodSegment segment;
        segment.length_mm = segment_mm(base_end);
        segment.is_held = true;
        if (!rod.segments().empty()) {
            RodSegment& freed = rod.segments()[0];
            freed.is_held = false;
            Vec3 const tip = freed.turn * Vec3{0, 0, 1};
            freed.velocity_mm_s = carried[leader].moves_mm_s * tip;
            freed.spin_rad_s = carried[leader].turns_rad_s * tip;
            segment.turn = freed.turn;
        }
        rod.put_at_base(segment);
        for (Carried& tool : carried) {
            double const angle = tool.state.turned_rad - carried[leader].state.turned_rad;
            tool.angle_rad.insert(tool.angle_rad.begin(), angle);
            tool.rate_rad_s.insert(tool.rate_rad_s.begin(), 0.0);
        }
        base_end += segment.length_mm;
        held_off_mm = Vec3{0};
        held_turn = {1, 0, 0, 0};
    }
    while (rod.segments().size() > 1) {
        std::span<RodSegment> const segments = rod.segments();
        double const next_at = base_at() + (segments[0].length_mm + segments[1].length_mm) / 2;
        if (next_at > 0) break;
        base_end -= segments[0].length_mm;
        rod.take_from_base();
        for (Carried& tool : carried) {
            tool.angle_rad.erase(tool.angle_rad.begin());
            tool.rate_rad_s.erase(tool.rate_rad_s.begin());
        }
        RodSegment& held = rod.segments()[0];
        held.is_held = true;
        double const turned = carried[leader].state.turned_rad;
        held_off_mm = held.at_mm - (access.at_mm + next_at * access.direction);
        held_turn =
            held.turn * glm::conjugate(access_turn * glm::dquat{std::cos(turned / 2), 0, 0, std::sin(turned / 2)});
        if (held_turn.w < 0) held_turn = -held_turn;
    }
    segment_to_tip_mm.resize(rod.segments().size());
    double to_tip = 0;
    for (std::size_t i = rod.segments().size(); i-- > 0;) {
        segment_to_tip_mm[i] = to_tip + rod.segments()[i].length_mm / 2;
        to_tip += rod.segments()[i].length_mm;
    }
}

/// The held segment stands on the axis of the access; one that was drawn back into it comes to the axis over its way.
void CoaxialTools::Impl::hold_base()
{
    RodSegment& held = rod.segments()[0];
    double const inserted = carried[leader].state.inserted_mm, turned = carried[leader].state.turned_rad;
    double const at = inserted - segment_to_tip_mm[0];
    double const way = (held.length_mm + segment_mm(segment_to_tip_mm[0] + held.length_mm / 2)) / 2;
    double const off = std::clamp(1 + at / way, 0.0, 1.0);
    held.at_mm = access.at_mm + at * access.direction + off * held_off_mm;
    // The first free one is let go of by and by, so that the line does not notice where one segment ends.
    if (rod.segments().size() > 1) {
        RodSegment& first = rod.segments()[1];
        double const out = std::clamp(1 + at / way, 1e-6, 1.0);
        first.guide_n_mm = guide_n_mm * (1 - out) * (1 - out) / out;
        first.guide_at_mm = access.at_mm;
        first.guide_along = access.direction;
    }
    for (std::size_t i = 2; i < std::min<std::size_t>(4, rod.segments().size()); ++i) rod.segments()[i].guide_n_mm = 0;
    held.turn = glm::slerp(glm::dquat{1, 0, 0, 0}, held_turn, off) * access_turn *
                glm::dquat{std::cos(turned / 2), 0, 0, std::sin(turned / 2)};
}

std::size_t CoaxialTools::Impl::outermost(double line_mm) const
{
    std::size_t outer = leader;
    double widest = 0;
    for (std::size_t t = 0; t < carried.size(); ++t) {
        double const to_tip = carried[t].state.inserted_mm - line_mm;
        if (to_tip < 0) continue;
        if (double const width = carried[t].profile.outer_mm(to_tip); width > widest) {
            widest = width;
            outer = t;
        }
    }
    return outer;
}

void CoaxialTools::Impl::dress_segment(std::size_t i)
{
    RodSegment& segment = rod.segments()[i];
    Carried const& first = carried[leader];
    double const at = std::min(first.state.inserted_mm - segment_to_tip_mm[i], first.state.inserted_mm);
    std::size_t const t = outermost(at);
    Carried const& outer = carried[t];
    double const to_tip = outer.state.inserted_mm - at;
    segment.outer_mm = outer.profile.outer_mm(to_tip);
    segment.friction = outer.profile.friction(to_tip);
    segment.is_covered = t != leader;
    segment.surface_mm_s = outer.moves_mm_s - first.moves_mm_s;
    segment.surface_rad_s = segment.is_covered ? outer.rate_rad_s[i] : 0;
}

/// Stiffnesses add. docs/theory/rods.md eq. 9.
void CoaxialTools::Impl::merge_joint(std::size_t j)
{
    std::span<RodSegment const> const segments = rod.segments();
    RodJoint& joint = rod.joints()[j];
    double const length = (segments[j].length_mm + segments[j + 1].length_mm) / 2;
    double const at = carried[leader].state.inserted_mm - segment_to_tip_mm[j + 1] - segments[j + 1].length_mm / 2;
    glm::dquat p = glm::conjugate(segments[j].turn) * segments[j + 1].turn;
    if (p.w < 0) p = -p;
    joint.bending_n_mm2 = joint.torsion_n_mm2 = 0;
    for (Carried& tool : carried) {
        double const far = tool.state.inserted_mm - at + length / 2, near = std::max(far - length, 0.0);
        TwistJoint& own = tool.joints[j];
        own = {};
        if (far - near < 1e-3 * length) continue;
        double const share = (far - near) / length;
        ProfileStretch const stretch = tool.profile.stretch(near, far);
        own.length_mm = length;
        own.bending_n_mm2 = share * stretch.bending_n_mm2;
        own.torsion_n_mm2 = share * stretch.torsion_n_mm2;
        own.rest_per_mm = stretch.rest_per_mm;
        own.bent_per_mm = 2 / length * Vec2{p.x, p.y};
        own.line_rad_per_mm = 2 / length * p.z;
        joint.bending_n_mm2 += own.bending_n_mm2;
        joint.torsion_n_mm2 += own.torsion_n_mm2;
    }
}

/// Shapes and twists pull with their stiffness. docs/theory/rods.md eq. 9.
void CoaxialTools::Impl::shape_joint(std::size_t j)
{
    RodJoint& joint = rod.joints()[j];
    double twist = 0;
    Vec2 rest{0};
    for (Carried const& tool : carried) {
        TwistJoint const& own = tool.joints[j];
        if (own.length_mm <= 0) continue;
        double const angle = (tool.angle_rad[j] + tool.angle_rad[j + 1]) / 2;
        double const c = std::cos(angle), s = std::sin(angle);
        rest += own.bending_n_mm2 *
                Vec2{c * own.rest_per_mm.x - s * own.rest_per_mm.y, s * own.rest_per_mm.x + c * own.rest_per_mm.y};
        twist += own.torsion_n_mm2 * (tool.angle_rad[j] - tool.angle_rad[j + 1]) / own.length_mm;
    }
    joint.rest_per_mm = Vec3{rest / joint.bending_n_mm2, twist / joint.torsion_n_mm2};
}

void CoaxialTools::Impl::merge()
{
    for (std::size_t i = 0; i < rod.segments().size(); ++i) dress_segment(i);
    for (std::size_t j = 0; j < rod.joints().size(); ++j) merge_joint(j);
}

/// Every tool but the leader twists along the line as it lies.
void CoaxialTools::Impl::twist_others(double dt_s)
{
    std::span<RodSegment const> const segments = rod.segments();
    for (std::size_t t = 0; t < carried.size(); ++t) {
        Carried& tool = carried[t];
        tool.reaches = 0;
        if (t == leader || tool.state.inserted_mm <= 0) continue;
        while (tool.reaches < rod.joints().size() && tool.joints[tool.reaches].torsion_n_mm2 > 0) ++tool.reaches;
        std::size_t const nodes = tool.reaches + 1;
        double const hub = tool.state.turned_rad - carried[leader].state.turned_rad;
        for (std::size_t i = 0; i < nodes; ++i) {
            // On the wall its matter stands still where it turns back as far as the leader's turned on.
            double const turned_on = dt_s * glm::dot(segments[i].spin_rad_s, segments[i].turn * Vec3{0, 0, 1});
            bool const is_outer =
                segments[i].is_covered && outermost(carried[leader].state.inserted_mm - segment_to_tip_mm[i]) == t;
            tool.holds[i] = {is_outer ? segments[i].spin_drag_n_mm_s / dt_s : 0, -turned_on};
            tool.rate_rad_s[i] = -tool.angle_rad[i];
        }
        tool.angle_rad[0] = hub;
        if (nodes > 1) {
            double const inertia = 1e-4 * tool.joints[0].torsion_n_mm2 / tool.joints[0].length_mm;
            tool.twist.relax(std::span{tool.joints}.first(nodes - 1), std::span{tool.holds}.first(nodes),
                             std::span{tool.angle_rad}.first(nodes), inertia);
        }
        for (std::size_t i = 0; i < nodes; ++i) tool.rate_rad_s[i] = (tool.rate_rad_s[i] + tool.angle_rad[i]) / dt_s;
        for (std::size_t i = nodes; i < tool.angle_rad.size(); ++i) {
            tool.angle_rad[i] = tool.angle_rad[nodes - 1];
            tool.rate_rad_s[i] = 0;
        }
    }
}

/// The leader's own twist, the others standing still in space: the rod's step turns all of them together, and would
/// let a soft wire in a stiff catheter come to rest in many steps only.
void CoaxialTools::Impl::twist_leader(double dt_s)
{
    std::span<RodSegment> const segments = rod.segments();
    Carried& first = carried[leader];
    std::size_t const nodes = segments.size();
    if (nodes < 2) return;
    for (std::size_t i = 0; i < nodes; ++i) {
        first.holds[i] = {segments[i].is_covered ? 0 : segments[i].spin_drag_n_mm_s / dt_s, 0};
        first.angle_rad[i] = 0;
    }
    double const inertia = 1e-4 * first.joints[0].torsion_n_mm2 / first.joints[0].length_mm;
    first.twist.relax(std::span{first.joints}.first(nodes - 1), std::span{first.holds}.first(nodes),
                      std::span{first.angle_rad}.first(nodes), inertia);
    for (std::size_t i = 0; i < nodes; ++i) {
        double const by = std::exchange(first.angle_rad[i], 0);
        segments[i].turn = segments[i].turn * glm::dquat{std::cos(by / 2), 0, 0, std::sin(by / 2)};
        for (std::size_t t = 0; t < carried.size(); ++t)
            if (t != leader) carried[t].angle_rad[i] -= by;
    }
}

} // namespace fluoro
