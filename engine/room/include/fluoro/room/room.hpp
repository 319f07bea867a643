#pragma once
#include <array>
#include <fluoro/core/clock.hpp>
#include <fluoro/physics/anti_scatter_grid.hpp>
#include <fluoro/physics/beam.hpp>
#include <fluoro/physics/tube.hpp>
#include <fluoro/room/commands.hpp>
#include <fluoro/room/table.hpp>
#include <fluoro/room/view.hpp>
#include <fluoro/room/wedge.hpp>
#include <string>
#include <vector>

namespace fluoro {

struct Range {
    double least = 0, most = 0;
    bool holds(double v) const { return v >= least && v <= most; }
};

/// One copper filter of the wheel and the voltage up to which exposure control keeps it in the beam.
struct FilterBand {
    double copper_mm = 0;
    double until_kv = 0;
};

/// How the generator's automatic exposure control works: the path of technique from a thin to a thick patient, what the
/// detector shall receive and what the law allows. docs/theory/exposure-control.md
struct ExposureProgramme {
    std::string source;                     ///< where the figures come from
    double first_kv = 65;                   ///< held while current, then pulse width rise
    Range current_ma{10, 200};              ///< of the automatic path; inside the tube's own range
    Range pulse_ms{3, 8};                   ///< of the automatic path
    std::vector<FilterBand> bands;          ///< thickest filter first, voltages ascending
    std::vector<double> ramp{0.35, 0.7, 1}; ///< share of the current in the first pulses after the pedal went down
    double target_kerma_nGy = 30;           ///< at the detector's entrance, per pulse, at the two references below
    double reference_pulse_rate = 15;       ///< [1/s]
    double reference_field_mm = 200;
    double rate_exponent = -0.5;          ///< target ~ (rate / reference)^exponent
    double most_rate_factor = 2;          ///< the slowest rates never ask for more than this times the target
    double field_exponent = -1;           ///< target ~ (field / reference)^exponent
    double kerma_rate_limit_mGy_min = 88; ///< free in air, `limit_distance_mm` in front of the detector
    double limit_distance_mm = 300;
    double gain = 0.5;       ///< share of the remaining error taken back per pulse, (0, 1]
    double dead_band = 0.02; ///< relative error that is left alone, so that the technique stands still
};

/// A kind of room, as data: one floor-mounted C-arm suite today; another kind is another set of values. All of it is
/// said in the patient's frame, so a machine whose patient stands (table, tube and patient tilted together) differs
/// only in its ranges and in where the table's slabs are.
struct RoomKind {
    std::string name = "c-arm-suite";
    std::string source; ///< where the figures come from
    double source_to_isocentre_mm = 750;
    Range source_to_detector_mm{900, 1200};
    Range primary_rad, secondary_rad;
    double primary_speed_rad_s = 0, secondary_speed_rad_s = 0, detector_speed_mm_s = 0;
    Range table_longitudinal_mm, table_lateral_mm, table_height_mm; ///< relative to the start
    double table_speed_mm_s = 0;                                    ///< of each direction
    double table_half_width_mm = 0, table_half_length_mm = 0;
    double pad_mm = 0, pad_density_g_cm3 = 0, top_mm = 0, top_density_g_cm3 = 0;
    std::string pad_material, top_material;
    std::vector<double> fields_mm;   ///< zoom formats: side of the square active field, largest first
    std::vector<double> pulse_rates; ///< [1/s], ascending
    double smallest_opening_mm = 10; ///< between two opposite blades, on the detector plane
    double source_to_blades_mm = 500;
    TubeModel tube;
    AntiScatterGrid grid;
    std::string wedge_material = "copper";
    double wedge_full_g_cm2 = 0.9, wedge_ramp_mm = 20; ///< ramp on the detector plane
    Range voltage_kv{40, 125}, current_ma{5, 800}, pulse_ms{1, 12}, copper_mm{0, 0.9};
    double power_limit_kw = 80; ///< of the tube during a pulse
    ExposureProgramme exposure;
};

/// The room kinds the program knows by name; throws Error with the names otherwise.
RoomKind const& find_room_kind(std::string const& name);

/// Where one wedge filter stands, as its shadow falls on the detector plane.
struct WedgePlace {
    double edge_mm = 1000; ///< from the central ray; beyond the field = out of the picture
    double angle_rad = 0;  ///< direction from the open to the covered side
};

/// Where everything stands and what is asked of it. Plain state: copying it is a snapshot.
struct RoomState {
    PositionerAngles angles;
    double source_to_detector_mm = 1000;
    double table_longitudinal_mm = 0, table_lateral_mm = 0, table_height_mm = 0;
    BladeOpening blades{-150, 150, -150, 150}; ///< as asked for; the active field limits it further
    double field_mm = 300;
    double pulse_rate = 7.5;
    Pedal pedal = Pedal::released;
    SelectTechnique technique;
    FluoroscopyLevel fluoroscopy_level = FluoroscopyLevel::normal;
    AcquisitionKind acquisition_kind = AcquisitionKind::cine;
    double acquisition_per_second = 15;
    bool is_high_level = false; ///< high-level control
    bool is_exposure_locked = false;
    bool is_grid_in = true;
    std::array<WedgePlace, 2> wedges;
    // what still moves
    MoveCArm c_arm_target;
    JogCArm c_arm_jog;
    MoveTable table_target;
    JogTable table_jog;
    bool is_moving = false; ///< C-arm, detector or table moved during the last tick
};

/// Why this machine in this state will not do `command`: one line that names the limit and its unit; empty when it
/// will.
std::string refusal(RoomKind const& kind, RoomState const& state, Command const& command);

/// The machine: takes commands, refuses what its limits forbid, moves at its own speed.
class Room {
public:
    /// `start_isocentre_mm`: patient point at the isocentre when the table is at zero;
    /// `patient_back_mm`: y of the lowest patient surface, on which the pad begins;
    /// `patient_middle_mm`: x and z of the table's middle.
    /// Throws Error when the machine cannot stand as `start` says.
    Room(RoomKind const& kind, RoomState const& start, Vec3 start_isocentre_mm, double patient_back_mm,
         Vec2 patient_middle_mm);

    /// Empty when done; otherwise one line for the person: what was refused and why. A refused command changes nothing.
    /// A go-to ends the jog of the axes it names, and a jog the go-to of the axes it turns.
    [[nodiscard]] std::string command(Command const& command);
    /// One tick of motion. Returns messages of limits reached (each once per push against it).
    std::vector<std::string> advance();

    RoomState const& state() const { return state_; }
    RoomKind const& kind() const { return kind_; }
    Vec3 isocentre_mm() const; ///< patient point at the isocentre now
    View view() const;
    /// Pad and table top under the patient's back, in patient space: they move with the patient.
    std::vector<Slab> table_slabs() const;
    BladeOpening open_field() const;   ///< blades limited to the active field
    std::vector<Wedge> wedges() const; ///< those that reach into the active field

private:
    RoomKind kind_;
    RoomState state_;
    Vec3 start_isocentre_mm_;
    double patient_back_mm_;
    Vec2 patient_middle_mm_;
    std::vector<bool> limit_told_; ///< per axis: the push against its limit has been reported
};

} // namespace fluoro
