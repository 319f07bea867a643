#include "antral_waves.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace fluoro {

namespace {

// Typical of barium studies: rings arise at mid-body, take about a minute to the pylorus and deepen on the way.
constexpr double begins = 0.4;                        ///< of the way from the cardia
constexpr double first_depth = 0.1, last_depth = 0.9; ///< of the half width
constexpr double slows = 0.8, hastens = 1.4;    ///< speed at the beginning and at the end, over that in the middle
constexpr double spurts_mm = 45, shuts_mm = 15; ///< before the pylorus: a ring between these holds it open
constexpr double least_left = 0.02;
constexpr int folds = 9; ///< round the body; flat in the antrum
constexpr double bin_mm = 8;

} // namespace

AntralWaves::AntralWaves(LumenGraph const& gut, HollowVoxels const& hollow)
    : places_(std::size_t(hollow.count())), left_(places_.size(), 1.0f), fold_(places_.size(), 1.0f)
{
    auto const cardia = gut.find_node("cardia"), pylorus = gut.find_node("pylorus");
    if (!cardia || !pylorus || hollow.inside == 0) return;
    std::vector<Vec3> line;
    int node = *cardia;
    for (int const e : gut.way(*cardia, *pylorus)) {
        LumenEdge const& edge = gut.edges[std::size_t(e)];
        auto points = edge.points_mm;
        if (edge.from != node) std::ranges::reverse(points);
        node = edge.from == node ? edge.to : edge.from;
        line.insert(line.end(), points.begin() + (line.empty() ? 0 : 1), points.end());
    }
    if (line.size() < 3) return;
    // Directions across the line that turn with it as little as they can.
    std::vector<double> along{0};
    std::vector<Vec3> side;
    Vec3 before{0.3, 0.8, 0.5};
    for (std::size_t i = 0; i < line.size(); ++i) {
        Vec3 const to = line[std::min(i + 1, line.size() - 1)] - line[i > 0 ? i - 1 : 0];
        Vec3 const direction = glm::normalize(to);
        before = glm::normalize(before - direction * glm::dot(direction, before));
        side.push_back(before);
        if (i > 0) along.push_back(along.back() + glm::length(line[i] - line[i - 1]));
    }
    way_mm_ = along.back();
    std::vector<double> half_width(std::size_t(way_mm_ / bin_mm) + 1, 0.0), angle(places_.size()), off(places_.size());
    for (std::size_t b = 0; b < places_.size(); ++b) {
        Vec3 const at{hollow.at_mm[b]};
        std::size_t nearest = 0;
        double least = std::numeric_limits<double>::max();
        for (std::size_t i = 0; i < line.size(); ++i)
            if (double const d = glm::length(line[i] - at); d < least) {
                least = d;
                nearest = i;
            }
        Vec3 const from_axis = at - line[nearest];
        Vec3 const direction =
            glm::normalize(line[std::min(nearest + 1, line.size() - 1)] - line[nearest > 0 ? nearest - 1 : 0]);
        Vec3 const across = from_axis - direction * glm::dot(direction, from_axis);
        angle[b] = std::atan2(glm::dot(across, glm::cross(direction, side[nearest])), glm::dot(across, side[nearest]));
        places_[b].along_mm = along[nearest];
        off[b] = glm::length(across);
        double& widest = half_width[std::size_t(along[nearest] / bin_mm)];
        if (int(b) < hollow.inside) widest = std::max(widest, off[b] + hollow.size_mm / 2);
    }
    double sum = 0;
    for (std::size_t b = 0; b < places_.size(); ++b) {
        double const wide = std::max(half_width[std::size_t(places_[b].along_mm / bin_mm)], hollow.size_mm);
        places_[b].share = off[b] / wide;
        // Folds run along the body and are lost towards the pylorus.
        double const high = std::clamp(3 * (1 - places_[b].along_mm / way_mm_), 0.0, 1.0);
        fold_[b] = float(1 + 0.9 * high * std::cos(folds * angle[b]));
        sum += wide;
    }
    box_share_ = hollow.size_mm * double(places_.size()) / sum;
}

double AntralWaves::depth_at(double along_mm) const
{
    double const share = std::clamp((along_mm / way_mm_ - begins) / (1 - begins), 0.0, 1.0);
    return habit_.strength * std::lerp(first_depth, last_depth, share);
}

/// Speed rises evenly along the way, so that a ring is at x = from + v0 / k (exp(k t) - 1).
double AntralWaves::time_to(double along_mm) const
{
    double const from = begins * way_mm_, speed = slows * habit_.mm_s,
                 rise = (hastens - slows) * habit_.mm_s / (way_mm_ - from);
    return std::log1p(rise * (along_mm - from) / speed) / rise;
}

double AntralWaves::ring_mm(int number) const
{
    double const apart_s = 60 / habit_.per_min;
    double const age = std::fmod(time_s_, apart_s) + number * apart_s;
    if (age > time_s_) return -1;
    double const from = begins * way_mm_, speed = slows * habit_.mm_s,
                 rise = (hastens - slows) * habit_.mm_s / (way_mm_ - from);
    return from + speed / rise * std::expm1(rise * age);
}

double AntralWaves::open_share() const
{
    if (!moves_) return 1;
    double const open_s = time_to(way_mm_ - shuts_mm) - time_to(way_mm_ - spurts_mm);
    return std::min(1.0, open_s * habit_.per_min / 60);
}

double AntralWaves::opening() const
{
    if (!moves_) return 1;
    for (int n = 0;; ++n) {
        double const at = ring_mm(n);
        if (at < 0 || at > way_mm_) return 0;
        if (at > way_mm_ - spurts_mm && at < way_mm_ - shuts_mm) return 1;
    }
}

void AntralWaves::advance(double dt_s, AntralHabit const& habit)
{
    bool const moved = moves_;
    habit_ = habit;
    moves_ = way_mm_ > 0 && habit.strength > 0 && habit.per_min > 0 && habit.mm_s > 0;
    if (!moves_) {
        time_s_ = 0;
        if (moved) std::ranges::fill(left_, 1.0f);
        return;
    }
    time_s_ += dt_s;
    std::ranges::fill(left_, 1.0f);
    for (int n = 0;; ++n) {
        double const at = ring_mm(n);
        if (at < 0 || at > way_mm_ + ring_width_mm) break;
        // It closes within its first seconds and opens at the pylorus.
        double const begun = std::clamp((at - begins * way_mm_) / ring_width_mm, 0.0, 1.0),
                     over = std::clamp((way_mm_ - at) / ring_width_mm, 0.0, 1.0), depth = depth_at(at) * begun * over;
        for (std::size_t b = 0; b < places_.size(); ++b) {
            double const x = (places_[b].along_mm - at) / ring_width_mm;
            if (std::abs(x) > 2.5) continue;
            double const open = 1 - depth * std::exp(-x * x);
            double const left = std::clamp((open - places_[b].share) / box_share_ + 0.5, least_left, 1.0);
            left_[b] = std::min(left_[b], float(left));
        }
    }
}

} // namespace fluoro
