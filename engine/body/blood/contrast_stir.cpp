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
constexpr double sheds = 0.3;     ///< of the medium stays near the tip: coil and wall are in the jets' way (by eye)
constexpr double near_mm = 16;    ///< how far from the tip that is
constexpr double of_tip = 0.12;   ///< of that, in the tip's own cell
constexpr double least_mm = 10;   ///< of vessel for a jet to go that way
constexpr double reach_mm = 45;   ///< where the last of what they carry has been left behind

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
        double shed = 0, before_mm = 0;
        for (auto& c : jet.cells) {
            // The tip's own cell has both sides' share and loses the least.
            c.shed = std::max(0.0, 1 - before_mm / near_mm) * (before_mm > 0 ? 1 : of_tip);
            shed += c.shed;
            before_mm += c.length_mm;
        }
        for (auto& c : jet.cells) c.shed /= shed;
        jet.share = total_mm >= least_mm ? 1 : 0;
    }
    // Half of them up the vessel, half down, unless it ends there.
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
        double carried_ml = ml, medium_ml = (1 - sheds) * pushed_medium_ml / parts;
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
                         left = std::max(0.0, in - on), shed_ml = sheds * pushed_medium_ml / parts * c.shed;
            for (std::size_t l = 0; l < lane_count; ++l) {
                double& own = shares_[std::size_t(c.cell) * lane_count + l];
                own = ((blood - taken) * own + on * back[l] + left * share + shed_ml) / (k > 0 ? blood + in : blood);
                back[l] = own;
            }
        }
    }
}

void ContrastTransport::stir(Source const& source)
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
    for (Jet const& jet : source.jets)
        for (auto const& c : jet.cells)
            for (std::size_t k = std::size_t(c.cell) * lane_count; k < (std::size_t(c.cell) + 1) * lane_count; ++k)
                picture_[k] = std::clamp(float(shares_[k]), 0.0f, 1.0f);
}

} // namespace fluoro
