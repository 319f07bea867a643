#include <fluoro/anatomy/shape.hpp>

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <limits>

namespace fluoro {

namespace {

/// Box around an ellipsoid (and so around a box's inscribed solid): the reach along each patient axis.
Box box_of(Frame const& frame, Vec3 const& radii, bool is_ellipsoid)
{
    Vec3 reach{0};
    for (int axis = 0; axis < 3; ++axis) {
        Vec3 const along{frame.left[axis] * radii.x, frame.back[axis] * radii.y, frame.up[axis] * radii.z};
        reach[axis] = is_ellipsoid ? glm::length(along) : std::abs(along.x) + std::abs(along.y) + std::abs(along.z);
    }
    return {frame.origin_mm - reach, frame.origin_mm + reach};
}

/// Distance to an ellipse's rim or an ellipsoid's surface: the value of the implicit function over its slope. Right
/// near the surface, never too large elsewhere.
template <class Vec> double to_ellipse(Vec const& p, Vec const& radii)
{
    double const k0 = glm::length(p / radii);
    double smallest = radii[0];
    for (int i = 1; i < Vec::length(); ++i) smallest = std::min<double>(smallest, radii[i]);
    if (k0 < 1e-9) return -smallest;
    double const estimate = k0 * (k0 - 1) / glm::length(p / (radii * radii));
    // Deep inside, the surface beside is nearer than the one ahead: b sqrt(1 - (x/a)^2) on the long axis, less a slack.
    return k0 < 1 ? std::max(estimate, -0.72 * smallest * std::sqrt(1 - k0 * k0)) : estimate;
}

double to_rounded_cone(Vec3 const& p, Vec3 const& a, double ra, Vec3 const& b, double rb)
{
    Vec3 const axis = b - a;
    double const length2 = glm::dot(axis, axis);
    double const t = length2 > 0 ? std::clamp(glm::dot(p - a, axis) / length2, 0.0, 1.0) : 0.0;
    return glm::length(p - a - t * axis) - std::lerp(ra, rb, t);
}

} // namespace

Box grown(Box const& box, double by_mm)
{
    return {box.low - by_mm, box.high + by_mm};
}

Box around(Box const& a, Box const& b)
{
    if (is_empty(a)) return b;
    if (is_empty(b)) return a;
    return {glm::min(a.low, b.low), glm::max(a.high, b.high)};
}

Box overlap(Box const& a, Box const& b)
{
    return {glm::max(a.low, b.low), glm::min(a.high, b.high)};
}

bool is_empty(Box const& box)
{
    return box.low.x > box.high.x || box.low.y > box.high.y || box.low.z > box.high.z;
}

Shape ball(Vec3 const& centre_mm, double radius_mm)
{
    FLUORO_EXPECT(radius_mm > 0);
    return {{centre_mm - radius_mm, centre_mm + radius_mm},
            [=](Vec3 const& p) { return glm::length(p - centre_mm) - radius_mm; }};
}

Shape ellipsoid(Frame const& frame, Vec3 const& radii_mm)
{
    FLUORO_EXPECT(radii_mm.x > 0 && radii_mm.y > 0 && radii_mm.z > 0);
    return {box_of(frame, radii_mm, true), [=](Vec3 const& p) { return to_ellipse(frame.local(p), radii_mm); }};
}

Shape rounded_box(Frame const& frame, Vec3 const& half_mm, double rounding_mm)
{
    Vec3 const core = half_mm - rounding_mm;
    FLUORO_EXPECT(core.x >= 0 && core.y >= 0 && core.z >= 0);
    return {box_of(frame, half_mm, false), [=](Vec3 const& p) {
                Vec3 const q = glm::abs(frame.local(p)) - core;
                return glm::length(glm::max(q, Vec3{0})) + std::min(std::max({q.x, q.y, q.z}), 0.0) - rounding_mm;
            }};
}

Shape elliptic_cylinder(Frame const& frame, double left_mm, double back_mm, double half_height_mm, double rounding_mm)
{
    Vec2 const radii{left_mm - rounding_mm, back_mm - rounding_mm};
    double const half = half_height_mm - rounding_mm;
    FLUORO_EXPECT(radii.x > 0 && radii.y > 0 && half >= 0);
    return {box_of(frame, {left_mm, back_mm, half_height_mm}, false), [=](Vec3 const& p) {
                Vec3 const q = frame.local(p);
                double const side = to_ellipse(Vec2{q}, radii), end = std::abs(q.z) - half;
                return std::hypot(std::max(side, 0.0), std::max(end, 0.0)) + std::min(std::max(side, end), 0.0) -
                       rounding_mm;
            }};
}

Shape rounded_cone(Vec3 const& from_mm, double from_radius_mm, Vec3 const& to_mm, double to_radius_mm)
{
    Box const box =
        around({from_mm - from_radius_mm, from_mm + from_radius_mm}, {to_mm - to_radius_mm, to_mm + to_radius_mm});
    return {box, [=](Vec3 const& p) { return to_rounded_cone(p, from_mm, from_radius_mm, to_mm, to_radius_mm); }};
}

Shape tube(std::span<Vec3 const> points_mm, std::span<double const> radii_mm)
{
    FLUORO_EXPECT(points_mm.size() == radii_mm.size() && points_mm.size() >= 2);
    // Runs of pieces with a box each, so that a long tube costs little per point.
    constexpr std::size_t run_length = 12;
    struct Run {
        Box box;
        std::size_t first, last; ///< points
    };
    std::vector<Vec3> const points{points_mm.begin(), points_mm.end()};
    std::vector<double> const radii{radii_mm.begin(), radii_mm.end()};
    std::vector<Run> runs;
    Box all{Vec3{std::numeric_limits<double>::max()}, Vec3{std::numeric_limits<double>::lowest()}};
    for (std::size_t first = 0; first + 1 < points.size(); first += run_length) {
        Run run{{points[first] - radii[first], points[first] + radii[first]},
                first,
                std::min(first + run_length, points.size() - 1)};
        for (std::size_t i = first; i <= run.last; ++i)
            run.box = around(run.box, {points[i] - radii[i], points[i] + radii[i]});
        all = around(all, run.box);
        runs.push_back(run);
    }
    return {all, [points, radii, runs](Vec3 const& p) {
                auto const outside2 = [&](Run const& run) {
                    Vec3 const beyond = glm::max(glm::max(run.box.low - p, p - run.box.high), Vec3{0});
                    return glm::dot(beyond, beyond);
                };
                double best = std::numeric_limits<double>::max();
                auto const ask = [&](Run const& run) {
                    for (std::size_t i = run.first; i < run.last; ++i)
                        best = std::min(best, to_rounded_cone(p, points[i], radii[i], points[i + 1], radii[i + 1]));
                };
                // The run that looks nearest first: it leaves few others to be asked.
                std::size_t nearest = 0;
                double least = outside2(runs[0]);
                for (std::size_t i = 1; i < runs.size() && least > 0; ++i)
                    if (double const off = outside2(runs[i]); off < least) {
                        least = off;
                        nearest = i;
                    }
                ask(runs[nearest]);
                for (std::size_t i = 0; i < runs.size(); ++i) {
                    if (i == nearest) continue;
                    double const off = outside2(runs[i]);
                    if (off > 0 && (best <= 0 || off >= best * best)) continue;
                    ask(runs[i]);
                }
                return best;
            }};
}

Shape strap(std::span<Vec3 const> points_mm, std::span<Vec3 const> across, std::span<double const> wide_mm,
            std::span<double const> thin_mm)
{
    FLUORO_EXPECT(points_mm.size() >= 2 && across.size() == points_mm.size() && wide_mm.size() == points_mm.size() &&
                  thin_mm.size() == points_mm.size());
    std::vector<Vec3> const points{points_mm.begin(), points_mm.end()}, sides{across.begin(), across.end()};
    std::vector<double> const wide{wide_mm.begin(), wide_mm.end()}, thin{thin_mm.begin(), thin_mm.end()};
    Box box{points[0], points[0]};
    for (std::size_t i = 0; i < points.size(); ++i) box = around(box, {points[i] - wide[i], points[i] + wide[i]});
    return {box, [points, sides, wide, thin](Vec3 const& p) {
                double best = std::numeric_limits<double>::max();
                for (std::size_t i = 0; i + 1 < points.size(); ++i) {
                    Vec3 const axis = points[i + 1] - points[i];
                    double const t = std::clamp(glm::dot(p - points[i], axis) / glm::dot(axis, axis), 0.0, 1.0);
                    double const a = std::lerp(wide[i], wide[i + 1], t), b = std::lerp(thin[i], thin[i + 1], t);
                    Vec3 const off = p - points[i] - t * axis;
                    if (glm::dot(off, off) > (best + a) * (best + a) && best < 1e9) continue;
                    Vec3 const side = glm::normalize(glm::mix(sides[i], sides[i + 1], t));
                    Vec3 const third = glm::normalize(glm::cross(axis, side));
                    double const along = glm::dot(off, axis) / glm::length(axis);
                    Vec2 const q{glm::dot(off, side), glm::dot(off, third)};
                    double const rim = to_ellipse(q, Vec2{a, b});
                    best = std::min(best, along == 0 || std::abs(along) < 1e-9
                                              ? rim
                                              : std::hypot(std::max(rim, 0.0), along) + std::min(rim, 0.0));
                }
                return 0.85 * best; // at a bend the neighbour's cross-section reaches a little nearer
            }};
}

Shape below_surface(Box const& bounds, std::function<double(double, double)> height, double steepest)
{
    double const shrink = 1 / std::hypot(1, steepest);
    return {bounds, [=](Vec3 const& p) {
                Vec3 const beyond = glm::max(glm::max(bounds.low - p, p - bounds.high), Vec3{0});
                Vec3 const inside = glm::clamp(p, bounds.low, bounds.high);
                return std::max((p.z - height(inside.x, inside.y)) * shrink, glm::length(beyond));
            }};
}

} // namespace fluoro
