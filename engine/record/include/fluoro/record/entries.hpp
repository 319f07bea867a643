#pragma once
#include <cstdint>
#include <fluoro/core/clock.hpp>
#include <fluoro/core/measure.hpp>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace fluoro {

// What the event log holds, as plain types of its own: a log reads back without the rest of the simulator.
// docs/run-folder.md describes the files.

/// What was run, and with what. The first line of the log; run.json repeats it.
struct RunInfo {
    std::string program_version;
    std::vector<std::pair<std::string, std::string>> versions; ///< name and version of what else shaped the result
    std::string started_utc;                                   ///< ISO 8601; filled in by the recorder where empty
    std::uint64_t seed = 1;
    std::string scenario;      ///< file or name
    std::string operator_name; ///< scripted operator; empty = a person
    std::string patient;       ///< what was imaged: a file, a bundle or a built-in name
    std::string room_kind;
    std::string device;        ///< what computed the projections
    int columns = 0, rows = 0; ///< of the frames
    std::vector<std::string> command_line;
    friend bool operator==(RunInfo const&, RunInfo const&) = default;
};

using ArgumentValue = std::variant<bool, double, std::string>;

/// Something a person, a script or the program asked of the room.
struct CommandEntry {
    Tick tick = 0;
    std::string name;                                             ///< "c-arm", "pedal", ...
    std::vector<std::pair<std::string, ArgumentValue>> arguments; ///< names end in their unit
    std::string refusal;                                          ///< why it was refused; empty = done
    friend bool operator==(CommandEntry const&, CommandEntry const&) = default;
};

/// One fired pulse. Dose and charge are whole numbers of a small unit, so that sums are exact in any order.
struct PulseEntry {
    Tick tick = 0;
    int number = 0;                 ///< 1 = first of the run; its frame is frames/<number>.png
    double kv = 0;                  ///< peak tube voltage [kV]
    double ma = 0;                  ///< tube current [mA]
    double pulse_ms = 0;            ///< pulse width [ms]
    double copper_mm = 0;           ///< added filter [mm Cu]
    std::int64_t charge_nAs = 0;    ///< mAs of the pulse [1e-6 mAs]
    std::int64_t air_kerma_pGy = 0; ///< at the reference point, free in air [1e-9 mGy]
    std::int64_t kap_pGy_cm2 = 0;   ///< kerma-area product [1e-12 Gy cm2]
    double primary_deg = 0;         ///< positioner angles as DICOM has them: + = detector toward the patient's left
    double secondary_deg = 0;       ///< + = detector toward the head
    double sid_mm = 0;              ///< source to detector
    double table_longitudinal_mm = 0, table_lateral_mm = 0, table_height_mm = 0; ///< relative to the start
    double field_mm = 0; ///< side of the active field on the detector
    double blade_left_mm = 0, blade_right_mm = 0, blade_top_mm = 0, blade_bottom_mm = 0; ///< on the detector plane
    double field_cm2 = 0;                         ///< collimated field on the detector
    double pulse_rate = 0;                        ///< [1/s]
    std::string programme = "fluoroscopy-normal"; ///< "fluoroscopy-low", "...-normal", "...-high", "road-map",
                                                  ///< "cine", "dsa", "single"
    int run = 0;               ///< number of the acquisition run that this is a frame of, ascending; 0 = fluoroscopy
    double dn_per_kev_mm2 = 0; ///< detector gain: digital numbers of its frame per absorbed keV/mm2
    double focal_spot_mm = 0;  ///< side of the focal spot used
    bool is_grid_in = true;    ///< anti-scatter grid
    friend bool operator==(PulseEntry const&, PulseEntry const&) = default;
};

/// The tube starts or stops being pulsed.
struct BeamEntry {
    Tick tick = 0;
    bool is_on = false;
    std::string programme = {}; ///< as a pulse has it; empty when it stops
    friend bool operator==(BeamEntry const&, BeamEntry const&) = default;
};

/// A line that the person at the console was shown.
struct MessageEntry {
    Tick tick = 0;
    std::string text;
    friend bool operator==(MessageEntry const&, MessageEntry const&) = default;
};

/// A tool in a vessel. Places are of the patient at rest, as his CT has them; peaks are the greatest since the entry
/// before, whatever their direction.
struct ToolEntry {
    std::string name, access;
    std::string vessel; ///< that the tip is in; empty = none
    double inserted_mm = 0, turned_deg = 0;
    double tip_x_mm = 0, tip_y_mm = 0, tip_z_mm = 0;
    double push_n = 0, torque_n_mm = 0, tip_force_n = 0;
    double peak_push_n = 0, peak_torque_n_mm = 0, peak_tip_force_n = 0;
    double balloon_atm = 0, balloon_mm = 0; ///< pressure, greatest diameter; 0 without a balloon
    friend bool operator==(ToolEntry const&, ToolEntry const&) = default;
};
struct NeedleEntry {
    std::string name, tissue; ///< that the tip is in
    double depth_mm = 0;
    double tip_x_mm = 0, tip_y_mm = 0, tip_z_mm = 0;
    double force_n = 0, peak_force_n = 0;
    bool has_blood_return = false;
    friend bool operator==(NeedleEntry const&, NeedleEntry const&) = default;
};
/// What lies where: with every pulse while there are tools, and once a second between pulses.
struct ToolsEntry {
    Tick tick = 0;
    int pulse = 0; ///< number of the pulse that shows it; 0 = between pulses
    std::vector<ToolEntry> tools;
    std::vector<NeedleEntry> needles;
    std::string cement_level; ///< vertebra that cement is in; empty = none yet
    double cement_ml = 0, cement_leaked_ml = 0;
    friend bool operator==(ToolsEntry const&, ToolsEntry const&) = default;
};
/// A tool has broken something.
struct BreachEntry {
    Tick tick = 0;
    std::string what, tool, vessel;
    double x_mm = 0, y_mm = 0, z_mm = 0; ///< of the patient at rest
    double force_n = 0;
    friend bool operator==(BreachEntry const&, BreachEntry const&) = default;
};

/// The run ended in order; last line of a whole log.
struct EndEntry {
    Tick tick = 0;
    friend bool operator==(EndEntry const&, EndEntry const&) = default;
};

using LogEntry = std::variant<CommandEntry, PulseEntry, BeamEntry, MessageEntry, ToolsEntry, BreachEntry, EndEntry>;

/// Nearest whole number of the log's units; finite, not negative, below 2^53 units (9e6 mGy, 9e3 Gy cm2, 9e9 mAs).
std::int64_t picograys(AirKerma kerma);
std::int64_t picogray_square_centimetres(KermaArea kerma_area);
std::int64_t nanoampere_seconds(CurrentTime charge);

/// And back, as the nearest double; the same whole number can be had again from it.
AirKerma air_kerma_of(std::int64_t picograys);
KermaArea kerma_area_of(std::int64_t picogray_square_centimetres);
CurrentTime current_time_of(std::int64_t nanoampere_seconds);

} // namespace fluoro
