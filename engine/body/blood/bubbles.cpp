#include "bubbles.hpp"

#include "edge_path.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/random.hpp>
#include <numbers>

namespace fluoro {

namespace {

constexpr double stuck_below = 0.4;  // radius of a vessel over a bubble's own that holds it (typical)
constexpr double absorbed_in_s = 30; // by e, once stuck (typical of small coronary bubbles)
constexpr double gone_ml = 1e-5;

double radius_of(double ml)
{
    return std::cbrt(3 * ml * 1000 / (4 * std::numbers::pi));
}

} // namespace

Bubbles::Bubbles(LumenGraph const& vessels, std::uint64_t seed)
    : vessels_{&vessels}, seed_{seed}, edges_at_(vessels.nodes_mm.size())
{
    for (std::size_t e = 0; e < vessels.edges.size(); ++e) {
        edges_at_[std::size_t(vessels.edges[e].from)].push_back(int(e));
        edges_at_[std::size_t(vessels.edges[e].to)].push_back(int(e));
        length_mm_.push_back(vessels.edges[e].length_mm());
    }
}

void Bubbles::let_in(int edge, double along_mm, double ml)
{
    bubbles_.push_back({edge, std::clamp(along_mm, 0.0, length_mm_[std::size_t(edge)]), ml, count_++});
}

/// Into one of the vessels that the blood takes from a node, as often as it does.
bool Bubbles::go_on(Bubble& bubble, int node, std::span<double const> flow_ml_s) const
{
    auto const leaves = [&](int e) {
        double const flow = flow_ml_s[std::size_t(e)];
        return std::max(0.0, vessels_->edges[std::size_t(e)].from == node ? flow : -flow);
    };
    double all = 0;
    for (int const e : edges_at_[std::size_t(node)]) all += leaves(e);
    if (all <= 0) return false;
    double at = all * RandomSequence{seed_, RandomStream::body, bubble.number, 2 + bubble.forks++}.next_uniform();
    for (int const e : edges_at_[std::size_t(node)]) {
        if (leaves(e) <= 0) continue;
        bubble.edge = e;
        if ((at -= leaves(e)) <= 0) break;
    }
    bubble.along_mm = vessels_->edges[std::size_t(bubble.edge)].from == node ? 0 : length_mm_[std::size_t(bubble.edge)];
    return true;
}

void Bubbles::advance(double dt_s, std::span<double const> flow_ml_s)
{
    for (Bubble& bubble : bubbles_) {
        if (bubble.is_stuck) {
            bubble.ml *= std::exp(-dt_s / absorbed_in_s);
            continue;
        }
        for (double left_s = dt_s; left_s > 0;) {
            LumenEdge const& edge = vessels_->edges[std::size_t(bubble.edge)];
            double const radius = place_on(edge, bubble.along_mm).radius_mm;
            if (radius < stuck_below * radius_of(bubble.ml)) {
                bubble.is_stuck = true;
                break;
            }
            double const speed = flow_ml_s[std::size_t(bubble.edge)] * 1000 / (std::numbers::pi * radius * radius);
            if (speed == 0) break;
            double const to_end = speed > 0 ? length_mm_[std::size_t(bubble.edge)] - bubble.along_mm : bubble.along_mm;
            // The radius is looked up anew every millimetre.
            double const way = std::min({std::abs(speed) * left_s, to_end, 1.0});
            bubble.along_mm += speed > 0 ? way : -way;
            left_s -= way / std::abs(speed);
            if (way < to_end) continue;
            if (int const node = speed > 0 ? edge.to : edge.from; !go_on(bubble, node, flow_ml_s)) {
                // The end of an artery's tree; anywhere else the blood only rests.
                bubble.is_stuck = edges_at_[std::size_t(node)].size() == 1;
                break;
            }
        }
    }
    std::erase_if(bubbles_, [](Bubble const& bubble) { return bubble.ml < gone_ml; });
}

bool Bubbles::fills(Bubble const& bubble) const
{
    return radius_of(bubble.ml) >= place_on(vessels_->edges[std::size_t(bubble.edge)], bubble.along_mm).radius_mm;
}

/// A ball, or as long a plug as the vessel makes of it, with round ends.
Bubbles::Shape Bubbles::shape(Bubble const& bubble) const
{
    EdgePlace const place = place_on(vessels_->edges[std::size_t(bubble.edge)], bubble.along_mm);
    double const radius = std::min(place.radius_mm, radius_of(bubble.ml)), mm3 = bubble.ml * 1000;
    double const ball = 4 * std::numbers::pi / 3 * radius * radius * radius;
    return {radius, std::max(0.0, mm3 - ball) / (2 * std::numbers::pi * radius * radius)};
}

std::pair<double, double> Bubbles::reach(Bubble const& bubble) const
{
    auto const [radius, half] = shape(bubble);
    double const length = length_mm_[std::size_t(bubble.edge)];
    double const from = std::max(0.0, bubble.along_mm - half - radius);
    double const to = std::min(length, bubble.along_mm + half + radius);
    return {from, std::max(to, from + 1e-3)};
}

ContentTube Bubbles::tube(Bubble const& bubble) const
{
    LumenEdge const& edge = vessels_->edges[std::size_t(bubble.edge)];
    auto const [radius, half] = shape(bubble);
    double const length = length_mm_[std::size_t(bubble.edge)];
    constexpr int pieces = 6;        // of each round end
    constexpr double piece_mm = 1.5; // of the rest, which follows the vessel
    ContentTube tube;
    auto const add = [&](double offset, double width) {
        // Beyond the edge's ends straight on.
        double const at = bubble.along_mm + offset, on = std::clamp(at, 0.0, length);
        EdgePlace const place = place_on(edge, on);
        tube.points_mm.push_back(place.at_mm + (at - on) * place.along);
        tube.radii_mm.push_back(std::max(width, 0.02 * radius));
    };
    auto const angle = [](int i) { return std::numbers::pi / 2 * i / pieces; };
    for (int i = pieces; i >= 0; --i) add(-half - radius * std::sin(angle(i)), radius * std::cos(angle(i)));
    int const count = int(std::ceil(2 * half / piece_mm));
    for (int i = 1; i < count; ++i) add(half * (2.0 * i / count - 1), radius);
    for (int i = half > 0 ? 0 : 1; i <= pieces; ++i)
        add(half + radius * std::sin(angle(i)), radius * std::cos(angle(i)));
    tube.share.assign(tube.points_mm.size() - 1, 1.0f);
    return tube;
}

} // namespace fluoro
