#pragma once
#include "pouch_fill.hpp"
#include "tube_fluid.hpp"

#include <functional>
#include <optional>

namespace fluoro {

/// Recesses beside a tube that catch some of what passes and give it back: valleculae and pyriform sinuses, a
/// diverticulum. What they hold is mixed; what passes leaves a film on their walls.
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
    /// `mouth_mm`: over whose lower end it runs out into the first entrance's cell. `is_open`: where there is lumen, of
    /// which the hollow may be a part.
    SidePouch(HollowVoxels hollow, std::vector<Entrance> const& entrances, std::optional<Vec3> mouth_mm,
              std::function<bool(Vec3 const&)> const& is_open);

    void advance(double dt_s, Vec3 const& down, Habit const& habit, TubeFluid& tube);
    Portion const& held() const { return held_; } ///< film included
    HollowPlaces const& places() const { return places_; }
    std::vector<float> shares(double strongest_mg_mm3) const;

private:
    struct Door {
        int box, cell;
        std::vector<int> wall; ///< boxes nearer to it than to others that a passing liquid wets
    };
    double pooled_mm3() const { return std::max(0.0, held_.liquid_mm3 - film_total_mm3_); }
    void find_walls(std::function<bool(Vec3 const&)> const& is_open);
    void take(Door const& door, TubeFluid& tube, double mm3);
    void wet_walls(double dt_s, TubeFluid& tube);
    std::shared_ptr<HollowVoxels const> hollow_;
    HollowPlaces places_;
    std::vector<Door> doors_;
    std::optional<PouchFill> fill_;
    Portion held_;
    std::vector<double> film_mm3_; ///< in every box
    double film_total_mm3_ = 0;
    double room_mm3_ = 0, since_settled_s_ = 0;
};

} // namespace fluoro
