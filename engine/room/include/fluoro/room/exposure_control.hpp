#pragma once
#include <fluoro/physics/beam.hpp>
#include <fluoro/room/room.hpp>

namespace fluoro {

/// The technique of one pulse as the generator delivers it.
struct Technique {
    BeamQuality quality;
    TubeCurrent current{0};
    PulseWidth width{0};
    CurrentTime current_time() const { return fluoro::current_time(current, width); }
};

/// First automatic exposure control: walks a trajectory of technique (mA, then pulse width, then kV up and copper out as
/// the patient gets thicker) until the detector receives its target. Its measurement enters as an input of the next pulse,
/// so it settles over a few pulses. Never above 88 mGy/min at 30 cm in front of the detector (21 CFR 1020.32).
class ExposureControl {
public:
    explicit ExposureControl(RoomKind const& kind);
    /// The technique for the next pulse. `pulse_of_run`: 0 for the first after the pedal went down: the tube ramps over
    /// the first pulses.
    Technique next(RoomState const& state, int pulse_of_run) const;
    /// What the last pulse gave in the measuring field [keV/mm2 absorbed], and the target [keV/mm2].
    void measured(double absorbed_kev_mm2, double target_kev_mm2, Technique const& used);
    double drive() const { return drive_; }  ///< position on the trajectory, 0 thin .. 1 thick
    void set_drive(double drive);

private:
    RoomKind kind_;
    double drive_ = 0.3;
};

} // namespace fluoro
