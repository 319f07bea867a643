// Tools that are in already: laid along a way at once, as the hand would have left them.
#include "coaxial_impl.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>

namespace fluoro {

using namespace coaxial;

namespace {

/// A polyline by the distance along it, with a frame that does not turn about it.
class WayFrames {
public:
    explicit WayFrames(std::span<Vec3 const> points)
    {
        for (Vec3 const& p : points) {
            if (!points_.empty() && glm::length(p - points_.back()) < 1e-6) continue;
            along_.push_back(points_.empty() ? 0 : along_.back() + glm::length(p - points_.back()));
            points_.push_back(p);
        }
        FLUORO_EXPECT(points_.size() >= 2);
    }
    double length_mm() const { return along_.back(); }
    /// Beyond its ends it goes straight on.
    Vec3 at(double s) const
    {
        std::size_t n = 1;
        while (n + 1 < points_.size() && along_[n] < s) ++n;
        double const t = (s - along_[n - 1]) / (along_[n] - along_[n - 1]);
        return points_[n - 1] + t * (points_[n] - points_[n - 1]);
    }

private:
    std::vector<Vec3> points_;
    std::vector<double> along_;
};

/// The frame whose third axis points along `to`, on the shortest way from `from`.
glm::dquat carried_on(glm::dquat const& from, Vec3 const& to)
{
    Vec3 const axis = from * Vec3{0, 0, 1};
    glm::dquat by{1 + glm::dot(axis, to), glm::cross(axis, to)};
    if (glm::length(by) < 1e-9) return from;
    return glm::normalize(glm::normalize(by) * from);
}

} // namespace

/// Segments as the hand would have brought them in: docs/theory/rods.md "Tools that are in already".
void CoaxialTools::lay(std::span<Vec3 const> way_mm, std::span<LaidTool const> laid)
{
    Impl& i = *impl_;
    FLUORO_EXPECT(laid.size() == i.carried.size() && !i.carried.empty());
    i.clear();
    WayFrames const way{way_mm};
    for (std::size_t t = 0; t < i.carried.size(); ++t) {
        Carried& tool = i.carried[t];
        tool.state = {};
        tool.state.inserted_mm = std::clamp(laid[t].inserted_mm, 0.0, tool.profile.length_mm());
        tool.state.turned_rad = laid[t].turned_rad;
        tool.push_mm_s = tool.turn_rad_s = tool.moves_mm_s = tool.turns_rad_s = 0;
        tool.grip_n = tool.grip_n_mm = tool.felt_push_n = tool.felt_torque_n_mm = tool.felt_tip_n = 0;
        if (tool.state.inserted_mm > i.carried[i.leader].state.inserted_mm) i.leader = t;
    }
    double const inserted = i.carried[i.leader].state.inserted_mm;
    if (inserted <= 0) return;
    i.lay_segments();
    std::span<RodSegment> const segments = i.rod.segments();
    double const rolled = i.carried[i.leader].state.turned_rad;
    glm::dquat turn = i.access_turn * glm::dquat{std::cos(rolled / 2), 0, 0, std::sin(rolled / 2)};
    for (std::size_t n = 0; n < segments.size(); ++n) {
        double const to_tip = i.segment_to_tip_mm[n], half = segments[n].length_mm / 2, s = inserted - to_tip;
        segments[n].is_held = n == 0;
        segments[n].velocity_mm_s = segments[n].spin_rad_s = Vec3{0};
        if (n == 0) continue; // stands at the access
        turn = carried_on(turn, glm::normalize(way.at(s + half) - way.at(s - half)));
        segments[n].at_mm = way.at(s);
        segments[n].turn = turn;
    }
    i.hold_base();
    i.merge();
    i.publish();
}

void CoaxialTools::put_in(int tool, double inserted_mm)
{
    FLUORO_EXPECT(tool >= 0 && std::size_t(tool) < impl_->carried.size());
    FLUORO_EXPECT(inserted_mm <= impl_->carried[impl_->leader].state.inserted_mm);
    Carried& inner = impl_->carried[std::size_t(tool)];
    inner.state.inserted_mm = inserted_mm;
    std::ranges::fill(inner.angle_rad, inner.state.turned_rad - impl_->carried[impl_->leader].state.turned_rad);
}

void CoaxialTools::Impl::follow_lead()
{
    double const behind = carried[leader].state.inserted_mm - carried[std::size_t(lead->tool)].state.inserted_mm;
    for (std::size_t n = 2; n < rod.segments().size(); ++n) {
        RodSegment& segment = rod.segments()[n];
        double const to_tip = segment_to_tip_mm[n] - behind;
        segment.guide_n_mm = to_tip >= 0 && to_tip <= led_mm ? lead_n_mm * segment.length_mm : 0;
        segment.guide_at_mm = lead->at_mm;
        segment.guide_along = lead->along;
    }
}

void CoaxialTools::lead_tip(std::optional<TipLead> const& lead)
{
    impl_->lead = lead;
    if (!lead)
        for (std::size_t n = 2; n < impl_->rod.segments().size(); ++n) impl_->rod.segments()[n].guide_n_mm = 0;
}

/// Least bending energy along a way: the shape's own curvature toward the way's.
double CoaxialTools::easiest_turn_rad(int tool, std::span<Vec3 const> way_mm, double inserted_mm) const
{
    WayFrames const way{way_mm};
    ToolProfile const& profile = impl_->carried.at(std::size_t(tool)).profile;
    constexpr double step = 2;
    glm::dquat turn = impl_->access_turn;
    double with = 0, across = 0;
    Vec3 before = turn * Vec3{0, 0, 1};
    for (double s = step; s + step <= inserted_mm; s += step) {
        Vec3 const next = glm::normalize(way.at(s + step) - way.at(s));
        Vec3 const bent = glm::conjugate(turn) * glm::cross(before, next) / step;
        turn = carried_on(turn, next);
        before = next;
        ProfileStretch const own = profile.stretch(inserted_mm - s, inserted_mm - s + step);
        with += own.bending_n_mm2 * (own.rest_per_mm.x * bent.x + own.rest_per_mm.y * bent.y);
        across += own.bending_n_mm2 * (own.rest_per_mm.x * bent.y - own.rest_per_mm.y * bent.x);
    }
    return std::atan2(across, with);
}

} // namespace fluoro
