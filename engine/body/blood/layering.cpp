#include "layering.hpp"

#include "edge_path.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <numbers>

namespace fluoro {

namespace {

constexpr double blood_mm2_s = 3.3;   ///< kinematic viscosity: 3.5 mPa s at 1060 kg/m3
constexpr double medium_mm2_s = 7.5;  ///< 10.4 mPa s at 1390 kg/m3 (350 mg/mL, 37 degrees)
constexpr double spins_down = 16;     ///< friction of the drift's shape, per viscosity / R^2
constexpr double first_decay = 3.39;  ///< 1.8412^2: slowest odd mode of mixing across a tube, per D / R^2
constexpr double turbulent_at = 2300; ///< Reynolds number
constexpr double eddies = 0.07;       ///< diffusivity across a turbulent tube over friction speed and radius
constexpr double mixed_after = 8;     ///< diameters: a catheter's medium across the section (Lieber et al. 2012)
constexpr double least = 1e-7;        ///< of lean [share] and drift [mm/s] that is kept

/// Mixing across a tube by turbulence at a mean speed [mm2/s]: friction speed by Blasius, u* = U sqrt(f / 8).
double turbulence_mm2_s(double speed_mm_s, double radius_mm, double viscosity)
{
    if (2 * radius_mm * speed_mm_s <= turbulent_at * viscosity) return 0;
    double const reynolds = 2 * radius_mm * speed_mm_s / viscosity, friction = 0.3164 / std::sqrt(std::sqrt(reynolds));
    return eddies * speed_mm_s * std::sqrt(friction / 8) * radius_mm;
}

} // namespace

Layering::Layering(LumenGraph const& vessels, LumenCells const& cells)
    : axis_(std::size_t(cells.count())), radius_mm_(axis_.size()), length_mm_(cells.length_mm),
      volume_ml_(axis_.size()), stirred_(axis_.size(), 0.0), states_(axis_.size()), at_nodes_(vessels.nodes_mm.size()),
      to_nodes_(at_nodes_.size()), leans_(axis_.size(), 0), picture_(axis_.size(), glm::vec3{0})
{
    for (std::size_t e = 0; e < vessels.edges.size(); ++e)
        for (int cell = cells.first[e]; cell < cells.first[e + 1]; ++cell) {
            auto const c = std::size_t(cell);
            axis_[c] = place_on(vessels.edges[e], (cell - cells.first[e] + 0.5) * length_mm_[c]).along;
            FLUORO_EXPECT(std::isfinite(glm::length(axis_[c])));
            radius_mm_[c] = std::sqrt(cells.volume_mm3[c] / (std::numbers::pi * length_mm_[c]));
            volume_ml_[c] = cells.volume_mm3[c] / 1000;
        }
}

/// With the blood: implicit and upwind, so that no cell is passed over; first down the edge, then up.
void Layering::carry(Edge const& edge, double dt_s)
{
    auto const first = std::size_t(edge.first_cell), n = std::size_t(edge.cells);
    auto const own = [&](std::size_t i, bool down) {
        State& s = states_[first + i];
        double const from = down ? std::max(edge.flows_ml_s[i], 0.0) : std::max(-edge.flows_ml_s[i + 1], 0.0);
        if (from <= 0) return;
        bool const at_end = down ? i == 0 : i + 1 == n;
        State const& before =
            at_end ? at_nodes_[std::size_t(down ? edge.from : edge.to)] : states_[down ? first + i - 1 : first + i + 1];
        double const gone = from * dt_s / (volume_ml_[first + i] + from * dt_s);
        s.lean += gone * (before.lean - s.lean);
        s.drift_mm_s += gone * (before.drift_mm_s - s.drift_mm_s);
    };
    for (std::size_t i = 0; i < n; ++i) own(i, true);
    for (std::size_t i = n; i-- > 0;) own(i, false);
}

bool Layering::advance(Edge const& edge, double dt_s)
{
    auto const first = std::size_t(edge.first_cell), n = std::size_t(edge.cells);
    auto const square_of = [](Vec3 const& v) { return glm::dot(v, v); };
    constexpr double least_square = least * least;
    auto const is_still = [&](State const& s) {
        return square_of(s.lean) < least_square && square_of(s.drift_mm_s) < least_square;
    };
    bool const is_even =
        std::ranges::all_of(edge.share, [&](double share) { return std::abs(share - edge.share[0]) < least; });
    State const& before = at_nodes_[std::size_t(edge.flows_ml_s[0] > 0 ? edge.from : edge.to)];
    if (!leans_[first] && is_even && is_still(before)) return false;
    carry(edge, dt_s);
    double most = 0;
    for (std::size_t i = 0; i < n; ++i) {
        State& s = states_[first + i];
        auto const c = first + i;
        double const radius = radius_mm_[c], share = edge.share[i];
        std::size_t const back = i > 0 ? i - 1 : i, ahead = std::min(i + 1, n - 1);
        double const slope =
            ahead > back ? (edge.share[ahead] - edge.share[back]) / (double(ahead - back) * length_mm_[c]) : 0; // 1/mm
        double const per_square = 1 / (radius * radius);
        double const speed =
            500 / std::numbers::pi * per_square * std::abs(edge.flows_ml_s[i] + edge.flows_ml_s[i + 1]);
        double const viscosity = blood_mm2_s + std::clamp(share, 0.0, 1.0) * (medium_mm2_s - blood_mm2_s);
        double const eddy = stirred_[c] + turbulence_mm2_s(speed, radius, viscosity);
        stirred_[c] = 0;
        double const turned_per_s = speed * radius * per_square / (2 * mixed_after);
        double const drift_stays = 1 / (1 + (spins_down * (viscosity + eddy) * per_square + turned_per_s) * dt_s);
        double const lean_stays = 1 / (1 + (first_decay * eddy * per_square + turned_per_s) * dt_s);
        s.drift_mm_s = drift_stays * (s.drift_mm_s - 2 * radius * slope * dt_s * pull_mm_s2_);
        s.lean = lean_stays * (s.lean - slope / 3 * dt_s * s.drift_mm_s);
        // Across the tube only; and a section has no less than none at its top, no more than all at its bottom.
        s.lean -= glm::dot(s.lean, axis_[c]) * axis_[c];
        s.drift_mm_s -= glm::dot(s.drift_mm_s, axis_[c]) * axis_[c];
        double const room = std::max(0.0, std::min(share, 1 - share)), leans = square_of(s.lean);
        if (leans > room * room) s.lean *= room / std::sqrt(leans);
        most = std::max({most, square_of(s.lean), square_of(s.drift_mm_s)});
        picture_[c] = glm::vec3{s.lean};
    }
    leans_[first] = most > least_square;
    if (!leans_[first]) {
        clear(edge.first_cell, edge.cells);
        return false;
    }
    // What leans goes along with the drift: e . m / 12 of the section, downhill only.
    for (std::size_t i = 0; i + 1 < n; ++i) {
        State const &a = states_[first + i], &b = states_[first + i + 1];
        double const slope = (edge.share[i + 1] - edge.share[i]) / length_mm_[first];
        double const flux = (glm::dot(a.drift_mm_s, a.lean) + glm::dot(b.drift_mm_s, b.lean)) / 24;
        constexpr double flat = 1e-6; // a slope of no moment [1/mm]
        edge.spreads_mm2_s[i] = std::max(0.0, -flux * slope / (slope * slope + flat * flat));
    }
    if (edge.flows_ml_s[0] < 0) {
        to_nodes_[std::size_t(edge.from)].lean -= edge.flows_ml_s[0] * states_[first].lean;
        to_nodes_[std::size_t(edge.from)].drift_mm_s -= edge.flows_ml_s[0] * states_[first].drift_mm_s;
    }
    if (edge.flows_ml_s[n] > 0) {
        to_nodes_[std::size_t(edge.to)].lean += edge.flows_ml_s[n] * states_[first + n - 1].lean;
        to_nodes_[std::size_t(edge.to)].drift_mm_s += edge.flows_ml_s[n] * states_[first + n - 1].drift_mm_s;
    }
    return true;
}

void Layering::clear(int first_cell, int cells)
{
    auto const first = std::size_t(first_cell);
    std::fill_n(states_.begin() + first_cell, cells, State{});
    std::fill_n(picture_.begin() + first_cell, cells, glm::vec3{0});
    leans_[first] = 0;
}

void Layering::pass_nodes(std::span<double const> in_ml_s)
{
    for (std::size_t n = 0; n < at_nodes_.size(); ++n) {
        double const flow = in_ml_s[n];
        at_nodes_[n] = flow > 0 ? State{to_nodes_[n].lean / flow, to_nodes_[n].drift_mm_s / flow} : State{};
        to_nodes_[n] = {};
    }
}

} // namespace fluoro
