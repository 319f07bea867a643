#include "blood/lumen_changes.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>

namespace fluoro {
namespace {

/// Numbers of the sources that tell the circulation what a changing edge pushes away: beyond those of catheters and
/// leaks.
constexpr int first_source = 1000;

} // namespace

LumenChanges::LumenChanges(LumenGraph const& vessels, LumenCells const& cells) : vessels_{vessels}, cells_{cells}
{
    changes_.reserve(std::size_t(2 * body_causes));
    int most = 1;
    for (std::size_t e = 0; e + 1 < cells.first.size(); ++e) most = std::max(most, cells.first[e + 1] - cells.first[e]);
    cells_ml_.reserve(std::size_t(most));
}

/// A limit that changes nothing: as wide as the edge ever is, or as narrow.
double LumenChanges::unchanged_mm(int edge, bool narrows) const
{
    auto const& radii = vessels_.edges[std::size_t(edge)].radii_mm;
    return narrows ? *std::max_element(radii.begin(), radii.end()) : *std::min_element(radii.begin(), radii.end());
}

std::string LumenChanges::begin(SetLumen const& wish, int edge)
{
    FLUORO_EXPECT(wish.over_s > 0 && wish.to > wish.from);
    if (room_.empty()) room_.assign(std::size_t(cells_.count()), 1.0f);
    double const length = vessels_.edges[std::size_t(edge)].length_mm();
    double const from_mm = wish.from * length, to_mm = wish.to * length;
    if (wish.at_most_mm || wish.at_least_mm)
        for (Change const& change : changes_)
            if (change.number == wish.number &&
                (change.edge != edge || change.from_mm != from_mm || change.to_mm != to_mm))
                return "Lumen: number " + std::to_string(wish.number) + " changes '" +
                       vessels_.edges[std::size_t(change.edge)].name +
                       "' elsewhere; take that back first, or choose another number";
    for (bool const narrows : {true, false}) {
        auto const& width = narrows ? wish.at_most_mm : wish.at_least_mm;
        auto const old = std::find_if(changes_.begin(), changes_.end(),
                                      [&](Change const& c) { return c.number == wish.number && c.narrows == narrows; });
        if (!width) {
            if (old == changes_.end()) continue;
            old->to_radius_mm = unchanged_mm(old->edge, narrows);
            old->left_s = wish.over_s;
            old->is_leaving = true;
            continue;
        }
        double const radius_mm = old == changes_.end() ? unchanged_mm(edge, narrows) : old->radius_mm;
        Change const change{wish.number, edge, narrows, from_mm, to_mm, radius_mm, *width / 2, wish.over_s};
        if (old == changes_.end())
            changes_.push_back(change);
        else
            *old = change;
    }
    return {};
}

void LumenChanges::move(Change& change, double dt_s, Circulation& circulation)
{
    double const share = std::min(1.0, dt_s / change.left_s);
    change.radius_mm += share * (change.to_radius_mm - change.radius_mm);
    change.left_s -= dt_s;
    bool const is_over = change.left_s <= 0;
    double const radius = is_over && change.is_leaving ? -1 : change.radius_mm;
    if (change.narrows)
        circulation.narrow(change.number, change.edge, change.from_mm, change.to_mm, radius);
    else
        circulation.widen(change.number, change.edge, change.from_mm, change.to_mm, radius);
    if (std::find(moving_.begin(), moving_.end(), change.edge) == moving_.end()) moving_.push_back(change.edge);
}

void LumenChanges::reshape(int edge, double dt_s, Circulation& circulation, ContrastFlow& contrast)
{
    auto const first = std::size_t(cells_.first[std::size_t(edge)]),
               end = std::size_t(cells_.first[std::size_t(edge) + 1]);
    cells_ml_.clear();
    double lost_ml = 0, along = 0, moved_ml = 0, moment = 0;
    for (std::size_t cell = first; cell < end; ++cell) {
        double const length = cells_.length_mm[cell], drawn_ml = cells_.volume_mm3[cell] / 1000;
        auto const now = float(std::max(ContrastFlow::least_room, circulation.room(edge, along, along + length)));
        double const lost = double(room_[cell] - now) * drawn_ml;
        lost_ml += lost;
        moved_ml += std::abs(lost);
        moment += std::abs(lost) * (along + length / 2);
        room_[cell] = now;
        cells_ml_.push_back(double(now) * drawn_ml);
        along += length;
    }
    contrast.reshape(edge, cells_ml_);
    if (lost_ml == 0) return;
    circulation.inject(first_source + edge, edge, moment / moved_ml, lost_ml / dt_s);
    pushing_.push_back(edge);
}

void LumenChanges::advance(double dt_s, Circulation& circulation, ContrastFlow& contrast)
{
    for (int const edge : pushing_) circulation.inject(first_source + edge, edge, 0, 0);
    pushing_.clear();
    for (Change& change : changes_)
        if (change.left_s > 0) move(change, dt_s, circulation);
    std::erase_if(changes_, [](Change const& c) { return c.is_leaving && c.left_s <= 0; });
    for (int const edge : moving_) reshape(edge, dt_s, circulation, contrast);
    moving_.clear();
}

} // namespace fluoro
