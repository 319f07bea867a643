#include <fluoro/instruments/rod.hpp>

#include "block_chain.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <vector>

namespace fluoro {

namespace {

constexpr double stretch_mm_n = 1e-7;    ///< what a joint gives: a steel wire's 1e-4 without its ringing
constexpr double longest_coast_mm = 0.5; ///< way on its own in a step: snaps stay slower than walls can catch
constexpr double widest_coast_rad = 0.3; ///< turn on its own in a step, likewise: what a joint's linear part stands
constexpr double known_mm = 0.1;         ///< so far from where it was asked for a wall counts as flat
constexpr double missed_mm = 0.3;        ///< a wall run through by more than this is met in a second pass
constexpr double stiffening_mm = 1;      ///< beyond this a wall lies on what is behind it
constexpr double open_mm = 0.05;         ///< wider gaps between segments are closed in the same step
constexpr int most_passes = 3, most_closings = 10;

Mat3 cross(Vec3 const& r)
{
    return Mat3{0, r.z, -r.y, -r.z, 0, r.x, r.y, -r.x, 0};
}

/// What one step knows of a segment.
struct Motion {
    Vec3 old_at, coast; ///< before the step; the way it would go alone
    glm::dquat old_turn;
    Vec3 tip, half;                 ///< unit, to the tip; from the middle to the end
    double tip_coast;               ///< turning about itself on its own [rad]
    double mass, across, about;     ///< mass and inertias times 1 / dt^2: N/mm, N mm/rad
    double yield_along, yield_wall; ///< mm/N along the wall and across it
    double yield_across, yield_about;
    WallTouch wall;
    double gap; ///< surface to the wall, positive = through it
    double press, drag, roll_drag;
    Vec3 wall_way; ///< of the wall in the step
    bool is_on_wall;
    Mat3 yield;
    Vec3 way; ///< found: of its middle
};

void put(Block& block, std::size_t row, std::size_t column, Mat3 const& part)
{
    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j) block[6 * (row + std::size_t(i)) + column + std::size_t(j)] = part[j][i];
}

} // namespace

struct Rod::Impl {
    RodSettings settings;
    std::vector<RodSegment> segments;
    std::vector<RodJoint> joints;
    std::vector<Motion> motions;
    std::vector<Mat3> bends;
    std::vector<ChainRow> rows;

    void weigh(std::size_t i);
    void coast(std::size_t i, Wall const& wall, double dt, RodFeed const& feed, double wall_age_s);
    void meet_wall(std::size_t i, double dt, RodFeed const& feed);
    void place(std::size_t i, double dt);
    void tie(std::size_t j);
    void solve(StageClock* clock);
    bool find_missed_walls();
    void settle(std::size_t i, double dt);
};

/// Mass from stiffness, docs/theory/rods.md eq. 5.
void Rod::Impl::weigh(std::size_t i)
{
    RodSegment const& segment = segments[i];
    Motion& motion = motions[i];
    double stiffness = 0, force = 0;
    for (std::size_t j = i > 0 ? i - 1 : 0; j <= i && j < joints.size(); ++j) {
        stiffness = std::max(stiffness, joints[j].bending_n_mm2);
        force = std::max(force, glm::length(joints[j].force_n));
    }
    double const l = segment.length_mm;
    double const load = glm::length(segment.load_n) + 6 / l * glm::length(segment.load_n_mm);
    motion.mass = std::max({stiffness / (settings.liveliness * l * l * l), load / (settings.load_step * l),
                            force / (settings.force_step * l)});
    motion.across = motion.mass * l * l / 6;
    motion.about = motion.across / 2;
}

