#pragma once
#include <array>
#include <fluoro/core/clock.hpp>
#include <fluoro/physics/anti_scatter_grid.hpp>
#include <fluoro/physics/beam.hpp>
#include <fluoro/physics/tube.hpp>
#include <fluoro/room/commands.hpp>
#include <fluoro/room/exposure_programme.hpp>
#include <fluoro/room/table.hpp>
#include <fluoro/room/view.hpp>
#include <fluoro/room/wedge.hpp>
#include <string>
#include <vector>

namespace fluoro {

/// A kind of room, as data: a floor-mounted C-arm suite, a tilting table with the detector over it. All of it is said
/// in the patient's frame: where table, tube and patient tilt together, only gravity tells that he stands.
struct RoomKind {
    std::string name = "c-arm-suite";
    std::string source; ///< where the figures come from
    double source_to_isocentre_mm = 750;
    Range source_to_detector_mm{900, 1200};
    Range primary_rad, secondary_rad;
    double primary_speed_rad_s = 0, secondary_speed_rad_s = 0, detector_speed_mm_s = 0;
    Range table_longitudinal_mm, table_lateral_mm, table_height_mm; ///< relative to the start
    double table_speed_mm_s = 0;                                    ///< of each direction
    Range table_tilt_rad{0, 0};                                     ///< + head up; together with tube and detector
    double table_tilt_speed_rad_s = 0;
    Range patient_turn_rad{0, 0}; ///< of the patient about his long axis, on the table
    double patient_turn_speed_rad_s = 0;
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
    Range wedge_edge_mm{-75,
                        1000}; ///< travel of a wedge's edge from the central ray; the far end is out of the picture
    Range voltage_kv{40, 125}, current_ma{5, 800}, pulse_ms{1, 12}, copper_mm{0, 0.9};
    double power_limit_kw = 80; ///< of the generator during a pulse; the tube's focal spots have their own
    ExposureSettings exposure;

    bool swings() const { return primary_rad.most > primary_rad.least; } ///< the C-arm goes round the patient
    bool tilts_table() const { return table_tilt_rad.most > table_tilt_rad.least; }
    bool turns_patient() const { return patient_turn_rad.most > patient_turn_rad.least; }
};

/// The room kinds the program knows by name; throws Error with the names otherwise.
RoomKind const& find_room_kind(std::string const& name);

/// Frame rates that the machine offers for this kind [1/s]; none for a single exposure.
std::vector<double> const& acquisition_rates(RoomKind const& kind, AcquisitionKind acquisition);

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
    /// Where nobody turns on the table the turn is 0, on the back, or pi, prone, from the start on.
    double table_tilt_rad = 0, patient_turn_rad = 0;
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
    bool is_road_map = false; ///< fluoroscopy runs the road map's programme
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
    /// Throws Error when the machine cannot stand as `start` says.
    Room(RoomKind const& kind, RoomState const& start, Vec3 start_isocentre_mm, PatientOnTable const& lying);

    /// Empty when done; otherwise one line for the person: what was refused and why. A refused command changes nothing.
    /// The acquisition pedal goes before fluoroscopy's. Choosing a kind of acquisition that does not offer the rate in
    /// force takes the kind's own first rate; changing the technique to a manual one releases the lock.
    /// A go-to ends the jog of the axes it names, and a jog the go-to of the axes it turns.
    [[nodiscard]] std::string command(Command const& command);
    /// One tick of motion. Returns messages of limits reached (each once per push against it).
    std::vector<std::string> advance();

    RoomState const& state() const { return state_; }
    RoomKind const& kind() const { return kind_; }
    Vec3 isocentre_mm() const; ///< patient point at the isocentre now
    View view() const;
    /// Direction in which things fall, in patient space: unit.
    Vec3 down() const;
    /// Pad and table top under the patient, in patient space: they move with the patient.
    std::vector<Slab> table_slabs() const;
    BladeOpening open_field() const;   ///< blades limited to the active field
    std::vector<Wedge> wedges() const; ///< those that reach into the active field

private:
    RoomKind kind_;
    RoomState state_;
    Vec3 start_isocentre_mm_;
    PatientOnTable lying_;
    std::vector<bool> limit_told_; ///< per axis: the push against its limit has been reported
};

} // namespace fluoro
