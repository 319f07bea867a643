#pragma once
#include <fluoro/core/clock.hpp>
#include <fluoro/patient/volume.hpp>
#include <fluoro/physics/anti_scatter_grid.hpp>
#include <fluoro/physics/beam.hpp>
#include <fluoro/physics/energy_bins.hpp>
#include <fluoro/physics/tube.hpp>
#include <fluoro/room/table.hpp>
#include <fluoro/room/view.hpp>
#include <fluoro/room/wedge.hpp>
#include <fluoro/scene/filled_cloud.hpp>
#include <fluoro/scene/filled_tube.hpp>
#include <memory>
#include <optional>
#include <vector>

namespace fluoro {

/// What the tube does during one pulse.
struct Exposure {
    BeamQuality quality;
    CurrentTime current_time{0}; ///< of this pulse; 0 = no beam
    FocalSpot focal_spot = FocalSpot::small;
};

/// Everything at one instant, read-only: the waist of the program. What is left of it knows no GPU.
struct Scene {
    Tick tick = 0;
    std::shared_ptr<Patient const> patient;
    View view;
    PixelGrid pixels;
    TubeModel tube;
    BladeOpening blades; ///< already limited to the active field
    double source_to_blades_mm = 500;
    std::vector<Wedge> wedges; ///< in the beam, if any
    std::vector<Slab> slabs;   ///< table top, pad; empty when out of the beam
    std::vector<Filling> fillings;
    std::vector<FilledTube> tubes;
    std::vector<FilledCloud> clouds;
    std::optional<AntiScatterGrid> grid; ///< empty = out
    Exposure exposure;
    Scintillator scintillator = Scintillator::csi_600um;

    double focal_spot_mm() const
    {
        return exposure.focal_spot == FocalSpot::small ? tube.small_focus_mm : tube.large_focus_mm;
    }
};

} // namespace fluoro
