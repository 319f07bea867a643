#include "contrast_transport.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

// The jets of a fast injection stir the great vessel that they enter.

namespace fluoro {

namespace {

/// Vessels wider than this hold the jets of a catheter; narrower ones are filled by what is injected anyhow.
constexpr double wide_mm = 6;
/// Along the vessel to each side of the tip, the jets' length (typical of a pigtail catheter).
constexpr double reach_mm = 45;
/// A free round jet carries along six times its own flow after some twenty diameters (0.32 x / d, Ricou & Spalding
/// 1961); what it sets going turns round in the vessel and mixes on: two and a half times that (chosen by eye).
constexpr double entrained = 15;

} // namespace

void ContrastTransport::find_stirred(Source& source) const
{
    struct Place {
        int edge;
        double along_mm; ///< where it is entered
        double left_mm;  ///< of the reach
        int toward;      ///< -1: to `from`, 1: to `to`
    };
    auto const is_wide = [this](Edge const& edge) {
        double const radius2 = 1e3 * edge.ml / (std::numbers::pi * edge.cell_mm * edge.cells);
        return edge.chamber < 0 && radius2 > wide_mm * wide_mm;
    };
    source.stirred.clear();
    if (!is_wide(edges_[std::size_t(source.edge)])) return;
    std::vector<char> is_met(edges_.size(), 0);
    is_met[std::size_t(source.edge)] = 1;
    double const tip_mm = (source.cell + 0.5) * edges_[std::size_t(source.edge)].cell_mm;
    std::vector<Place> places{{source.edge, tip_mm, reach_mm, -1}, {source.edge, tip_mm, reach_mm, 1}};
    for (std::size_t p = 0; p < places.size(); ++p) {
        Place const place = places[p];
        Edge const& edge = edges_[std::size_t(place.edge)];
        double const length = edge.cell_mm * edge.cells, end = place.toward < 0 ? 0 : length;
        for (int cell = 0; cell < edge.cells; ++cell) {
            double const ahead = place.toward * ((cell + 0.5) * edge.cell_mm - place.along_mm);
            if (ahead > (place.toward < 0 ? 0 : -1e-9) && ahead <= place.left_mm)
                source.stirred.push_back({place.edge, edge.first_cell + cell});
        }
        double const left = place.left_mm - std::abs(end - place.along_mm);
        if (left <= 0) continue;
        int const node = place.toward < 0 ? edge.from : edge.to;
        for (std::size_t e = 0; e < edges_.size(); ++e) {
            Edge const& next = edges_[e];
            if (is_met[e] || (next.from != node && next.to != node) || !is_wide(next)) continue;
            is_met[e] = 1;
            bool const goes_on = next.from == node;
            places.push_back({int(e), goes_on ? 0 : next.cell_mm * next.cells, left, goes_on ? 1 : -1});
        }
    }
}

void ContrastTransport::stir(Source const& source)
{
    if (source.pushed_ml <= 0 || source.stirred.empty()) return;
    double blood_ml = 0, medium_ml = 0;
    for (auto const& [edge, cell] : source.stirred) {
        Edge& stirred = edges_[std::size_t(edge)];
        if (stirred.is_even) {
            auto const first = shares_.begin() + std::ptrdiff_t(stirred.first_cell) * lane_count;
            std::fill(first, first + std::ptrdiff_t(stirred.cells) * lane_count,
                      stirred.is_active ? stirred.even_share : 0.0);
            stirred.is_even = false;
            stirred.is_active = true;
        }
        auto const c = std::size_t(cell);
        blood_ml += cells_ml_[c];
        for (std::size_t l = 0; l < lane_count; ++l)
            medium_ml += cells_ml_[c] / lane_count * shares_[c * lane_count + l];
    }
    double const mean = medium_ml / blood_ml;
    double const mixed = 1 - std::exp(-entrained * source.pushed_ml / blood_ml);
    for (auto const& [edge, cell] : source.stirred)
        for (std::size_t k = std::size_t(cell) * lane_count; k < (std::size_t(cell) + 1) * lane_count; ++k) {
            shares_[k] += mixed * (mean - shares_[k]);
            picture_[k] = std::clamp(float(shares_[k]), 0.0f, 1.0f);
        }
}

} // namespace fluoro
