#pragma once
#include <fluoro/room/exposure_control.hpp>
#include <vector>

namespace fluoro {

/// What a beam leaves in the scintillator behind water, in 1 keV bins.
class BeamResponse {
public:
    /// Beams up to `most_kv`; `output_factor` of the tube.
    BeamResponse(double most_kv, double output_factor);
    /// Per energy, at 1 m, nothing in the way [keV/(mm2 mAs)].
    std::vector<double> absorbed_per_mas(BeamQuality const& quality) const;
    /// ln of the absorbed energy [keV/mm2] at 1 m.
    double log_signal(std::vector<double> const& absorbed_per_mas, CurrentTime charge, double water_cm) const;
    /// Thickness of water behind which such a beam leaves this at 1 m; inside `least_cm` to `most_cm`.
    double water_cm(std::vector<double> const& absorbed_per_mas, CurrentTime charge, double log_absorbed,
                    double least_cm, double most_cm) const;
    /// Air kerma at 1 m [mGy/mAs].
    double kerma_per_mas(BeamQuality const& quality) const;
    /// Absorbed energy per air kerma at the detector behind the calibration phantom, 20 cm of water [keV/(mm2 nGy)].
    double kev_mm2_per_nGy(BeamQuality const& quality) const;

private:
    double output_factor_;
    std::vector<double> water_per_cm_;   ///< attenuation of water per energy [1/cm]
    std::vector<double> absorbed_share_; ///< absorbed fraction x energy [keV]
};

/// A programme's path: along it voltage and charge never fall, copper never rises, so signal and entrance kerma only
/// grow. Copper changes at a step, between two samples that differ in nothing else.
class TechniquePath {
public:
    TechniquePath(ExposureProgramme const& programme, double power_limit_kw, BeamResponse const& response);

    /// A place between a sample and the next.
    struct Place {
        std::size_t from = 0;
        double share = 0;
    };
    /// Where the signal at 1 m behind this much water is the wanted one. At a step the side that comes nearer, with
    /// some preference for the copper that is in now (mm; negative = none), so that a heartbeat does not move the
    /// filter.
    Place where_signal(double log_wanted, double water_cm, double copper_now_mm) const;
    /// The farthest place whose kerma at 1 m is not above this [ln mGy]; the path's start if none is.
    Place where_kerma(double log_most) const;
    double log_kerma(Place place) const; ///< at 1 m [ln mGy]
    Technique technique(Place place) const;
    /// The beam that it begins with and in which its target is calibrated.
    BeamQuality const& first_quality() const { return samples_.front().technique.quality; }

private:
    struct Sample {
        Technique technique;
        std::vector<double> absorbed_per_mas;
        double log_kerma = 0; ///< of a pulse at 1 m [ln mGy]
    };
    bool is_step(std::size_t from) const;
    BeamResponse const& response_;
    std::vector<Sample> samples_;
};

} // namespace fluoro
