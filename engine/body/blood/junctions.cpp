#include "junctions.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fluoro {

namespace {

/// Of an even split, streamlines that keep their place across it; a twig takes next to nothing from its parent's.
constexpr double memory_of_even_split = 0.3;
/// Of the blood that passes a swollen node as a plug, at most this share changes places with what its walls hold.
constexpr double swept = 0.25;

/// Volumes with medium, in lanes from axis to wall, are cut anew into lanes of other volumes, in their order. Both sums
/// of volumes are one and the same. Medium of every new lane.
Lanes recut(Lanes const& volume, Lanes const& medium, Lanes const& wanted)
{
    Lanes cut{};
    std::size_t from = 0;
    double left = volume[0];
    for (std::size_t to = 0; to < lane_count; ++to)
        for (double want = wanted[to]; want > 0;) {
            double const taken = std::min(want, left);
            if (volume[from] > 0) cut[to] += medium[from] * (taken / volume[from]);
            want -= taken;
            left -= taken;
            if (left > 0) continue;
            if (from + 1 == lane_count) break; // rounding alone is left
            left = volume[++from];
        }
    return cut;
}

} // namespace

Junctions::Junctions(int nodes)
    : balances_(std::size_t(nodes)), nodes_(std::size_t(nodes)), states_(std::size_t(nodes), State::shut),
      held_ml_(std::size_t(nodes), 0.0), swell_ml_(std::size_t(nodes), 0.0)
{
}

void Junctions::begin()
{
    std::fill(balances_.begin(), balances_.end(), Balance{});
    std::fill(states_.begin(), states_.end(), State::shut);
}

void Junctions::open(int node, bool is_stirred)
{
    nodes_[std::size_t(node)] = Node{};
    nodes_[std::size_t(node)].is_stirred = is_stirred;
    states_[std::size_t(node)] = State::open;
}

void Junctions::lane_blood(int node, double ml, Lanes const& lane_share)
{
    Node& n = nodes_[std::size_t(node)];
    double const size = std::abs(ml);
    double& most = ml > 0 ? n.most_in_ml : n.most_out_ml;
    Lanes& lanes = ml > 0 ? n.lane_in_ml : n.lane_out_ml;
    most = std::max(most, size);
    for (std::size_t l = 0; l < lane_count; ++l) lanes[l] += size * lane_share[l];
}

void Junctions::medium(int node, Lanes const& ml)
{
    if (states_[std::size_t(node)] != State::open) return leave(node, std::accumulate(ml.begin(), ml.end(), 0.0));
    Lanes& medium = nodes_[std::size_t(node)].medium_ml;
    for (std::size_t l = 0; l < lane_count; ++l) medium[l] += ml[l];
}

Lanes Junctions::resolve(int node)
{
    Node const& n = nodes_[std::size_t(node)];
    Balance const& blood = balance(node);
    double& held = held_ml_[std::size_t(node)];
    double& swell = swell_ml_[std::size_t(node)];
    states_[std::size_t(node)] = State::resolved;
    double const medium = std::accumulate(n.medium_ml.begin(), n.medium_ml.end(), 0.0);
    Lanes shares{};
    if (blood.out_ml <= 0 || held + medium <= least_share * (swell + blood.in_ml)) {
        held += medium;
        swell = std::max(0.0, swell + blood.in_ml - blood.out_ml);
        return shares;
    }
    // Blood that keeps its streamlines.
    double kept_ml = 0, kept_of_in = 0, kept_of_out = 0;
    if (blood.in_ml > 0) {
        double const parting = 2 * (1 - n.most_out_ml / blood.out_ml) + 2 * (1 - n.most_in_ml / blood.in_ml);
        double const memory = 1 - (1 - memory_of_even_split) * std::min(1.0, parting);
        double const passes_ml = std::min(blood.in_ml, blood.out_ml);
        kept_ml = memory * (passes_ml - (n.is_stirred ? std::min(swell, swept * passes_ml) : 0));
        kept_of_in = kept_ml / blood.in_ml;
        kept_of_out = kept_ml / blood.out_ml;
    }
    Lanes volume{}, with{}, wanted{};
    for (std::size_t l = 0; l < lane_count; ++l) {
        volume[l] = kept_of_in * n.lane_in_ml[l];
        with[l] = kept_of_in * n.medium_ml[l];
        wanted[l] = kept_of_out * n.lane_out_ml[l];
    }
    Lanes const kept = recut(volume, with, wanted);
    double const gone = std::accumulate(kept.begin(), kept.end(), 0.0);
    // The rest is mixed with what the node holds. Where more goes out than there is, blood without medium makes it up.
    double const pool_ml = swell + blood.in_ml - kept_ml, pool = held + medium - gone;
    double const drawn_ml = blood.out_ml - kept_ml;
    double const mixed = drawn_ml > 0 ? pool / std::max(pool_ml, drawn_ml) : 0;
    held = std::max(0.0, pool - mixed * drawn_ml);
    swell = std::max(0.0, pool_ml - drawn_ml);
    for (std::size_t l = 0; l < lane_count; ++l)
        shares[l] = (1 - kept_of_out) * mixed + (wanted[l] > 0 ? kept_of_out * kept[l] / wanted[l] : 0);
    return shares;
}

void Junctions::end()
{
    for (std::size_t i = 0; i < nodes_.size(); ++i)
        if (states_[i] != State::resolved)
            swell_ml_[i] = std::max(0.0, swell_ml_[i] + balances_[i].in_ml - balances_[i].out_ml);
}

} // namespace fluoro
