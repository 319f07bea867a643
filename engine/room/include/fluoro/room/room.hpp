#pragma once
#include <fluoro/core/clock.hpp>
#include <fluoro/physics/beam.hpp>
#include <fluoro/room/commands.hpp>
#include <fluoro/room/table.hpp>
#include <fluoro/room/view.hpp>
#include <string>
#include <vector>

namespace fluoro {

struct Range {
    double least = 0, most = 0;
    bool holds(double v) const { return v >= least && v <= most; }
};

/// A kind of room, as data: one ceiling- or floor-mounted C-arm suite today; another kind is another set of values.
struct RoomKind {
    std::string name = "c-arm-suite";
    std::string source;                  ///< where the figures come from
    double source_to_isocentre_mm = 750;
    Range source_to_detector_mm{900, 1200};
    Range primary_rad, secondary_rad;
    double primary_speed_rad_s = 0, secondary_speed_rad_s = 0, detector_speed_mm_s = 0;
    Range table_longitudinal_mm, table_lateral_mm, table_height_mm;   ///< relative to the start
    double table_speed_mm_s = 0;
    double table_half_width_mm = 0, table_half_length_mm = 0;
    double pad_mm = 0, pad_density_g_cm3 = 0, top_mm = 0, top_density_g_cm3 = 0;
    std::string pad_material, top_material;
    std::vector<double> fields_mm;       ///< zoom formats: side of the square active field, largest first
    std::vector<double> pulse_rates;     ///< [1/s]
    double smallest_opening_mm = 10;
    double focal_spot_mm = 0.6;
    double source_to_blades_mm = 500;
    Range voltage_kv{40, 125}, current_ma{5, 800}, pulse_ms{1, 12}, copper_mm{0, 0.9};
    double power_limit_kw = 80;
};

/// The room kinds the program knows by name; throws Error with the names otherwise.
RoomKind const& find_room_kind(std::string const& name);

/// Where everything stands and what is asked of it. Plain state: copying it is a snapshot.
struct RoomState {
    PositionerAngles angles;
    double source_to_detector_mm = 1000;
    double table_longitudinal_mm = 0, table_lateral_mm = 0, table_height_mm = 0;
    BladeOpening blades;
    double field_mm = 300;
    double pulse_rate = 7.5;
    Pedal pedal = Pedal::released;
    SelectTechnique technique;
    // what still moves
    MoveCArm c_arm_target;
    JogCArm c_arm_jog;
    MoveTable table_target;
    JogTable table_jog;
    bool is_moving = false;   ///< C-arm, detector or table moved during the last tick
};

/// The machine: takes commands, refuses what its limits forbid, moves at its own speed.
class Room {
public:
    /// `start_isocentre_mm`: patient point at the isocentre when the table is at zero;
    /// `patient_back_mm`: y of the lowest patient surface, on which the pad begins;
    /// `patient_middle_mm`: x and z of the table's middle.
    Room(RoomKind const& kind, RoomState const& start, Vec3 start_isocentre_mm, double patient_back_mm, Vec2 patient_middle_mm);

    /// Empty when done; otherwise one line for the person: what was refused and why. A refused command changes nothing.
    [[nodiscard]] std::string command(Command const& command);
    /// One tick of motion. Returns messages of limits reached (each once).
    std::vector<std::string> advance();

    RoomState const& state() const { return state_; }
    RoomKind const& kind() const { return kind_; }
    Vec3 isocentre_mm() const;   ///< patient point at the isocentre now
    View view() const;
    std::vector<Slab> table_slabs() const;
    BladeOpening open_field() const;  ///< blades limited to the active field

private:
    RoomKind kind_;
    RoomState state_;
    Vec3 start_isocentre_mm_;
    double patient_back_mm_;
    Vec2 patient_middle_mm_;
};

} // namespace fluoro
