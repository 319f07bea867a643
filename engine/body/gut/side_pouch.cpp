#include "side_pouch.hpp"

#include "wall_film.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace fluoro {

SidePouch::SidePouch(HollowVoxels hollow, std::vector<Entrance> const& entrances, std::optional<Vec3> mouth_mm,
                     std::function<bool(Vec3 const&)> const& is_open)
    : hollow_{std::make_shared<HollowVoxels const>(std::move(hollow))}
{
    if (hollow_->inside == 0) return;
    places_ = hollow_places(*hollow_);
    room_mm3_ = hollow_->total_mm3(hollow_->inside);
    film_mm3_.assign(std::size_t(hollow_->count()), 0);
    for (Entrance const& e : entrances) doors_.push_back({hollow_->nearest(e.at_mm, hollow_->inside), e.cell, {}});
    fill_.emplace(hollow_, 1, mouth_mm ? hollow_->nearest(*mouth_mm, hollow_->inside) : -1);
    find_walls(is_open);
}

void SidePouch::find_walls(std::function<bool(Vec3 const&)> const& is_open)
{
    for (int i = 0; i < hollow_->inside; ++i) {
        glm::vec3 const at = hollow_->at_mm[std::size_t(i)];
        bool const is_wall = std::ranges::any_of(hollow_->to_neighbour_mm,
                                                 [&](glm::vec3 const& off) { return !is_open(Vec3{at + off}); });
        if (!is_wall) continue;
        auto const far = [&](Door const& door) { return glm::length(hollow_->at_mm[std::size_t(door.box)] - at); };
        std::ranges::min_element(doors_, {}, far)->wall.push_back(i);
    }
}

/// From the tube's cell at a door.
void SidePouch::take(Door const& door, TubeFluid& tube, double mm3)
{
    Portion const beside = tube.held(door.cell);
    double const share = mm3 / beside.liquid_mm3;
    Portion const caught{mm3, 0, share * beside.solids_mg, share * beside.thickness};
    tube.add(door.cell, caught * -1);
    held_ += caught;
}

/// What stands in the lumen beside a recess wets its walls; bit by bit the film runs down into the pool.
void SidePouch::wet_walls(double dt_s, TubeFluid& tube)
{
    constexpr double wets_mm2 = 20, most_share = 0.1; // less is a trickle; of a cell's liquid, in a step
    double const back = -std::expm1(-dt_s / wall_film_life_s), area = hollow_->size_mm * hollow_->size_mm;
    for (Door const& door : doors_) {
        Portion const beside = tube.held(door.cell);
        bool const is_wet = tube.liquid_mm2(door.cell) > wets_mm2;
        double const thick = is_wet ? wall_film_mm(std::exp(beside.thickness / beside.liquid_mm3)) : 0;
        double lacks = 0;
        for (int const box : door.wall) {
            double& film = film_mm3_[std::size_t(box)];
            double const room = double(hollow_->room_mm3[std::size_t(box)]);
            lacks += is_wet ? std::max(0.0, std::min(thick * area, room) - film) : 0;
            if (is_wet || film <= 0) continue;
            double const given = back * film;
            film -= given;
            film_total_mm3_ -= given;
            fill_->pour(0, box, given);
        }
        if (lacks <= 0) continue;
        double const taken = std::min(lacks, most_share * beside.liquid_mm3);
        take(door, tube, taken);
        film_total_mm3_ += taken;
        for (int const box : door.wall) {
            double& film = film_mm3_[std::size_t(box)];
            double const room = double(hollow_->room_mm3[std::size_t(box)]);
            film += taken / lacks * std::max(0.0, std::min(thick * area, room) - film);
        }
    }
}

void SidePouch::advance(double dt_s, Vec3 const& down, Habit const& habit, TubeFluid& tube)
{
    if (!fill_) return;
    wet_walls(dt_s, tube);
    double const in = -std::expm1(-dt_s * habit.in_per_s), out = -std::expm1(-dt_s * habit.out_per_s);
    for (Door const& door : doors_) {
        double const space = habit.fills_to * room_mm3_ - pooled_mm3();
        double const enters = std::min(in * tube.held(door.cell).liquid_mm3, space);
        if (enters > 0) {
            take(door, tube, enters);
            fill_->pour(0, door.box, enters);
        }
    }
    auto const give_back = [&](double mm3, int cell) {
        if (!(mm3 > 0) || held_.liquid_mm3 <= 0) return;
        Portion const given = held_ * std::min(1.0, mm3 / held_.liquid_mm3);
        held_ -= given;
        tube.add(cell, given);
    };
    if (out > 0)
        for (Door const& door : doors_)
            give_back(fill_->drain(0, out * pooled_mm3() / double(doors_.size())), door.cell);
    since_settled_s_ += dt_s;
    constexpr double settle_every_s = 0.1;
    if (since_settled_s_ < settle_every_s - 1e-9 || held_.liquid_mm3 <= 0) return;
    constexpr double spill_mm3_s = 5000;
    fill_->settle(down, since_settled_s_, spill_mm3_s);
    since_settled_s_ = 0;
    give_back(fill_->ran_out_mm3(0), doors_.front().cell);
}

std::vector<float> SidePouch::shares(double strongest_mg_mm3) const
{
    std::vector<float> all(std::size_t(hollow_->count()), 0);
    if (!fill_ || held_.liquid_mm3 <= 0) return all;
    double const strength = std::min(1.0, held_.solids_mg / held_.liquid_mm3 / strongest_mg_mm3);
    for (int i = 0; i < hollow_->inside; ++i) {
        auto const box = std::size_t(i);
        double const film = film_mm3_[box] / double(hollow_->room_mm3[box]);
        all[box] = float(std::min(1.0, fill_->share(0, i) + film) * strength);
    }
    return all;
}

} // namespace fluoro
