#include "coaxial_impl.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <fluoro/core/expect.hpp>

namespace fluoro {

using namespace coaxial;

namespace {

constexpr double out_mm = 1e-6; ///< a tool in by less is out

/// A tool in a hand that wants to move it: it begins to slip at four fifths of what the hand can hold, and is driven
/// back by more than that.
double slipping(double speed, double force, double most, double slip)
{
    double const against = speed > 0 ? force : -force;
    double const back = std::clamp((std::abs(force) - most) / most, 0.0, 1.0) * slip;
    return speed * std::clamp(5 * (1 - against / most), 0.0, 1.0) - std::copysign(back, force);
}

/// Turns the third axis to `direction` on the shortest way.
glm::dquat turn_to(Vec3 const& direction)
{
    if (direction.z < -0.999999) return {0, 1, 0, 0};
    return glm::normalize(glm::dquat{1 + direction.z, -direction.y, direction.x, 0});
}

} // namespace

CoaxialTools::Impl::Impl(Access const& at)
    : access{at.at_mm, glm::normalize(at.direction)}, access_turn{turn_to(glm::normalize(at.direction))}
{
    segment_to_tip_mm.reserve(most_segments);
    line.reserve(most_segments + 2);
    along_mm.reserve(most_segments + 2);
    breaches.reserve(most_breaches);
}

/// A hand moves its tool until it would have to press harder than it can.
void CoaxialTools::Impl::move_hands(double dt_s)
{
    for (Carried& tool : carried) {
        double const before = tool.state.inserted_mm;
        double const full = rod.segments().size() + 2 > most_segments ? before : tool.profile.length_mm();
        double const speed = slipping(tool.push_mm_s, tool.grip_n, most_push_n, slip_mm_s);
        double const wanted = before + dt_s * speed;
        tool.state.inserted_mm = wanted < out_mm ? 0 : std::min(wanted, std::max(full, before));
        tool.moves_mm_s = (tool.state.inserted_mm - before) / dt_s;
        tool.turns_rad_s = slipping(tool.turn_rad_s, tool.grip_n_mm, tool.most_torque_n_mm, slip_rad_s);
        tool.state.turned_rad += dt_s * tool.turns_rad_s;
    }
}

void CoaxialTools::Impl::substep(Wall const& wall, double dt_s, double wall_age_s, StageClock* clock)
{
    move_hands(dt_s);
    choose_leader();
    if (carried[leader].state.inserted_mm <= 0) {
        clear();
        return;
    }
    lay_segments();
    hold_base();
    if (lead) follow_lead();
    merge();
    lap(clock, ToolStage::line);
    if (carried.size() > 1) {
        twist_others(dt_s);
        twist_leader(dt_s);
    }
    lap(clock, ToolStage::twist);
    for (std::size_t j = 0; j < rod.joints().size(); ++j) shape_joint(j);
    follow_hole(wall, dt_s);
    lap(clock, ToolStage::line);
    rod.step(wall, dt_s, {carried[leader].moves_mm_s, carried[leader].turns_rad_s}, wall_age_s, clock);
    feel(dt_s);
    breach(wall);
    lap(clock, ToolStage::forces);
}

void CoaxialTools::Impl::publish()
{
    line.clear();
    along_mm.clear();
    std::span<RodSegment const> const segments = rod.segments();
    if (segments.empty()) return;
    double const inserted = carried[leader].state.inserted_mm;
    double const turned = carried[leader].state.turned_rad;
    line.push_back({access.at_mm, access_turn * glm::dquat{std::cos(turned / 2), 0, 0, std::sin(turned / 2)}});
    along_mm.push_back(0);
    for (std::size_t i = 0; i < segments.size(); ++i) {
        RodSegment const& segment = segments[i];
        double const at = inserted - segment_to_tip_mm[i] + segment.length_mm / 2;
        if (at <= 0) continue;
        glm::dquat const turn =
            i + 1 < segments.size() ? glm::slerp(segment.turn, segments[i + 1].turn, 0.5) : segment.turn;
        line.push_back({segment.at_mm + segment.length_mm / 2 * (segment.turn * Vec3{0, 0, 1}), turn});
        along_mm.push_back(at);
    }
}

CoaxialTools::CoaxialTools(Access const& access) : impl_{std::make_unique<Impl>(access)} {}
CoaxialTools::~CoaxialTools() = default;

std::string CoaxialTools::add(std::shared_ptr<Tool const> tool)
{
    ToolProfile const profile{*tool};
    for (std::size_t t = 0; t < impl_->carried.size(); ++t) {
        ToolProfile const& other = impl_->carried[t].profile;
        Tool const& named = *impl_->tools[t];
        if (profile.widest_mm() <= other.narrowest_inner_mm() || other.widest_mm() <= profile.narrowest_inner_mm())
            continue;
        return "'" + tool->title + "' goes neither into nor over '" + named.title +
               "': one must be narrower than the other's inside; take it out first or choose another size";
    }
    Carried carried{*tool};
    carried.kind = tool->kind;
    carried.angle_rad.reserve(most_segments);
    carried.rate_rad_s.reserve(most_segments);
    std::size_t const segments = impl_->rod.segments().size();
    double const leads = impl_->carried.empty() ? 0 : impl_->carried[impl_->leader].state.turned_rad;
    carried.angle_rad.assign(segments, -leads);
    carried.rate_rad_s.assign(segments, 0.0);
    carried.joints.resize(most_segments);
    carried.holds.resize(most_segments);
    impl_->carried.push_back(std::move(carried));
    impl_->tools.push_back(std::move(tool));
    return {};
}

std::string CoaxialTools::take_out(int tool)
{
    FLUORO_EXPECT(tool >= 0 && std::size_t(tool) < impl_->carried.size());
    auto const n = std::ptrdiff_t(tool);
    if (double const in = impl_->carried[std::size_t(tool)].state.inserted_mm; in > 0)
        return "'" + impl_->tools[std::size_t(tool)]->title + "' is still in by " + std::to_string(std::lround(in)) +
               " mm: draw it back to the access first";
    impl_->carried.erase(impl_->carried.begin() + n);
    impl_->tools.erase(impl_->tools.begin() + n);
    if (impl_->leader > std::size_t(tool)) --impl_->leader;
    if (impl_->carried.empty()) impl_->clear();
    if (impl_->leader >= impl_->carried.size()) impl_->leader = 0;
    return {};
}

void CoaxialTools::hold(int tool, double push_mm_s, double turn_rad_s)
{
    FLUORO_EXPECT(tool >= 0 && std::size_t(tool) < impl_->carried.size());
    impl_->carried[std::size_t(tool)].push_mm_s = push_mm_s;
    impl_->carried[std::size_t(tool)].turn_rad_s = turn_rad_s;
}

void CoaxialTools::advance(Wall const& wall, double dt_s, StageClock* clock)
{
    if (impl_->carried.empty()) return;
    int const steps = std::max(1, int(std::ceil(dt_s / substep_s - 1e-6)));
    for (int n = 0; n < steps; ++n) impl_->substep(wall, dt_s / steps, n * dt_s / steps, clock);
    impl_->publish();
    lap(clock, ToolStage::line);
}

std::span<std::shared_ptr<Tool const> const> CoaxialTools::tools() const
{
    return impl_->tools;
}
ToolState const& CoaxialTools::state(int tool) const
{
    return impl_->carried.at(std::size_t(tool)).state;
}
std::span<RodFrame const> CoaxialTools::line() const
{
    return impl_->line;
}
std::span<double const> CoaxialTools::along_mm() const
{
    return impl_->along_mm;
}
std::span<WallBreach const> CoaxialTools::breaches() const
{
    return impl_->breaches;
}
double CoaxialTools::widest_gap_mm() const
{
    return impl_->rod.widest_gap_mm();
}

double CoaxialTools::deepest_mm() const
{
    double deepest = -1e9;
    for (RodSegment const& segment : impl_->rod.segments())
        if (!segment.is_held && !segment.is_beyond_wall) deepest = std::max(deepest, segment.depth_mm);
    return deepest;
}

/// FNV-1a over the bits of all that moves.
std::uint64_t CoaxialTools::state_hash() const
{
    std::uint64_t hash = 0xcbf29ce484222325;
    auto const add = [&](double value) { hash = (hash ^ std::bit_cast<std::uint64_t>(value)) * 0x100000001b3; };
    for (RodSegment const& segment : impl_->rod.segments()) {
        for (int k = 0; k < 3; ++k) {
            add(segment.at_mm[k]);
            add(segment.velocity_mm_s[k]);
            add(segment.spin_rad_s[k]);
        }
        for (double const part : {segment.turn.w, segment.turn.x, segment.turn.y, segment.turn.z}) add(part);
    }
    for (Carried const& tool : impl_->carried) {
        for (double const value : {tool.state.inserted_mm, tool.state.turned_rad, tool.felt_push_n}) add(value);
        for (double const angle : tool.angle_rad) add(angle);
    }
    return hash;
}

} // namespace fluoro
