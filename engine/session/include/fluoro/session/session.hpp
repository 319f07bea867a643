#pragma once
#include <deque>
#include <fluoro/core/clock.hpp>
#include <fluoro/dose/dosimeter.hpp>
#include <fluoro/image/image.hpp>
#include <fluoro/patient/volume.hpp>
#include <fluoro/projection/projector.hpp>
#include <fluoro/room/exposure_control.hpp>
#include <fluoro/room/room.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fluoro {

struct SessionSettings {
    std::shared_ptr<Patient const> patient;
    RoomKind room;
    RoomState start;
    std::optional<Vec3> isocentre_mm; ///< patient point at the isocentre; empty = centre of the CT
    std::uint64_t seed = 1;
    int pixels = 512; ///< columns = rows of the frame
    ProjectorSettings projector;
};

/// One fired pulse with all that was measured on it.
struct Pulse {
    Tick tick = 0;
    int number = 0; ///< 1 = first of the session
    Technique technique;
    PulseDose dose;
    BladeOpening opening; ///< blades as they limited the beam
    double field_cm2 = 0;
    RawImage raw;
    ProjectionTimes projection_times;
    double project_ms = 0, detector_ms = 0, display_ms = 0; ///< where the time went, wall clock
};

/// Running totals.
struct Totals {
    double air_kerma_reference_mGy = 0;
    double kap_Gy_cm2 = 0;
    double fluoroscopy_s = 0; ///< pedal down and beam on
    int pulses = 0;
};

/// What a console shows after a tick; plain values.
struct Status {
    Tick tick = 0;
    RoomState room;
    Vec3 isocentre_mm{0};
    bool is_beam_on = false; ///< the tube is being pulsed (X-ray lamp)
    bool is_live = false;    ///< the picture is live, else last image hold
    Technique technique;     ///< of the last pulse
    Totals totals;
    double air_kerma_rate_mGy_min = 0; ///< while the beam is on
    double kap_rate_Gy_cm2_min = 0;
    std::vector<std::string> messages; ///< of this tick: refusals and limits
};

/// The whole chain at a fixed tick. Deterministic: the same settings and the same commands at the same ticks give the
/// same pulses, on any machine up to the projector's tolerance.
class Session {
public:
    explicit Session(SessionSettings const& settings);
    ~Session();

    struct Step {
        std::vector<std::string> refusals; ///< one per command: why it was refused; empty = done
        std::optional<Pulse> pulse;        ///< fired during this tick
        std::optional<Picture> picture;    ///< new picture to show (a pulse, or the hold when the pedal was released)
    };
    /// One tick with the commands stamped for it.
    Step step(std::vector<Command> const& commands);
    Status const& status() const;
    bool has_ended() const;
    std::string device_name() const;
    /// Detector gain: digital numbers of a raw frame per keV/mm2 absorbed.
    static double dn_per_kev_mm2();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace fluoro
