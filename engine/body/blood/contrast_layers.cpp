#include "contrast_transport.hpp"

#include <algorithm>
#include <numeric>

// How the medium's weight layers it in the vessels that hold it: after each step of what the blood does.

namespace fluoro {

namespace {

constexpr double gravity_mm_s2 = 9806.65;
constexpr double blood_g_cm3 = 1.06;

} // namespace

void ContrastTransport::pull(Vec3 const& down, double medium_g_cm3)
{
    layering_.pull(gravity_mm_s2 * (medium_g_cm3 - blood_g_cm3) / blood_g_cm3 * down);
}

/// Through every face of an edge: what its ends differ by is pushed in or drawn at tips, the rest evenly.
void ContrastTransport::find_face_flows(int number, double dt_s)
{
    Edge const& edge = edges_[std::size_t(number)];
    auto const n = std::size_t(edge.cells);
    std::fill_n(face_flows_.begin(), n + 1, edge.in_ml / dt_s);
    for (Source const& source : sources_)
        if (source.edge == number)
            for (std::size_t j = std::size_t(source.cell) + 1; j <= n; ++j)
                face_flows_[j] += (source.pushed_ml - source.drawn_ml) / dt_s;
    double const rest = edge.out_ml / dt_s - face_flows_[n];
    for (std::size_t j = 0; j <= n; ++j) face_flows_[j] += rest * double(j) / double(n);
}

/// Along an edge, every lane alike: V c' - dt div(D A grad c') = V c, three diagonals.
void ContrastTransport::spread_along(Edge const& edge, double dt_s)
{
    auto const first = std::size_t(edge.first_cell), n = std::size_t(edge.cells);
    double* const shares = shares_.data() + first * lane_count;
    double const* const ml = cells_ml_.data() + first;
    double behind = 0; // what the face behind exchanges [mL]
    for (std::size_t i = 0; i < n; ++i) {
        double const ahead =
            i + 1 < n ? dt_s * spreads_[i] * std::min(ml[i], ml[i + 1]) / (edge.cell_mm * edge.cell_mm) : 0;
        double const pivot = ml[i] + ahead + behind - (i > 0 ? behind * onward_[i - 1] : 0);
        onward_[i] = ahead / pivot;
        for (std::size_t l = 0; l < lane_count; ++l) {
            double& own = shares[i * lane_count + l];
            own = (ml[i] * own + (i > 0 ? behind * shares[(i - 1) * lane_count + l] : 0)) / pivot;
        }
        behind = ahead;
    }
    for (std::size_t k = (n - 1) * lane_count; k-- > 0;) shares[k] += onward_[k / lane_count] * shares[k + lane_count];
    for (std::size_t k = 0; k < n * lane_count; ++k)
        picture_[first * lane_count + k] = std::clamp(float(shares[k]), 0.0f, 1.0f);
}

void ContrastTransport::layer(double dt_s)
{
    std::fill(node_in_ml_s_.begin(), node_in_ml_s_.end(), 0.0);
    for (Edge const& edge : edges_) {
        node_in_ml_s_[std::size_t(edge.from)] += std::max(0.0, -edge.in_ml) / dt_s;
        node_in_ml_s_[std::size_t(edge.to)] += std::max(0.0, edge.out_ml) / dt_s;
    }
    for (int const number : near_) {
        Edge const& edge = edges_[std::size_t(number)];
        if (!edge.is_active) {
            layering_.clear(edge.first_cell, edge.cells);
            continue;
        }
        auto const n = std::size_t(edge.cells);
        for (std::size_t i = 0; i < n; ++i) {
            auto const lanes = shares_.begin() + std::ptrdiff_t(std::size_t(edge.first_cell) + i) * lane_count;
            cell_shares_[i] =
                edge.is_even ? edge.even_share : std::accumulate(lanes, lanes + lane_count, 0.0) / lane_count;
        }
        find_face_flows(number, dt_s);
        bool const leans = layering_.advance({edge.first_cell,
                                              edge.cells,
                                              edge.from,
                                              edge.to,
                                              {face_flows_.data(), n + 1},
                                              {cell_shares_.data(), n},
                                              {spreads_.data(), n - 1}},
                                             dt_s);
        if (leans && !edge.is_even) spread_along(edge, dt_s);
    }
    layering_.pass_nodes(node_in_ml_s_);
}

} // namespace fluoro
