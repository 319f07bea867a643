#pragma once
#include <fluoro/body/orders.hpp>
#include <fluoro/instruments/orders.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace fluoro {

// Everything a person can ask of the room and of the patient in it (body/orders.hpp, instruments/orders.hpp). The
// console and a scenario's scripted operator send the same commands; each is stamped with a tick, logged, and is all
// that a replay needs. Angles in rad, lengths in mm.

enum class Pedal { released, fluoroscopy, acquisition };
/// Dose level of fluoroscopy.
enum class FluoroscopyLevel { low, normal, high };
/// What the acquisition pedal records: a cine run, a run for subtraction, or one exposure per press.
enum class AcquisitionKind { cine, dsa, single };

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
/// the floor). + tilt: head up. + turn: the patient turns on the table until the detector that was over his front is
/// over his left side (LAO); 180 degrees = prone.
struct MoveTable {
    std::optional<double> longitudinal_mm{}, lateral_mm{}, height_mm{}, tilt_rad{}, turn_rad{};
};
struct JogTable {
    double longitudinal = 0, lateral = 0, height = 0, tilt = 0, turn = 0;
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
/// Which programme the two pedals run; what is not named stays.
struct SelectProgramme {
    std::optional<FluoroscopyLevel> fluoroscopy;
    std::optional<AcquisitionKind> acquisition;
    std::optional<double> acquisition_per_second; ///< one of the kind's rates
};
/// High-level control: twice the legal rate in fluoroscopy, while a tone sounds.
struct SetHighLevel {
    bool on = false;
};
/// Holds the technique where it stands ("lock-in") until released.
struct LockExposure {
    bool locked = false;
};
/// Anti-scatter grid in or out.
struct PlaceGrid {
    bool in = true;
};
/// One of the wedge filters, placed as its shadow falls on the detector plane; what is not named stays.
struct MoveWedge {
    int wedge = 0;                   ///< 0 or 1
    std::optional<double> edge_mm;   ///< from the central ray; the field's side or more = out of the picture
    std::optional<double> angle_rad; ///< direction from the open to the covered side
};

// What is done to the picture alone; no photon knows of it.

/// Subtraction of a mask from the run shown. Without `on` only what is named changes.
struct Subtract {
    std::optional<bool> on;
    std::optional<int> mask_first, mask_frames;      ///< frames of the run, 1 = first
    std::optional<double> shift_columns, shift_rows; ///< of the mask [pixels]
    std::optional<bool> peak;                        ///< peak opacification: the darkest so far of every pixel
    std::optional<double> landmark;                  ///< share of the anatomy left in, [0, 1]
};
/// Road map: the next fluoroscopy fills a map with the vessel's darkest values until the pedal is let go; after that
/// fluoroscopy shows the tools over it.
struct SetRoadMap {
    bool on = false;
};
/// How the picture is shown; what is not named stays.
struct ShowPicture {
    std::optional<bool> inverted;
    std::optional<double> edge_gain, brightness, contrast, zoom, centre_column, centre_row;
};
/// Shows a stored run from a frame on (0 = back to live); negative `frame` plays it as a loop.
struct ReviewRun {
    int run = 0;
    int frame = 1;
};
/// Keeps the last image hold (fluoro store); `as_reference` also shows it on the reference monitor.
struct StorePicture {
    bool as_reference = false;
};
/// Stop everything that moves.
struct StopMotion {};
/// The scripted operator is done; the session ends.
struct EndSession {};

using Command =
    std::variant<PressPedal, MoveCArm, JogCArm, MoveTable, JogTable, MoveBlades, SelectField, SelectPulseRate,
                 SelectTechnique, SelectProgramme, SetHighLevel, LockExposure, PlaceGrid, MoveWedge, Subtract,
                 SetRoadMap, ShowPicture, ReviewRun, StorePicture, StopMotion, Inject, StopInjection, Breathe, SetHeart,
                 TakeMouthful, SwallowNow, TakeGranules, GiveMedicine, GiveOxygen, CauseReaction, PerforateVessel,
                 DissectVessel, InjectAir, SetLumen, TouchHeart, PlacePressureTip, TakeTool, Aspirate, PutToolAway,
                 MoveTool, InflateBalloon, AimNeedle, HammerNeedle, MixCement, PushCement, EndSession>;

/// One word for logs and scripts: "pedal", "c-arm", "jog-c-arm", "table", "jog-table", "blades", "field", "pulse-rate",
/// "technique", "programme", "high-level", "lock", "grid", "wedge", "subtract", "road-map", "show", "review", "store",
/// "stop", "inject", "stop-injection", "breathe", "heart", "mouthful", "swallow", "granules", "medicine", "oxygen",
/// "reaction", "perforate", "dissect", "air", "lumen", "touch-heart", "pressure-tip", "take", "aspirate", "put-away",
/// "hand", "inflate", "aim", "hammer", "mix-cement", "cement", "end".
std::string name_of(Command const& command);
/// "released", "fluoroscopy", "acquisition"; "low" ...; "cine" ...: as logs and scripts write them.
std::string_view name_of(Pedal pedal);
std::string_view name_of(FluoroscopyLevel level);
std::string_view name_of(AcquisitionKind kind);

} // namespace fluoro
