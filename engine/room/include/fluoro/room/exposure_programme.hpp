#pragma once
#include <array>
#include <fluoro/room/commands.hpp>
#include <fluoro/room/range.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace fluoro {

/// What the generator is asked for: each has a programme of its own.
enum class ExposureMode { fluoroscopy_low, fluoroscopy_normal, fluoroscopy_high, road_map, cine, dsa, single };
inline constexpr std::size_t exposure_modes = 7;
/// "fluoroscopy-low" ... "road-map", "cine", "dsa", "single": as logs write them.
std::string_view name_of(ExposureMode mode);
constexpr ExposureMode mode_of(AcquisitionKind kind)
{
    return kind == AcquisitionKind::cine  ? ExposureMode::cine
           : kind == AcquisitionKind::dsa ? ExposureMode::dsa
                                          : ExposureMode::single;
}
/// Recorded pictures, which the law's limit of fluoroscopy does not bind.
constexpr bool is_acquisition(ExposureMode mode)
{
    return mode >= ExposureMode::cine;
}

/// One copper filter and the voltage up to which exposure control keeps it in the beam.
struct FilterBand {
    double copper_mm = 0;
    double until_kv = 0;
};

/// One programme of the generator: the path of technique from a thin to a thick patient and what the detector shall
/// receive. Figures from `source`; all may be changed. docs/theory/exposure-control.md
struct ExposureProgramme {
    std::string source; ///< where the figures come from

    // The path: at `first_kv` the current rises, then the pulse width; then the voltage, and copper goes out.
    double first_kv = 65;
    Range current_ma{10, 200};
    Range pulse_ms{3, 8};
    std::vector<FilterBand> bands; ///< thickest filter first, voltages ascending

    // The target: air kerma at the detector's entrance per pulse, at a rate and a field.
    double target_kerma_nGy = 30;
    double reference_rate = 15; ///< [1/s]
    double reference_field_mm = 200;
    double rate_exponent = -0.5; ///< target ~ (rate / reference)^exponent
    double most_rate_factor = 2; ///< the slowest rates never ask for more than this times the target
    double field_exponent = -1;  ///< target ~ (field / reference)^exponent

    // Its course in time.
    std::vector<double> ramp; ///< share of the current in the first pulses of a run
    double gain = 0.5;        ///< share of a small error taken back per pulse, (0, 1]
    int free_pulses = 0;      ///< pulses of a run after which the technique stands still; 0 = it never does

    // Acquisitions only; fluoroscopy and road map run at the room's pulse rates.
    std::vector<double> rates; ///< offered [1/s], ascending; empty for a single exposure
    double first_rate = 0;     ///< chosen when the kind is chosen and its last rate is not offered
};

/// All of automatic exposure control, as data.
struct ExposureSettings {
    std::array<ExposureProgramme, exposure_modes> programmes;
    ExposureProgramme const& of(ExposureMode mode) const { return programmes[std::size_t(mode)]; }

    double kerma_rate_limit_mGy_min = 88;  ///< fluoroscopy; free in air, `limit_distance_mm` before the detector
    double high_level_limit_mGy_min = 176; ///< with high-level control; 0 = the machine has none
    double limit_distance_mm = 300;        ///< 21 CFR 1020.32
    double measuring_field_share = 0.5; ///< its diameter over the active field's side; fixed in the detector's middle
    double first_patient_cm = 6;        ///< of water, believed before the first reading: starts from below
    double thickest_patient_cm = 50;    ///< of water, where the belief ends
    double fast_error = 0.3;            ///< relative error beyond which these replace the programme's gain, (0, 1]:
    double dark_gain = 0.75;            ///< too little
    double bright_gain = 1;             ///< too much
    double dead_band = 0.01;            ///< relative error that is left alone, so that the technique stands still
    double most_drift_cm = 2;           ///< of water per pulse that is foreseen while the machine moves
    double heat_reserve_s = 20;         ///< a run may go on this long before the anode is full
    double heat_warning_share = 0.8;    ///< of the anode's heat capacity
};

} // namespace fluoro
