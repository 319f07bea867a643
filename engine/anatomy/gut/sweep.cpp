#include "sweep.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <limits>
#include <memory>

namespace fluoro {

namespace {

/// Bends and tapers bring the surface nearer than the section's own ellipse says.
constexpr double bound = 0.75;

} // namespace

Sweep::Sweep(std::vector<SweepSection> const& through, Vec3 const& side, double step_mm)
{
    FLUORO_EXPECT(through.size() >= 2);
    std::vector<Vec3> places;
    std::vector<double> a, b;
    for (SweepSection const& s : through) {
        FLUORO_EXPECT(s.side_mm > 0 && s.other_mm > 0);
        places.push_back(s.at_mm);
        a.push_back(s.side_mm);
        b.push_back(s.other_mm);
    }
    points_ = curve(places, step_mm, a, side_mm_);
    curve(places, step_mm, b, other_mm_);
    std::size_t const count = points_.size();
    along_.assign(count, 0);
    for (std::size_t i = 0; i < count; ++i) {
        Vec3 const way = glm::normalize(points_[std::min(i + 1, count - 1)] - points_[i > 0 ? i - 1 : 0]);
        sides_.push_back(glm::normalize(side - way * glm::dot(side, way)));
        others_.push_back(glm::cross(way, sides_.back()));
        if (i > 0) along_[i] = along_[i - 1] + glm::length(points_[i] - points_[i - 1]);
    }
    constexpr std::size_t run_length = 8;
    box_ = {points_[0], points_[0]};
    for (std::size_t first = 0; first + 1 < count; first += run_length) {
        Run run{{points_[first], points_[first]}, first, std::min(first + run_length, count - 1)};
        for (std::size_t i = first; i <= run.last; ++i) {
            double const r = std::max(side_mm_[i], other_mm_[i]);
            run.box = around(run.box, {points_[i], points_[i]});
            box_ = around(box_, {points_[i] - r, points_[i] + r});
        }
        runs_.push_back(run);
    }
}

double Sweep::Spot::distance_mm(double grow_mm) const
{
    Vec3 const radii3{radii.x + grow_mm, radii.y + grow_mm, std::min(radii.x, radii.y) + grow_mm};
    double const least = std::min(radii3.x, radii3.y);
    if (least <= 0) return glm::length(q) - grow_mm;
    Vec3 const p{q, beyond_mm};
    double const k0 = glm::length(p / radii3);
    if (k0 < 1e-9) return -0.7 * bound * least;
    double const estimate = k0 * (k0 - 1) / glm::length(p / (radii3 * radii3));
    return bound * (k0 < 1 ? std::max(estimate, -0.72 * least * std::sqrt(1 - k0 * k0)) : estimate);
}

double Sweep::Spot::cut_distance_mm() const
{
    Spot level = *this;
    level.beyond_mm = 0;
    return std::max(level.distance_mm(), bound * (beyond_mm > 0 ? beyond_mm : -to_end_mm));
}

Sweep::Spot Sweep::nearest(Vec3 const& p) const
{
    double best = std::numeric_limits<double>::max(), share = 0;
    std::size_t at = 0;
    for (Run const& run : runs_) {
        Vec3 const beyond = glm::max(glm::max(run.box.low - p, p - run.box.high), Vec3{0});
        if (glm::dot(beyond, beyond) >= best) continue;
        for (std::size_t i = run.first; i < run.last; ++i) {
            Vec3 const axis = points_[i + 1] - points_[i];
            double const t = std::clamp(glm::dot(p - points_[i], axis) / glm::dot(axis, axis), 0.0, 1.0);
            Vec3 const off = p - points_[i] - t * axis;
            double const far = glm::dot(off, off);
            if (far < best) {
                best = far;
                at = i;
                share = t;
            }
        }
    }
    std::size_t const next = at + 1;
    Vec3 const off = p - glm::mix(points_[at], points_[next], share);
    Vec3 const side = glm::mix(sides_[at], sides_[next], share), other = glm::mix(others_[at], others_[next], share);
    Spot spot;
    spot.along_mm = std::lerp(along_[at], along_[next], share);
    spot.q = {glm::dot(off, side), glm::dot(off, other)};
    spot.radii = {std::lerp(side_mm_[at], side_mm_[next], share), std::lerp(other_mm_[at], other_mm_[next], share)};
    double const rest = std::sqrt(std::max(0.0, best - glm::dot(spot.q, spot.q)));
    bool const is_end = (at == 0 && share == 0) || (next + 1 == points_.size() && share == 1);
    spot.beyond_mm = is_end ? rest : 0;
    spot.away_mm = std::sqrt(best);
    spot.to_end_mm = std::min(spot.along_mm, along_.back() - spot.along_mm);
    return spot;
}

SweepSection Sweep::at(double along_mm) const
{
    auto const after = std::ranges::upper_bound(along_, along_mm);
    std::size_t const next = std::clamp<std::size_t>(std::size_t(after - along_.begin()), 1, along_.size() - 1);
    double const share = std::clamp((along_mm - along_[next - 1]) / (along_[next] - along_[next - 1]), 0.0, 1.0);
    return {glm::mix(points_[next - 1], points_[next], share), std::lerp(side_mm_[next - 1], side_mm_[next], share),
            std::lerp(other_mm_[next - 1], other_mm_[next], share)};
}

Vec3 Sweep::side_at(double along_mm) const
{
    auto const after = std::ranges::upper_bound(along_, along_mm);
    return sides_[std::min<std::size_t>(std::size_t(after - along_.begin()), along_.size() - 1)];
}

Shape Sweep::solid(double grow_mm) const
{
    return shaped([grow_mm](Spot const& spot, Vec3 const&) { return spot.distance_mm(grow_mm); }, grow_mm);
}

Shape Sweep::cut_solid() const
{
    return shaped([](Spot const& spot, Vec3 const&) { return spot.cut_distance_mm(); }, 0);
}

Shape Sweep::shaped(std::function<double(Spot const&, Vec3 const&)> rule, double reach_mm) const
{
    auto const sweep = std::make_shared<Sweep const>(*this);
    return {grown(box_, std::max(0.0, reach_mm)),
            [sweep, rule = std::move(rule)](Vec3 const& p) { return rule(sweep->nearest(p), p); }};
}

std::vector<double> volumes_mm3(Shape const& shape, std::vector<double> const& levels_mm, double step_mm)
{
    std::vector<double> volumes(levels_mm.size(), 0);
    Box const box = grown(shape.bounds(), std::max(0.0, *std::ranges::max_element(levels_mm)));
    for (double z = box.low.z + step_mm / 2; z < box.high.z; z += step_mm)
        for (double y = box.low.y + step_mm / 2; y < box.high.y; y += step_mm)
            for (double x = box.low.x + step_mm / 2; x < box.high.x; x += step_mm) {
                double const d = shape.distance_mm({x, y, z});
                for (std::size_t i = 0; i < levels_mm.size(); ++i)
                    volumes[i] += std::clamp(0.5 + (levels_mm[i] - d) / step_mm, 0.0, 1.0);
            }
    for (double& v : volumes) v *= step_mm * step_mm * step_mm;
    return volumes;
}

double growth_for_volume(Shape const& shape, double volume_mm3, double least_mm, double most_mm, double step_mm)
{
    constexpr int steps = 24;
    std::vector<double> levels;
    for (int i = 0; i <= steps; ++i) levels.push_back(std::lerp(least_mm, most_mm, double(i) / steps));
    std::vector<double> const volumes = volumes_mm3(shape, levels, step_mm);
    for (int i = 0; i < steps; ++i) {
        double const low = volumes[std::size_t(i)], high = volumes[std::size_t(i) + 1];
        if (volume_mm3 >= low && volume_mm3 <= high && high > low)
            return std::lerp(levels[std::size_t(i)], levels[std::size_t(i) + 1], (volume_mm3 - low) / (high - low));
    }
    return volume_mm3 < volumes.front() ? least_mm : most_mm;
}

} // namespace fluoro
