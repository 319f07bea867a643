#include "contrast_transport.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

// The jets of a fast injection carry medium and blood along in the great vessel that they enter.

namespace fluoro {

namespace {

/// Vessels wider than this hold the jets of a catheter; narrower ones are filled by what is injected anyhow.
constexpr double wide_mm = 6;
constexpr double hole_mm = 0.9;   ///< diameter of a jet where it begins
constexpr double entrains = 0.32; ///< flow of a free round jet over its own, per diameter on (Ricou & Spalding 1961)
constexpr double free_for = 20;   ///< diameters until the jets reach the wall and turn round
constexpr double least_mm = 10;   ///< of vessel for a jet to go that way
constexpr double reach_mm = 45;   ///< where the last of what they carry has been left behind
constexpr int holes = 8;          ///< of a pigtail, about (typical)
constexpr double eddies = 0.1;    ///< size of those that mix, over the vessel's diameter (typical)

} // namespace

double jet_flow_share(double along_mm, double reach_mm)
{
    double const turns_mm = std::min(free_for * hole_mm, reach_mm / 2);
    double const carried = std::max(1.0, entrains * std::min(along_mm, turns_mm) / hole_mm);
    return carried * std::clamp((reach_mm - along_mm) / (reach_mm - turns_mm), 0.0, 1.0);
}

void ContrastTransport::find_jets(Source& source) const
{
    auto const area_mm2 = [this](int e) {
        Edge const& edge = edges_[std::size_t(e)];
        return 1e3 * edge.ml / (edge.cell_mm * edge.cells);
    };
    auto const is_wide = [&](int e) {
        return edges_[std::size_t(e)].chamber < 0 && area_mm2(e) > std::numbers::pi * wide_mm * wide_mm;
    };
    for (auto& jet : source.jets) jet = {};
    if (!is_wide(source.edge)) return;

    // Each way along the vessel, at a node into the widest that goes on.
    for (int side = 0; side < 2; ++side) {
        Jet& jet = source.jets[std::size_t(side)];
        std::vector<char> is_met(edges_.size(), 0);
        int edge = source.edge, toward = side == 0 ? -1 : 1, cell = source.cell;
        double left_mm = reach_mm;
        while (edge >= 0) {
            Edge const& here = edges_[std::size_t(edge)];
            is_met[std::size_t(edge)] = 1;
            for (; cell >= 0 && cell < here.cells && left_mm > 0; cell += toward, left_mm -= here.cell_mm)
                jet.cells.push_back({edge, here.first_cell + cell, here.cell_mm});
            if (left_mm <= 0) break;
            int const node = toward < 0 ? here.from : here.to;
            int next = -1;
            for (int e = 0; e < int(edges_.size()); ++e)
                if (!is_met[std::size_t(e)] && is_wide(e) &&
                    (edges_[std::size_t(e)].from == node || edges_[std::size_t(e)].to == node) &&
                    (next < 0 || area_mm2(e) > area_mm2(next)))
                    next = e;
            if (next >= 0) {
                toward = edges_[std::size_t(next)].from == node ? 1 : -1;
                cell = toward > 0 ? 0 : edges_[std::size_t(next)].cells - 1;
            }
            edge = next;
        }
        // Flow through the face beyond each cell; none through the last.
        double total_mm = 0, along_mm = 0;
        for (auto const& c : jet.cells) total_mm += c.length_mm;
        for (auto& c : jet.cells) {
            along_mm += c.length_mm;
            c.carried = jet_flow_share(along_mm, total_mm);
        }
        jet.cells.back().carried = 0;
        jet.share = total_mm >= least_mm ? total_mm : 0;
    }
    // Up the vessel and down, by the way that is open to them there.
    double const sides = source.jets[0].share + source.jets[1].share;
    for (auto& jet : source.jets) jet.share = sides > 0 ? jet.share / sides : 0;
}

/// What is pushed and what the jets take along from each cell they pass, they leave where they slow down; as much
/// flows back towards the tip, where what is pushed has its room. Explicit in the jet, implicit in what flows back.
void ContrastTransport::carry_along(Jet const& jet, double pushed_ml, double pushed_medium_ml)
{
    double most = 0, before = 1;
    for (auto const& c : jet.cells) {
        most = std::max(most, pushed_ml * std::max(c.carried, before) / cells_ml_[std::size_t(c.cell)]);
        before = c.carried;
    }
    int const parts = std::max(1, int(std::ceil(most)));
    double const ml = pushed_ml / parts;
    for (int part = 0; part < parts; ++part) {
        double carried_ml = ml, medium_ml = pushed_medium_ml / parts;
        before = 1;
        for (auto const& c : jet.cells) {
            double const taken = ml * std::max(0.0, c.carried - before);
            carried_ml += taken;
            for (std::size_t l = 0; l < lane_count; ++l)
                medium_ml += taken / lane_count * shares_[std::size_t(c.cell) * lane_count + l];
            before = c.carried;
        }
        double const share = medium_ml / carried_ml;
        Lanes back{}; // from the cell beyond
        for (std::size_t k = jet.cells.size(); k-- > 0;) {
            auto const& c = jet.cells[k];
            double const in = ml * (k > 0 ? jet.cells[k - 1].carried : 1), on = ml * c.carried;
            double const blood = cells_ml_[std::size_t(c.cell)], taken = std::max(0.0, on - in),
                         left = std::max(0.0, in - on);
            for (std::size_t l = 0; l < lane_count; ++l) {
                double& own = shares_[std::size_t(c.cell) * lane_count + l];
                own = ((blood - taken) * own + on * back[l] + left * share) / (k > 0 ? blood + in : blood);
                back[l] = own;
            }
        }
    }
}

/// The power that the jets lose stirs what they reach: eddies as large as the vessel lets them mix along it,
/// implicitly, through the tip's cell from one side to the other.
void ContrastTransport::mix_along(std::array<Jet, 2> const& jets, double pushed_ml, double dt_s)
{
    constexpr double hole_mm2 = std::numbers::pi * hole_mm * hole_mm / 4;
    stirred_.clear();
    for (std::size_t k = jets[0].cells.size(); k-- > 1;) stirred_.push_back({jets[0].cells[k], {}, 0});
    for (auto const& c : jets[1].cells) stirred_.push_back({c, {}, 0});
    double volume_mm3 = 0, length_mm = 0;
    for (Stirred const& s : stirred_) {
        volume_mm3 += 1e3 * cells_ml_[std::size_t(s.in.cell)];
        length_mm += s.in.length_mm;
    }
    double const flow_mm3_s = 1e3 * pushed_ml / dt_s, speed_mm_s = flow_mm3_s / (holes * hole_mm2);
    double const power_mm2_s3 = flow_mm3_s * speed_mm_s * speed_mm_s / 2 / volume_mm3; // per mass
    double const eddy_mm = eddies * 2 * std::sqrt(volume_mm3 / length_mm / std::numbers::pi);
    double const mm2_s = std::cbrt(power_mm2_s3 * eddy_mm) * eddy_mm;
    for (Stirred const& s : stirred_) layering_.stir(s.in.cell, mm2_s);
    // V c' - dt div(D A grad c') = V c: three diagonals, from one end to the other and back.
    double behind = 0; // what the face behind exchanges [mL]
    for (std::size_t i = 0; i < stirred_.size(); ++i) {
        auto const own = std::size_t(stirred_[i].in.cell);
        double const blood = cells_ml_[own];
        double ahead = 0;
        if (i + 1 < stirred_.size()) {
            Jet::Cell const &here = stirred_[i].in, &next = stirred_[i + 1].in;
            double const area_mm2 =
                2e3 * std::min(blood / here.length_mm, cells_ml_[std::size_t(next.cell)] / next.length_mm);
            ahead = 1e-3 * dt_s * mm2_s * area_mm2 / (here.length_mm + next.length_mm);
        }
        double const pivot = blood + ahead + behind - (i > 0 ? behind * stirred_[i - 1].onward : 0);
        stirred_[i].onward = ahead / pivot;
        for (std::size_t l = 0; l < lane_count; ++l)
            stirred_[i].share[l] =
                (blood * shares_[own * lane_count + l] + (i > 0 ? behind * stirred_[i - 1].share[l] : 0)) / pivot;
        behind = ahead;
    }
    for (std::size_t i = stirred_.size(); i-- > 0;)
        for (std::size_t l = 0; l < lane_count; ++l) {
            if (i + 1 < stirred_.size()) stirred_[i].share[l] += stirred_[i].onward * stirred_[i + 1].share[l];
            shares_[std::size_t(stirred_[i].in.cell) * lane_count + l] = stirred_[i].share[l];
        }
}

void ContrastTransport::stir(Source const& source, double dt_s)
{
    if (source.pushed_ml <= 0 || !source.has_jets()) return;
    for (Jet const& jet : source.jets)
        for (auto const& c : jet.cells) {
            Edge& edge = edges_[std::size_t(c.edge)];
            if (!edge.is_even) continue;
            auto const first = shares_.begin() + std::ptrdiff_t(edge.first_cell) * lane_count;
            std::fill(first, first + std::ptrdiff_t(edge.cells) * lane_count, edge.is_active ? edge.even_share : 0.0);
            edge.is_even = false;
            edge.is_active = true;
        }
    for (Jet const& jet : source.jets)
        if (jet.share > 0) carry_along(jet, jet.share * source.pushed_ml, jet.share * source.medium_ml);
    mix_along(source.jets, source.pushed_ml, dt_s);
    for (Jet const& jet : source.jets)
        for (auto const& c : jet.cells)
            for (std::size_t k = std::size_t(c.cell) * lane_count; k < (std::size_t(c.cell) + 1) * lane_count; ++k)
                picture_[k] = std::clamp(float(shares_[k]), 0.0f, 1.0f);
}

} // namespace fluoro
