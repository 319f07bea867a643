#pragma once
#include <fluoro/core/clock.hpp>
#include <fluoro/patient/volume.hpp>
#include <fluoro/physics/beam.hpp>
#include <fluoro/physics/energy_bins.hpp>
#include <fluoro/room/table.hpp>
#include <fluoro/room/view.hpp>
#include <memory>
#include <vector>

namespace fluoro {

/// What the tube does during one pulse.
struct Exposure {
    BeamQuality quality;
    CurrentTime current_time{0}; ///< of this pulse; 0 = no beam
};

/// Everything at one instant, read-only: the waist of the program. What is left of it knows no GPU.
struct Scene {
    Tick tick = 0;
    std::shared_ptr<Patient const> patient;
    View view;
    PixelGrid pixels;
    BladeOpening blades;        ///< already limited to the active field
    double focal_spot_mm = 0.6; ///< side of the square focal spot
    double source_to_blades_mm = 500;
    std::vector<Slab> slabs; ///< table top, pad; empty when out of the beam
    Exposure exposure;
    Scintillator scintillator = Scintillator::csi_600um;
};

} // namespace fluoro
