#pragma once
#include <optional>
#include <string>
#include <variant>

namespace fluoro {

// Everything a person can ask of the room. The console and a scenario's scripted operator send the same commands;
// each is stamped with a tick, logged, and is all that a replay needs. Angles in rad, lengths in mm.

enum class Pedal { released, fluoroscopy };

struct PressPedal {
    Pedal pedal = Pedal::released;
};
/// Go to these values at the machine's speed; what is not named stays.
struct MoveCArm {
    std::optional<double> primary_rad, secondary_rad, source_to_detector_mm;
};
/// Turn at these fractions of full speed (-1 .. 1) until told otherwise; 0 ends this jog (a go-to goes on: StopMotion
/// stops both).
struct JogCArm {
    double primary = 0, secondary = 0, source_to_detector = 0;
};
/// Table position relative to the start: where the isocentre stands in the patient moves the other way.
/// + longitudinal: table toward the patient's head; + lateral: toward the patient's left; + height: up (table away from
/// the floor).
struct MoveTable {
    std::optional<double> longitudinal_mm, lateral_mm, height_mm;
};
struct JogTable {
    double longitudinal = 0, lateral = 0, height = 0;
};
/// Edges of the opening on the detector plane, from the central ray (left and top are normally negative); what is not
/// named stays. The active field limits the opening further.
struct MoveBlades {
    std::optional<double> left_mm, right_mm, top_mm, bottom_mm;
};
/// Active field side [mm]: must be one of the machine's zoom formats.
struct SelectField {
    double field_mm = 200;
};
struct SelectPulseRate {
    double per_second = 7.5;
};
/// Automatic exposure off with these values, or on again when `automatic`.
struct SelectTechnique {
    bool automatic = true;
    double voltage_kv = 80, current_ma = 50, pulse_ms = 5, copper_mm = 0;
};
/// Stop everything that moves.
struct StopMotion {};
/// The scripted operator is done; the session ends.
struct EndSession {};

using Command = std::variant<PressPedal, MoveCArm, JogCArm, MoveTable, JogTable, MoveBlades, SelectField,
                             SelectPulseRate, SelectTechnique, StopMotion, EndSession>;

/// One word for logs and scripts: "pedal", "c-arm", "jog-c-arm", "table", "jog-table", "blades", "field", "pulse-rate",
/// "technique", "stop", "end".
std::string name_of(Command const& command);

} // namespace fluoro
