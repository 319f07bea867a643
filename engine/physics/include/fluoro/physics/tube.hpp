#pragma once
#include <fluoro/core/measure.hpp>
#include <fluoro/physics/beam.hpp>
#include <string>

namespace fluoro {

enum class FocalSpot { small, large };

/// An X-ray tube as data. docs/theory/tube.md
struct TubeModel {
    /// Where the figures come from.
    std::string source = "nominal angiography tube, from memory, adjustable (docs/theory/tube.md)";
    double anode_angle_deg = 12; ///< between the target's face and the central ray's normal, as in the spectra
    double output_factor = 1;    ///< kerma per mAs of this tube over the spectra's: the documented calibration
    double anode_along_rows =
        1; ///< +1: the anode lies toward increasing row (the feet in AP), -1 toward the head, 0: even beam
    double small_focus_mm = 0.5; ///< side of the square focal spot
    double large_focus_mm = 0.9;
    double small_focus_limit_kw = 30; ///< beyond it the large one is used
    double large_focus_limit_kw = 80;
    double extra_focal_share = 0.06; ///< of the photons, coming from around the focal spot
    double extra_focal_radius_mm = 12;
    // Heat: the anode stores and radiates; the housing cools slowly.
    double anode_heat_capacity_kj = 1800;
    double anode_cooling_kw = 7; ///< while the anode is hot
    double continuous_kw = 3.5;  ///< that the tube stands without end
};

/// Extra way through the target's tungsten [g/cm2] of a ray that leaves the central ray by the tangent
/// `toward_cathode` (negative = toward the anode): positive toward the anode, negative toward the cathode, 0 on the
/// axis. Multiplied by tungsten's attenuation it is the heel effect, hardening included.
/// Fitted for |toward_cathode| <= 0.2; finite and steady beyond. The same along the whole picture row.
/// docs/theory/tube.md
double heel_tungsten_g_cm2(TubeModel const& tube, TubeVoltage voltage, double toward_cathode);

/// `spectrum` (on the axis) as it leaves the tube in that direction.
Spectrum off_axis(Spectrum spectrum, TubeModel const& tube, TubeVoltage voltage, double toward_cathode);

} // namespace fluoro