void Rod::Impl::coast(std::size_t i, Wall const& wall, double dt, RodFeed const& feed, double wall_age_s)
{
    RodSegment& segment = segments[i];
    Motion& motion = motions[i];
    motion.old_at = segment.at_mm;
    motion.old_turn = segment.turn;
    motion.tip = segment.turn * Vec3{0, 0, 1};
    motion.wall = {};
    motion.wall_way = Vec3{0};
    motion.gap = -1e9;
    motion.is_on_wall = false;
    motion.press = motion.drag = motion.roll_drag = 0;
    if (segment.is_held) {
        motion.coast = Vec3{0};
        motion.yield_across = motion.yield_about = 0;
        motion.yield = Mat3{0};
        return;
    }
    weigh(i);
    double const keep = 1 - settings.damping;
    Vec3 const fed = feed.push_mm_s * motion.tip;
    motion.coast = dt * (fed + keep * (segment.velocity_mm_s - fed)) + segment.load_n / motion.mass;
    if (double const way = glm::length(motion.coast); way > longest_coast_mm) motion.coast *= longest_coast_mm / way;
    if (segment.is_beyond_wall || segment.guide_n_mm > 0) return;
    Vec3 const since = segment.at_mm - segment.touched_mm;
    bool const is_known = wall_age_s > 0 && glm::dot(since, since) < known_mm * known_mm;
    if (!is_known) {
        segment.touch = wall.touch(segment.at_mm);
        segment.touched_mm = segment.at_mm;
    }
    motion.wall = segment.touch;
    if (is_known) motion.wall.depth_mm += glm::dot(since, motion.wall.outward);
    motion.wall_way = dt * motion.wall.velocity_mm_s;
    motion.gap = motion.wall.depth_mm + segment.outer_mm / 2 -
                 wall_age_s * glm::dot(motion.wall.outward, motion.wall.velocity_mm_s);
    double const next = motion.gap + glm::dot(motion.wall.outward, motion.coast - motion.wall_way);
    motion.is_on_wall =
        motion.wall.outward != Vec3{0} && (motion.gap > 0 || (next > 0 && motion.gap > -settings.window_mm));
}

/// Wall and friction as part of the segment's own mass: docs/theory/rods.md eq. 7 to 9.
void Rod::Impl::meet_wall(std::size_t i, double dt, RodFeed const& feed)
{
    RodSegment const& segment = segments[i];
    Motion& motion = motions[i];
    double const keep = 1 - settings.damping;
    double const spin = glm::dot(segment.spin_rad_s, motion.tip);
    motion.tip_coast =
        std::clamp(dt * (feed.turn_rad_s + keep * (spin - feed.turn_rad_s)), -widest_coast_rad, widest_coast_rad);
    motion.yield_across = 1 / motion.across;
    if (!motion.is_on_wall) {
        double const m = motion.mass, guide = segment.guide_n_mm;
        Vec3 const along = segment.guide_along * glm::dot(segment.guide_along, motion.coast);
        Vec3 const off = motion.old_at - segment.guide_at_mm;
        Vec3 const off_line = off - segment.guide_along * glm::dot(segment.guide_along, off);
        motion.way = along + (m * (motion.coast - along) - guide * off_line) / (m + guide);
        motion.yield = Mat3{1 / (m + guide)} +
                       (1 / m - 1 / (m + guide)) * glm::outerProduct(segment.guide_along, segment.guide_along);
        motion.yield_about = 1 / motion.about;
        return;
    }
    Vec3 const& n = motion.wall.outward;
    double const deep = std::max(0.0, motion.gap - stiffening_mm);
    motion.press = motion.wall.stiffness * segment.length_mm * (1 + 20 * deep * deep);
    // Coulomb's force with the last step's pressure, on the way that the surface slides and rolls.
    double const radius = segment.outer_mm / 2;
    Vec3 const surface = dt * segment.surface_mm_s * motion.tip;
    Vec3 const over = motion.coast + surface - motion.wall_way;
    Vec3 const slide = over - n * glm::dot(n, over);
    double const roll = radius * (motion.tip_coast + dt * segment.surface_rad_s);
    double const way = std::max(std::sqrt(glm::dot(slide, slide) + roll * roll), settings.sticking_mm);
    motion.drag = segment.friction * motion.wall.friction * segment.normal_n / way;
    motion.roll_drag = motion.drag * radius * radius;

    double const m = motion.mass;
    double const across = glm::dot(n, motion.coast);
    double const met = (m * across + motion.press * (glm::dot(n, motion.wall_way) - motion.gap)) / (m + motion.press);
    Vec3 const along = motion.coast - across * n;
    Vec3 const carried = motion.wall_way - surface;
    Vec3 const carried_along = carried - n * glm::dot(n, carried);
    motion.way = met * n + (m * along + motion.drag * carried_along) / (m + motion.drag);
    motion.yield_along = 1 / (m + motion.drag);
    motion.yield_wall = 1 / (m + motion.press);
    motion.yield = Mat3{motion.yield_along} + (motion.yield_wall - motion.yield_along) * glm::outerProduct(n, n);
    if (segment.is_covered) {
        motion.yield_about = 1 / motion.about;
    } else {
        double const rolled = motion.about * motion.tip_coast - motion.roll_drag * dt * segment.surface_rad_s;
        motion.tip_coast = rolled / (motion.about + motion.roll_drag);
        motion.yield_about = 1 / (motion.about + motion.roll_drag);
    }
}

