#pragma once
#include <fluoro/physics/beam.hpp>
#include <fluoro/room/room.hpp>

namespace fluoro {

/// The technique of one pulse as the generator delivers it.
struct Technique {
    BeamQuality quality;
    TubeCurrent current{0};
    PulseWidth width{0};
    FocalSpot focal_spot = FocalSpot::small;
    CurrentTime current_time() const { return fluoro::current_time(current, width); }
};

/// Air kerma rate free in air where the law limits it: in front of the detector, at the room's pulse rate and
/// source-to-detector distance [mGy/min].
double limited_kerma_rate_mGy_min(RoomKind const& kind, RoomState const& state, Technique const& technique);

/// First automatic exposure control: walks a path of technique (mA, then pulse width, then kV up and copper out as the
/// patient gets thicker) until the detector receives its target. Its measurement enters as an input of the next pulse,
/// so it settles over a few pulses; the values stay between pedal presses. Never above 88 mGy/min at 30 cm in front of
/// the detector (21 CFR 1020.32): then the frame gets noisier instead. docs/theory/exposure-control.md
class ExposureControl {
public:
    explicit ExposureControl(RoomKind const& kind);

    /// The technique for the next pulse: the automatic one, or the person's own when automatic is off; limited by law
    /// and tube. `pulse_of_run`: 0 for the first after the pedal went down: the tube ramps over the first pulses.
    Technique next(RoomState const& state, int pulse_of_run) const;
    /// What the last pulse gave in the measuring field [keV/mm2 absorbed], and the target [keV/mm2]. A reading of 0
    /// counts as a very thick patient. Also worth calling while automatic is off: switching it on is then smooth.
    void measured(double absorbed_kev_mm2, double target_kev_mm2, Technique const& used);
    /// The same without patience: goes where `measured` would end after many pulses. For a single picture.
    void settle(double absorbed_kev_mm2, double target_kev_mm2, Technique const& used);

    /// Air kerma wanted at the detector's entrance for one pulse at the room's pulse rate and field [nGy].
    double target_detector_kerma_nGy(RoomState const& state) const;
    /// The same as energy absorbed in the scintillator [keV/mm2], for the beam the detector is calibrated in
    /// (80 kV behind 20 cm of water).
    double target_absorbed_kev_mm2(RoomState const& state) const;

    /// Position on the path, 0 thin .. 1 thick: proportional to the thickness of water that gets the reference target
    /// at 1 m.
    double drive() const { return drive_; }
    void set_drive(double drive);
    /// That thickness [cm]; grows with `drive`. Below 0: even nothing in the way gets more than the target.
    double water_served_cm(double drive) const;

private:
    /// A technique on the path with its spectrum as the detector sees it.
    struct Sample {
        Technique technique;
        std::vector<double> absorbed_kev_mm2_mas; ///< per energy, at 1 m, nothing in the way
        double water_cm = 0;                      ///< that gets the reference target
    };
    /// Between two neighbours of the path.
    struct Place {
        Sample const* from;
        Sample const* to;
        double share;
    };
    std::vector<double> absorbed_per_mas(BeamQuality const& quality) const;
    double log_signal(Sample const& sample, double water_cm) const;
    double log_signal_at(double drive, double water_cm) const;
    double water_between_cm(double absorbed_kev_mm2, Technique const& used) const;
    Place place_of(double drive) const;
    Technique technique_at(double drive) const;
    void approach(double absorbed_kev_mm2, double target_kev_mm2, Technique const& used, double gain, double dead_band);

    RoomKind kind_;
    double drive_ = 0.3;
    std::vector<double> water_per_cm_;   ///< attenuation of water per energy [1/cm]
    std::vector<double> absorbed_share_; ///< absorbed fraction x energy [keV]
    std::vector<Sample> path_;
    double kev_mm2_per_nGy_ = 0; ///< of the calibration beam
};

} // namespace fluoro
