#include "side_pouch.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace fluoro {

SidePouch::SidePouch(HollowVoxels hollow, std::vector<Entrance> const& entrances, std::optional<Vec3> mouth_mm)
    : hollow_{std::make_shared<HollowVoxels const>(std::move(hollow))}
{
    if (hollow_->inside == 0) return;
    places_ = hollow_places(*hollow_);
    room_mm3_ = hollow_->total_mm3(hollow_->inside);
    for (Entrance const& e : entrances) doors_.push_back({hollow_->nearest(e.at_mm, hollow_->inside), e.cell});
    fill_.emplace(hollow_, 1, mouth_mm ? hollow_->nearest(*mouth_mm, hollow_->inside) : -1);
}

void SidePouch::advance(double dt_s, Vec3 const& down, Habit const& habit, TubeFluid& tube)
{
    if (!fill_) return;
    double const in = -std::expm1(-dt_s * habit.in_per_s), out = -std::expm1(-dt_s * habit.out_per_s);
    for (Door const& door : doors_) {
        Portion const beside = tube.held(door.cell);
        double const space = habit.fills_to * room_mm3_ - held_.liquid_mm3;
        double const enters = std::min(in * beside.liquid_mm3, space);
        if (enters > 0) {
            double const share = enters / beside.liquid_mm3;
            Portion const caught{enters, 0, share * beside.solids_mg, share * beside.thickness};
            tube.add(door.cell, caught * -1);
            held_ += caught;
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
            give_back(fill_->drain(0, out * held_.liquid_mm3 / double(doors_.size())), door.cell);
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
    for (int i = 0; i < hollow_->inside; ++i) all[std::size_t(i)] = float(fill_->share(0, i) * strength);
    return all;
}

} // namespace fluoro