namespace {

glm::dquat turned(glm::dquat const& q, Vec3 const& by)
{
    double const angle = glm::length(by);
    double const half = angle / 2;
    double const share = angle > 1e-8 ? std::sin(half) / angle : 0.5;
    return glm::normalize(glm::dquat{std::cos(half), share * by.x, share * by.y, share * by.z} * q);
}

} // namespace

/// To where the segment would be without its neighbours.
void Rod::Impl::place(std::size_t i, double dt)
{
    RodSegment& segment = segments[i];
    Motion& motion = motions[i];
    if (!segment.is_held) {
        double const spin = glm::dot(segment.spin_rad_s, motion.tip);
        Vec3 sway = (1 - settings.damping) * dt * (segment.spin_rad_s - spin * motion.tip);
        if (double const way = glm::length(sway); way > widest_coast_rad) sway *= widest_coast_rad / way;
        segment.at_mm = motion.old_at + motion.way;
        double const along = glm::dot(segment.load_n_mm, motion.tip);
        Vec3 const loaded =
            motion.yield_across * segment.load_n_mm + (motion.yield_about - motion.yield_across) * along * motion.tip;
        segment.turn = turned(motion.old_turn, sway + motion.tip_coast * motion.tip + loaded);
    }
}

/// One joint's row of the chain: docs/theory/rods.md eq. 3 and 4.
void Rod::Impl::tie(std::size_t j)
{
    RodJoint const& joint = joints[j];
    RodSegment const &base = segments[j], &tip = segments[j + 1];
    Motion const &a = motions[j], &b = motions[j + 1];
    double const length = (base.length_mm + tip.length_mm) / 2;
    glm::dquat p = glm::conjugate(base.turn) * tip.turn;
    if (p.w < 0) p = -p;
    Vec3 const v{p.x, p.y, p.z};
    Mat3 const& bend = bends[j] = (Mat3{p.w} - cross(v)) * glm::mat3_cast(glm::conjugate(base.turn));

    ChainRow& row = rows[j];
    Vec3 const gap = base.at_mm + a.half - tip.at_mm + b.half;
    Vec3 const bent = 2.0 * v - length * joint.rest_per_mm;
    Mat3 give{0};
    give[0][0] = give[1][1] = length / joint.bending_n_mm2;
    give[2][2] = length / joint.torsion_n_mm2;
    for (int k = 0; k < 3; ++k) {
        row.right[std::size_t(k)] = -gap[k] - stretch_mm_n * joint.force_n[k];
        row.right[std::size_t(3 + k)] = -bent[k] - give[k][k] * joint.moment_n_mm[k];
    }
    auto const lever = [](Motion const& m) {
        return m.yield_across * (Mat3{glm::dot(m.half, m.half)} - glm::outerProduct(m.half, m.half));
    };
    auto const spin = [](Motion const& m) {
        return Mat3{m.yield_across} + (m.yield_about - m.yield_across) * glm::outerProduct(m.tip, m.tip);
    };
    Mat3 const turned_bend = glm::transpose(bend);
    Mat3 const corner = (a.yield_across * cross(a.half) - b.yield_across * cross(b.half)) * turned_bend;
    Mat3 const spin_b = spin(b);
    put(row.diagonal, 0, 0, a.yield + b.yield + lever(a) + lever(b) + Mat3{stretch_mm_n});
    put(row.diagonal, 0, 3, corner);
    put(row.diagonal, 3, 0, glm::transpose(corner));
    put(row.diagonal, 3, 3, bend * (spin(a) + spin_b) * turned_bend + give);
    if (j > 0) {
        Mat3 const& before = bends[j - 1];
        ChainRow& last = rows[j - 1];
        put(last.to_next, 0, 0, lever(a) - a.yield);
        put(last.to_next, 0, 3, a.yield_across * cross(a.half) * turned_bend);
        put(last.to_next, 3, 0, a.yield_across * before * cross(a.half));
        put(last.to_next, 3, 3, -(before * spin(a) * turned_bend));
    }
}

