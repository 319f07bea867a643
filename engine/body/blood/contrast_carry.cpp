#include "contrast_transport.hpp"

#include <algorithm>
#include <cmath>

// One edge's part in a step of ContrastTransport: lane by lane, or, while its shares hardly differ, as one volume.

namespace fluoro {

namespace {

bool differs(Lanes const& lanes, double share, double by)
{
    return std::any_of(lanes.begin(), lanes.end(), [=](double l) { return std::abs(l - share) > by; });
}

bool any(Lanes const& lanes)
{
    return std::any_of(lanes.begin(), lanes.end(), [](double share) { return share > 0; });
}

} // namespace

void ContrastTransport::carry(int number, double dt_s)
{
    Edge& edge = edges_[std::size_t(number)];
    Enters const& enters = enters_[std::size_t(number)];
    if (edge.is_active || any(enters.from) || any(enters.to)) {
        edge.is_active = true;
        bool const has_source =
            std::any_of(sources_.begin(), sources_.end(), [number](Source const& s) { return s.edge == number; });
        if (edge.is_even && (has_source || edge.is_changing ||
                             (edge.in_ml > 0 && differs(enters.from, edge.even_share, edge.even_within)) ||
                             (edge.out_ml < 0 && differs(enters.to, edge.even_share, edge.even_within)))) {
            auto const first = shares_.begin() + std::ptrdiff_t(edge.first_cell) * lane_count;
            std::fill(first, first + std::ptrdiff_t(edge.cells) * lane_count, edge.even_share);
            edge.is_even = false;
        }
        if (edge.is_even)
            carry_evenly(edge, enters);
        else
            carry_unevenly(number, dt_s);
    }
    for (int const node : {edge.in_ml < 0 ? edge.from : -1, edge.out_ml > 0 ? edge.to : -1})
        if (node >= 0 && --pending_[std::size_t(node)] == 0 && junctions_.is_open(node) &&
            !junctions_.is_resolved(node))
            ready_.push_back(node);
}

void ContrastTransport::carry_unevenly(int number, double dt_s)
{
    Edge& edge = edges_[std::size_t(number)];
    Enters const& enters = enters_[std::size_t(number)];
    auto const first = std::size_t(edge.first_cell), count = std::size_t(edge.cells);
    pushed_.clear();
    for (Source const& source : sources_) {
        if (source.edge != number) continue;
        if (source.pushed_ml > 0)
            pushed_.push_back({source.cell, source.pushed_ml / dt_s, source.medium_ml / source.pushed_ml});
        if (source.drawn_ml > 0) pushed_.push_back({source.cell, -source.drawn_ml / dt_s, 0});
    }
    std::span<double> const shares{shares_.data() + first * lane_count, count * lane_count};
    std::span<double const> const cells_ml{cells_ml_.data() + first, count};
    std::span<double const> const cells_to_ml{(edge.is_changing ? next_ml_ : cells_ml_).data() + first, count};
    EdgeOutflow const out =
        transport_.advance(cells_ml, cells_to_ml, shares, *edge.profile, edge.in_ml / dt_s, edge.out_ml / dt_s,
                           enters.from, enters.to, pushed_, LaneExchange{edge.diffusion * dt_s}, dt_s);
    if (edge.is_changing) take_shape(edge);
    if (edge.in_ml < 0) junctions_.medium(edge.from, out.from);
    if (edge.out_ml > 0) junctions_.medium(edge.to, out.to);
    auto drawn = pushed_.begin();
    for (Source const& source : sources_) {
        if (source.edge != number) continue;
        if (source.pushed_ml > 0) ++drawn;
        if (source.drawn_ml > 0) drew(source.number, (drawn++)->drawn);
    }
    double least = shares[0], most = shares[0];
    for (std::size_t i = 0; i < shares.size(); ++i) {
        least = std::min(least, shares[i]);
        most = std::max(most, shares[i]);
        picture_[first * lane_count + i] = std::clamp(float(shares[i]), 0.0f, 1.0f);
    }
    if (!pushed_.empty() || most - least > edge.even_within / 2) return;
    double medium_ml = 0;
    for (std::size_t i = 0; i < shares.size(); ++i) medium_ml += shares[i] * cells_ml[i / lane_count] / lane_count;
    edge.is_even = true;
    edge.even_share = medium_ml / edge.ml;
    edge.pictured_share = -1;
    draw_even(edge);
}

void ContrastTransport::carry_evenly(Edge& edge, Enters const& enters)
{
    double enters_ml = 0, comes_ml = 0, leaves_ml = 0;
    auto const end = [&](double into_ml, Lanes const& shares) {
        if (into_ml < 0) leaves_ml -= into_ml;
        if (into_ml <= 0) return;
        comes_ml += into_ml;
        for (std::size_t l = 0; l < lane_count; ++l) enters_ml += into_ml * (*edge.profile)[l] * shares[l];
    };
    end(edge.in_ml, enters.from);
    end(-edge.out_ml, enters.to);
    double const medium_ml = edge.even_share * edge.ml + enters_ml;
    double const share = medium_ml / (edge.ml + std::max(comes_ml, leaves_ml));
    Lanes lanes = *edge.profile;
    auto const give = [&](int node, double ml) {
        for (std::size_t l = 0; l < lane_count; ++l) lanes[l] = (*edge.profile)[l] * ml * share;
        junctions_.medium(node, lanes);
    };
    if (edge.in_ml < 0) give(edge.from, -edge.in_ml);
    if (edge.out_ml > 0) give(edge.to, edge.out_ml);
    edge.even_share = (medium_ml - share * leaves_ml) / edge.ml;
    if (edge.even_share < Junctions::least_share) drain(edge);
    draw_even(edge);
}

void ContrastTransport::drain(Edge& edge)
{
    junctions_.leave(edge.out_ml >= 0 ? edge.to : edge.from, edge.even_share * edge.ml);
    edge.even_share = 0;
    edge.is_active = false;
}

void ContrastTransport::draw_even(Edge& edge)
{
    // What is drawn of an even edge lags behind by less than anybody sees.
    constexpr double unseen = 1e-5;
    if (edge.is_active && std::abs(edge.even_share - edge.pictured_share) < unseen) return;
    edge.pictured_share = edge.even_share;
    auto const first = picture_.begin() + std::ptrdiff_t(edge.first_cell) * lane_count;
    std::fill(first, first + std::ptrdiff_t(edge.cells) * lane_count, std::min(float(edge.even_share), 1.0f));
}

} // namespace fluoro
