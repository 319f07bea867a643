#pragma once
#include <array>
#include <fluoro/physics/beam.hpp>
#include <fluoro/room/anode_heat.hpp>
#include <fluoro/room/room.hpp>
#include <memory>
#include <optional>

namespace fluoro {

/// The technique of one pulse as the generator delivers it.
struct Technique {
    BeamQuality quality;
    TubeCurrent current{0};
    PulseWidth width{0};
    FocalSpot focal_spot = FocalSpot::small;
    CurrentTime current_time() const { return fluoro::current_time(current, width); }
    double power_kw() const { return quality.voltage.value() * current.value() / 1000; }         ///< during the pulse
    double energy_kj() const { return quality.voltage.value() * current_time().value() / 1000; } ///< of the pulse
};

/// Which programme the pedal runs; with the pedal released, the one of fluoroscopy.
ExposureMode exposure_mode(RoomState const& state);
/// Its pulses per second: the room's pulse rate, the acquisition's, or 1 for a single exposure (of which a press fires
/// one).
double pulses_per_second(RoomState const& state);
/// The pedal as it stands fires this pulse (0 = first of the press) when its time has come: a single exposure fires
/// one.
bool fires(RoomState const& state, int pulse_of_run);
/// The tone that the law asks for sounds: fluoroscopy is on with high-level control.
bool is_high_level_tone(RoomState const& state);
/// Legal limit of fluoroscopy as the room stands [mGy/min].
double kerma_rate_limit_mGy_min(RoomKind const& kind, RoomState const& state);

/// Air kerma rate free in air where the law limits it: in front of the detector, at the room's source-to-detector
/// distance and fluoroscopy's pulse rate [mGy/min].
double limited_kerma_rate_mGy_min(RoomKind const& kind, RoomState const& state, Technique const& technique);

/// How much the tube has left.
struct TubeLoad {
    double anode_heat_share = 0; ///< of the capacity, [0, 1]
    bool is_warning = false;     ///< the anode is hot: long runs will be derated
    double power_share = 1;      ///< of the wanted power that heat allows the next pulse; below 1 = derated
};

/// Automatic exposure control: from each pulse's reading it estimates the patient as a thickness of water, and walks
/// the programme's path of technique (mA, then pulse width, then kV up and copper out) to the place that gives the
/// detector its target behind it. Every programme has its path, the patient is one. Its measurement enters as an input
/// of the next pulse; the estimate stays between pedal presses. Never above the legal limit of fluoroscopy and never
/// beyond the tube: then the frame gets noisier instead. All state comes from readings, pulses and time, so that a
/// replay is exact. docs/theory/exposure-control.md
class ExposureControl {
public:
    explicit ExposureControl(RoomKind const& kind);

    /// The technique for the next pulse of what the pedal runs: the automatic one, or the person's own when automatic
    /// is off; limited by law and tube. `pulse_of_run`: 0 for the first after the pedal went down.
    Technique next(RoomState const& state, int pulse_of_run) const;
    /// A pulse was fired: `used`, as `next` gave it for this `state` and `pulse_of_run`; it left `absorbed_kev_mm2` in
    /// the measuring field. No signal counts as a very thick patient. Also worth calling while automatic is off:
    /// switching it on is then smooth.
    void measured(RoomState const& state, int pulse_of_run, double absorbed_kev_mm2, Technique const& used);
    /// The estimate goes where `measured` would bring it after many pulses. For a single picture.
    void settle(RoomState const& state, double absorbed_kev_mm2, Technique const& used);
    /// Time goes by: the anode cools. At least 0.
    void rest(double seconds);

    /// Air kerma wanted at the detector's entrance for one pulse at the room's rate and field [nGy].
    double target_detector_kerma_nGy(RoomState const& state) const;
    /// The same as energy absorbed in the scintillator [keV/mm2], calibrated behind 20 cm of water in the beam that the
    /// programme begins with.
    double target_absorbed_kev_mm2(RoomState const& state) const;
    /// True when the technique of this pulse stands still: locked in, or a run past its first frames.
    bool is_held(RoomState const& state, int pulse_of_run) const;

    /// What is believed to be between tube and detector [cm of water].
    double patient_water_cm() const { return water_cm_; }
    void set_patient_water_cm(double water_cm);
    TubeLoad tube_load(RoomState const& state) const;

private:
    struct Model; ///< paths and spectra: what never changes
    double water_seen_cm(double absorbed_kev_mm2, double source_to_detector_mm, Technique const& used) const;
    void follow(RoomState const& state, double seen_cm, Technique const& used);
    Technique wanted(RoomState const& state) const;
    Technique within_heat(RoomState const& state, Technique const& technique) const;

    std::shared_ptr<Model const> model_;
    double water_cm_;
    std::optional<double> seen_moving_cm_; ///< by the last pulse, while the machine moves
    std::array<std::optional<Technique>, exposure_modes> held_;
    AnodeHeat heat_;
};

} // namespace fluoro
