#pragma once
#include <fluoro/core/measure.hpp>
#include <fluoro/scene/scene.hpp>

namespace fluoro {

/// Dose of one pulse, free in air, from the same spectrum, tube output and mAs as the picture. docs/theory/dose.md
struct PulseDose {
    /// On the central ray at the reference point, 15 cm from the isocentre toward the source. A wedge that covers the
    /// central ray counts, the blades do not.
    AirKerma reference_air_kerma;
    /// Integral of air kerma over the collimated field: distance, heel effect and wedges in it.
    KermaArea kerma_area;
};

/// Table, pad, patient and backscatter are not in it. Needs no image and no GPU. Throws Error when the source stands
/// within 150 mm of the isocentre or the beam quality is outside the spectra.
PulseDose measure_pulse(Scene const& scene);

/// Free-in-air kerma on the central ray at the first patient surface (HU > -300), behind wedges, table and pad when
/// they stand in the beam; without backscatter. 0 when the central ray misses the patient.
AirKerma entrance_air_kerma(Scene const& scene);

/// Collimated field on the detector plane [cm2].
double field_area_cm2(Scene const& scene);

} // namespace fluoro
