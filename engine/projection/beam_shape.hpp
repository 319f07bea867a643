#pragma once
// Inside the projection module: what the beam looks like over the picture before anything stands in it.
#include <fluoro/image/image.hpp>
#include <fluoro/projection/energy_table.hpp>
#include <fluoro/scene/scene.hpp>
#include <optional>
#include <vector>

namespace fluoro {

/// Everything that decides a beam's shape over the picture.
struct BeamShapeKey {
    double source_to_detector_mm = 0;
    double field_mm = 0;
    int columns = 0, rows = 0;
    double anode_angle_deg = 0, anode_along_rows = 0;
    BeamQuality quality;
    Scintillator scintillator = Scintillator::csi_600um;
    std::optional<AntiScatterGrid> grid;
    friend bool operator==(BeamShapeKey const&, BeamShapeKey const&) = default;
};
BeamShapeKey beam_shape_key(Scene const& scene);

struct BeamShape {
    std::vector<double> heel_g_cm2; ///< extra tungsten of each row
    double least_heel_g_cm2 = 0, most_heel_g_cm2 = 0;
    Image<float> geometry;  ///< fluence on the flat detector, and the grid's cut-off behind a patient, over the axis'
    Image<float> open_beam; ///< with the heel, and the grid's cut-off without a patient: Signal::open_beam
};

/// Extra tungsten for every row of pixels [g/cm2].
std::vector<double> heel_of_rows(Scene const& scene);
BeamShape beam_shape(Scene const& scene);

} // namespace fluoro
