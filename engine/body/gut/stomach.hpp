#pragma once
#include "antral_waves.hpp"
#include "pouch_fill.hpp"
#include "tube_fluid.hpp"

#include <optional>

namespace fluoro {

/// The stomach as a hollow: barium below its own juice below gas, a film of barium on its walls, room that grows with
/// what comes in. Where the patient's volume does not show it, a vessel without a picture.
class Stomach {
public:
    explicit Stomach(Patient const& patient);

    void receive(Portion const& portion); ///< at the cardia
    void take_granules(double gas_mm3) { granules_mm3_ += gas_mm3; }
    void advance(double dt_s, Vec3 const& down, AntralHabit const& antrum = {});
    AntralWaves const& waves() const { return waves_; }

    /// At the cardia, against the chest [Pa].
    double pressure_pa() const { return pressure_pa_; }
    /// What lies at the cardia, no more than so much; to be given back in part or taken.
    Portion at_cardia(double most_mm3) const;
    void give(Portion const& portion);
    /// On through the pylorus during the last advance().
    Portion let_through();

    Portion const& barium() const { return barium_; } ///< film included, gas apart
    double film_mm3() const { return film_total_mm3_; }
    double gas_mm3() const { return gas_mm3_; } ///< freed; with what the CT shows
    double bound_gas_mm3() const { return granules_mm3_; }

    /// Shares for the slots of places(). Gas keeps to where the CT shows air, as far as that goes: what is drawn is
    /// what differs from the CT.
    struct Shares {
        std::vector<float> barium_in_air, barium_in_tissue, juice_in_air, gas_in_tissue;
    };
    bool has_picture() const { return hollow_->inside > 0; }
    HollowPlaces const& places() const { return places_; }
    Shares shares(double strongest_mg_mm3) const;

private:
    void fit_room();
    void wet_walls(double dt_s);
    void keep_picture();
    bool is_wall(int box) const;
    double wet_share(std::size_t box, float fade) const;
    double taken_share(std::size_t box, float fade) const;
    double total_mm3() const { return barium_.liquid_mm3 - film_total_mm3_ + juice_mm3_ + gas_mm3_; }

    std::shared_ptr<HollowVoxels const> hollow_;
    HollowPlaces places_;
    AntralWaves waves_;
    std::optional<PouchFill> fill_;
    std::vector<double> room_up_to_mm3_; ///< of the boxes up to and with each
    int cardia_ = -1, pylorus_ = -1;
    Portion barium_, through_;
    double juice_mm3_ = 0, gas_mm3_ = 0, granules_mm3_ = 0;
    std::vector<double> film_mm3_; ///< of barium, on the wall in every box
    double film_total_mm3_ = 0;
    double pressure_pa_ = 0;
    double since_settled_s_ = 1;
    /// To be blended: what barium, all liquid and a contracted wall take of every box.
    std::array<std::vector<float>, 3> before_, now_;
};

} // namespace fluoro