void Rod::Impl::solve(StageClock* clock)
{
    for (std::size_t i = 0; i < segments.size(); ++i) {
        motions[i].tip = segments[i].turn * Vec3{0, 0, 1};
        motions[i].half = segments[i].length_mm / 2 * motions[i].tip;
    }
    for (std::size_t j = 0; j < joints.size(); ++j) tie(j);
    lap(clock, ToolStage::assembly);
    solve_chain(rows);
    auto const force = [&](std::size_t j) { return Vec3{rows[j].right[0], rows[j].right[1], rows[j].right[2]}; };
    auto const moment = [&](std::size_t j) { return Vec3{rows[j].right[3], rows[j].right[4], rows[j].right[5]}; };
    for (std::size_t i = 0; i < segments.size(); ++i) {
        RodSegment& segment = segments[i];
        if (segment.is_held) continue;
        Motion& motion = motions[i];
        Vec3 push{0}, twist{0};
        if (i > 0) {
            push -= force(i - 1);
            twist += glm::cross(motion.half, force(i - 1)) + moment(i - 1) * bends[i - 1];
        }
        if (i < joints.size()) {
            push += force(i);
            twist += glm::cross(motion.half, force(i)) - moment(i) * bends[i];
        }
        Vec3 const moved = motion.yield * push;
        motion.way += moved;
        segment.at_mm += moved;
        Vec3 const spun = motion.yield_across * twist +
                          (motion.yield_about - motion.yield_across) * glm::dot(motion.tip, twist) * motion.tip;
        segment.turn = turned(segment.turn, spun);
    }
    for (std::size_t j = 0; j < joints.size(); ++j) {
        joints[j].force_n += force(j);
        joints[j].moment_n_mm += moment(j);
    }
    lap(clock, ToolStage::solve);
}

/// A wall that a segment ran through unseen counts in the next pass.
bool Rod::Impl::find_missed_walls()
{
    bool is_missed = false;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        Motion& motion = motions[i];
        if (segments[i].is_held || segments[i].is_beyond_wall || motion.is_on_wall || motion.wall.outward == Vec3{0})
            continue;
        if (motion.gap + glm::dot(motion.wall.outward, motion.way - motion.wall_way) > missed_mm)
            motion.is_on_wall = is_missed = true;
    }
    return is_missed;
}

void Rod::Impl::settle(std::size_t i, double dt)
{
    RodSegment& segment = segments[i];
    Motion const& motion = motions[i];
    segment.wall_force_n = Vec3{0};
    segment.normal_n = segment.spin_drag_n_mm_s = 0;
    segment.depth_mm = motion.gap;
    if (segment.is_held) {
        segment.velocity_mm_s = segment.spin_rad_s = Vec3{0};
        return;
    }
    segment.velocity_mm_s = motion.way / dt;
    glm::dquat by = segment.turn * glm::conjugate(motion.old_turn);
    if (by.w < 0) by = -by;
    segment.spin_rad_s = 2 / dt * Vec3{by.x, by.y, by.z};
    if (!motion.is_on_wall) return;
    Vec3 const& n = motion.wall.outward;
    Vec3 const over = motion.way - motion.wall_way + dt * segment.surface_mm_s * motion.tip;
    segment.depth_mm = motion.gap + glm::dot(n, motion.way - motion.wall_way);
    segment.normal_n = std::max(0.0, motion.press * segment.depth_mm);
    segment.wall_force_n = -segment.normal_n * n - motion.drag * (over - n * glm::dot(n, over));
    segment.spin_drag_n_mm_s = motion.roll_drag * dt;
}

