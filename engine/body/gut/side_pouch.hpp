#pragma once
#include "pouch_fill.hpp"
#include "tube_fluid.hpp"

#include <optional>

namespace fluoro {

/// Recesses beside a tube that catch some of what passes and give it back: valleculae and pyriform sinuses, a
/// diverticulum. What they hold is mixed.
class SidePouch {
public:
    struct Entrance {
        Vec3 at_mm; ///< in the pouch
        int cell;   ///< of the tube
    };
    struct Habit {
        double in_per_s = 0, out_per_s = 0; ///< share of what stands in the cell beside it, and of its own
        double fills_to = 1;                ///< share of its room
    };
    /// `mouth_mm`: over whose lower end it runs out into the first entrance's cell.
    SidePouch(HollowVoxels hollow, std::vector<Entrance> const& entrances, std::optional<Vec3> mouth_mm);

    void advance(double dt_s, Vec3 const& down, Habit const& habit, TubeFluid& tube);
    Portion const& held() const { return held_; }
    HollowPlaces const& places() const { return places_; }
    std::vector<float> shares(double strongest_mg_mm3) const;

private:
    struct Door {
        int box, cell;
    };
    std::shared_ptr<HollowVoxels const> hollow_;
    HollowPlaces places_;
    std::vector<Door> doors_;
    std::optional<PouchFill> fill_;
    Portion held_;
    double room_mm3_ = 0, since_settled_s_ = 0;
};

} // namespace fluoro
