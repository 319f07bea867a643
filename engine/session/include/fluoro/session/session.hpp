#pragma once
#include <deque>
#include <fluoro/body/body.hpp>
#include <fluoro/core/clock.hpp>
#include <fluoro/display/road_map.hpp>
#include <fluoro/dose/dosimeter.hpp>
#include <fluoro/image/image.hpp>
#include <fluoro/instruments/instruments.hpp>
#include <fluoro/patient/volume.hpp>
#include <fluoro/projection/projector.hpp>
#include <fluoro/room/exposure_control.hpp>
#include <fluoro/room/room.hpp>
#include <fluoro/scenario/scenario.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fluoro {

/// How the session's scatter is made.
enum class ScatterMethod {
    kernels,     ///< fitted kernels: smooth, a few milliseconds on the CPU
    monte_carlo, ///< photons followed on the device while the view stands, over the kernels until they are enough
};

struct SessionSettings {
    std::shared_ptr<Patient const> patient;
    std::vector<ScenarioObject> objects;      ///< placed in the patient, each in its time
    std::optional<BodySettings> body;         ///< empty: a patient who neither breathes nor has a heartbeat
    std::shared_ptr<ToolLibrary const> tools; ///< null: those that come with the program
    std::vector<ToolInPlace> tools_in;        ///< that lie in the patient when the session begins
    RoomKind room;
    RoomState start;
    std::optional<Vec3> isocentre_mm; ///< patient point at the isocentre; empty = centre of the CT
    std::uint64_t seed = 1;
    int pixels = 512; ///< columns = rows of the frame
    ProjectorSettings projector;
    ScatterMethod scatter = ScatterMethod::kernels;
    std::uint64_t histories_per_pulse = 200'000; ///< of Monte Carlo scatter
};

/// One fired pulse with all that was measured on it.
struct Pulse {
    Tick tick = 0;
    int number = 0;        ///< 1 = first of the session
    std::string programme; ///< "fluoroscopy-low", "...-normal", "...-high", "road-map", "cine", "dsa", "single"
    int run = 0;           ///< number that an acquisition is stored under; 0 = fluoroscopy
    int frame_of_run = 0;  ///< 1 = first after the pedal went down
    double focal_spot_mm = 0;
    Technique technique;
    PulseDose dose;
    BladeOpening opening; ///< blades as they limited the beam
    double field_cm2 = 0;
    RawImage raw;
    ProjectionTimes projection_times;
    double body_ms = 0; ///< of the ticks since the last pulse, tools included, and of bringing both into the scene
    double project_ms = 0, scatter_ms = 0, detector_ms = 0, display_ms = 0; ///< where the time went, wall clock
};

/// A run that can be shown again: an acquisition, or a stored piece of fluoroscopy.
struct RunSummary {
    int number = 0;
    std::string programme; ///< as a pulse has it
    int frames = 0;
    double per_second = 0;
    friend bool operator==(RunSummary const&, RunSummary const&) = default;
};

/// How the picture is shown, and what else there is to show.
struct PictureState {
    bool is_inverted = false;
    double edge_gain = 0, brightness = 0, contrast = 1;
    double zoom = 1, centre_column = 0.5, centre_row = 0.5;
    bool is_subtracted = false;
    int mask_first = 1, mask_frames = 1;                ///< frames of the run, 1 = first
    double mask_shift_columns = 0, mask_shift_rows = 0; ///< [pixels]
    double landmark = 0;                                ///< share of the anatomy left in
    RoadMap::Phase road_map = RoadMap::Phase::off;
    int review_run = 0, review_frame = 0; ///< run 0 = live or held picture; frames from 1
    bool is_playing = false;              ///< the run is shown as a loop
    std::vector<RunSummary> runs;
    bool has_reference = false;
    friend bool operator==(PictureState const&, PictureState const&) = default;
};

/// Running totals.
struct Totals {
    double air_kerma_reference_mGy = 0;
    double kap_Gy_cm2 = 0;
    double fluoroscopy_s = 0; ///< fluoroscopy pedal down
    double acquisition_s = 0; ///< acquisition pedal down
    int pulses = 0;
    int acquisition_runs = 0;
};

/// What a console shows after a tick; plain values.
struct Status {
    Tick tick = 0;
    RoomState room;
    Vec3 isocentre_mm{0};
    bool is_beam_on = false;          ///< the tube is being pulsed (X-ray lamp)
    bool is_live = false;             ///< the picture is live, else last image hold
    std::string programme;            ///< of the beam that is on; empty while it is off
    bool is_high_level_tone = false;  ///< high-level control sounds its tone
    bool is_technique_frozen = false; ///< exposure control stands: locked in, or a run for subtraction
    double anode_heat = 0;            ///< share of what the anode can hold [0, 1]
    bool is_tube_hot = false;         ///< the tube warns: long runs will be derated
    PictureState picture;
    Technique technique; ///< of the last pulse
    Totals totals;
    double air_kerma_rate_mGy_min = 0; ///< while the beam is on
    double kap_rate_Gy_cm2_min = 0;
    std::optional<BodyStatus> body; ///< empty: the patient is still
    InstrumentStatus instruments;
    std::vector<std::string> messages; ///< of this tick: refusals and limits
};

/// The whole chain at a fixed tick. Deterministic: the same settings and the same commands at the same ticks give the
/// same pulses, on any machine up to the projector's tolerance.
class Session {
public:
    /// Throws Error where a tool cannot lie where it is to lie.
    explicit Session(SessionSettings const& settings);
    ~Session();

    struct Step {
        std::vector<std::string> refusals; ///< one per command: why it was refused; empty = done
        std::optional<Pulse> pulse;        ///< fired during this tick
        std::optional<Picture> picture;    ///< new picture to show (a pulse, the hold, a frame under review)
        std::optional<Picture> reference;  ///< new picture for the reference monitor
    };
    /// One tick with the commands stamped for it.
    Step step(std::vector<Command> const& commands);
    Status const& status() const;
    bool has_ended() const;
    std::string device_name() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace fluoro