Rod::Rod(int most, RodSettings const& settings) : impl_{std::make_unique<Impl>()}
{
    impl_->settings = settings;
    impl_->segments.reserve(std::size_t(most));
    impl_->joints.reserve(std::size_t(most));
    impl_->motions.resize(std::size_t(most));
    impl_->bends.resize(std::size_t(most));
    impl_->rows.reserve(std::size_t(most));
}
Rod::~Rod() = default;
Rod::Rod(Rod&&) noexcept = default;
Rod& Rod::operator=(Rod&&) noexcept = default;

std::span<RodSegment> Rod::segments()
{
    return impl_->segments;
}
std::span<RodJoint> Rod::joints()
{
    return impl_->joints;
}
std::span<RodSegment const> Rod::segments() const
{
    return impl_->segments;
}
std::span<RodJoint const> Rod::joints() const
{
    return impl_->joints;
}

void Rod::put_at_base(RodSegment const& segment, RodJoint const& joint)
{
    FLUORO_EXPECT(impl_->segments.size() < impl_->segments.capacity());
    if (!impl_->segments.empty()) impl_->joints.insert(impl_->joints.begin(), joint);
    impl_->segments.insert(impl_->segments.begin(), segment);
    impl_->rows.resize(impl_->joints.size());
}

void Rod::put_at_tip(RodSegment const& segment, RodJoint const& joint)
{
    FLUORO_EXPECT(impl_->segments.size() < impl_->segments.capacity());
    if (!impl_->segments.empty()) impl_->joints.push_back(joint);
    impl_->segments.push_back(segment);
    impl_->rows.resize(impl_->joints.size());
}

void Rod::take_from_base()
{
    FLUORO_EXPECT(!impl_->segments.empty());
    impl_->segments.erase(impl_->segments.begin());
    if (!impl_->joints.empty()) impl_->joints.erase(impl_->joints.begin());
    impl_->rows.resize(impl_->joints.size());
}

void Rod::take_from_tip()
{
    FLUORO_EXPECT(!impl_->segments.empty());
    impl_->segments.pop_back();
    if (!impl_->joints.empty()) impl_->joints.pop_back();
    impl_->rows.resize(impl_->joints.size());
}

void Rod::step(Wall const& wall, double dt_s, RodFeed const& feed, double wall_age_s, StageClock* clock)
{
    Impl& rod = *impl_;
    for (std::size_t i = 0; i < rod.segments.size(); ++i) rod.coast(i, wall, dt_s, feed, wall_age_s);
    lap(clock, ToolStage::contact);
    for (int pass = 0; pass < most_passes; ++pass) {
        for (std::size_t i = 0; i < rod.segments.size(); ++i) {
            if (!rod.segments[i].is_held) rod.meet_wall(i, dt_s, feed);
            rod.place(i, dt_s);
        }
        for (RodJoint& joint : rod.joints) joint.force_n = joint.moment_n_mm = Vec3{0};
        lap(clock, ToolStage::friction);
        rod.solve(clock);
        // One of Newton's steps is enough but for a snap, which turns segments far.
        for (int more = 0; more < most_closings && widest_gap_mm() > open_mm; ++more) rod.solve(clock);
        if (!rod.find_missed_walls()) break;
    }
    for (std::size_t i = 0; i < rod.segments.size(); ++i) rod.settle(i, dt_s);
}

double Rod::widest_gap_mm() const
{
    double widest = 0;
    for (std::size_t j = 0; j < impl_->joints.size(); ++j) {
        RodSegment const &a = impl_->segments[j], &b = impl_->segments[j + 1];
        Vec3 const gap =
            a.at_mm + a.length_mm / 2 * (a.turn * Vec3{0, 0, 1}) - b.at_mm + b.length_mm / 2 * (b.turn * Vec3{0, 0, 1});
        widest = std::max(widest, glm::length(gap));
    }
    return widest;
}

} // namespace fluoro
