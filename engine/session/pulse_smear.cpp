#include "pulse_smear.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/clock.hpp>
#include <fluoro/core/expect.hpp>

namespace fluoro {
namespace {

constexpr double tick_s = 1.0 / ticks_per_second;
/// Motion of one tick is carried on for so long at most: beyond it no movement in a body is straight.
constexpr double longest_s = 0.02;
/// Moments lie no further apart than this share of the tube's diameter: their sum has no ripples then.
constexpr double step_share = 0.25;
/// Way that shows in no picture [mm]: a fifth of a pixel at the patient.
constexpr double least_mm = 0.04;
/// A tube shorter than this moves as a whole; of a longer one so many times its feed at each end.
constexpr double short_mm = 20, feeds_at_end = 6;

/// How far each point is seen to move over the pulse: across the tube, and along it near its ends.
std::vector<Vec3> seen_ways(std::span<Vec3 const> points, std::span<Vec3 const> moved, double pulses_per_tick)
{
    std::size_t const last = points.size() - 1;
    std::vector<double> along(points.size(), 0);
    for (std::size_t i = 1; i <= last; ++i) along[i] = along[i - 1] + glm::length(points[i] - points[i - 1]);
    std::vector<Vec3> ways(points.size());
    for (std::size_t i = 0; i <= last; ++i) {
        Vec3 const tangent = glm::normalize(points[std::min(i + 1, last)] - points[i == 0 ? 0 : i - 1]);
        Vec3 const way = pulses_per_tick * moved[i], fed = glm::dot(way, tangent) * tangent;
        double weight = 1;
        if (along[last] > short_mm) {
            double const reach = std::max(1e-9, feeds_at_end * glm::length(fed));
            weight = std::clamp(1 - std::min(along[i], along[last] - along[i]) / reach, 0.0, 1.0);
        }
        ways[i] = way - fed + weight * fed;
    }
    return ways;
}

} // namespace

void add_smeared(std::span<Vec3 const> points_mm, std::span<double const> radii_mm, std::span<Vec3 const> moved_mm,
                 int filling, double share, double pulse_s, SmearLimits const& limits, std::vector<FilledTube>& tubes)
{
    auto const put = [&](FilledTube piece, double part) {
        piece.share = part * share;
        tubes.push_back(piece);
    };
    double furthest = 0;
    std::vector<Vec3> ways;
    if (!moved_mm.empty() && pulse_s > 0) {
        FLUORO_EXPECT(moved_mm.size() == points_mm.size());
        ways = seen_ways(points_mm, moved_mm, std::min(pulse_s, longest_s) / tick_s);
        for (Vec3 const& way : ways) furthest = std::max(furthest, glm::length(way));
    }
    double const width = 2 * *std::ranges::min_element(radii_mm);
    double const step = std::clamp(step_share * width, limits.least_step_mm, limits.most_step_mm);
    int const moments = furthest < least_mm ? 1 : std::clamp(int(std::ceil(furthest / step)), 1, limits.most_moments);
    auto const now = tube_along(points_mm, radii_mm, filling);
    if (moments == 1) {
        for (FilledTube const& piece : now) put(piece, 1);
        return;
    }
    auto const stands = [&](std::size_t piece) {
        return glm::length(ways[piece]) < least_mm && glm::length(ways[piece + 1]) < least_mm;
    };
    for (std::size_t piece = 0; piece < now.size(); ++piece)
        if (stands(piece)) put(now[piece], 1);
    std::vector<Vec3> points(points_mm.size());
    for (int moment = 0; moment < moments; ++moment) {
        double const when = (moment + 0.5) / moments - 0.5;
        for (std::size_t i = 0; i < points.size(); ++i) points[i] = points_mm[i] + when * ways[i];
        auto const then = tube_along(points, radii_mm, filling);
        for (std::size_t piece = 0; piece < then.size(); ++piece)
            if (!stands(piece)) put(then[piece], 1.0 / moments);
    }
}

} // namespace fluoro
