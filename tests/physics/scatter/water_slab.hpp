#pragma once
// A slab of water across the beam, its exit face so far before the detector; and what tests read off pictures.
#include <cmath>
#include <fluoro/image/image.hpp>
#include <fluoro/scene/scene.hpp>
#include <phantoms.hpp>

namespace fluoro::test {

struct SlabCase {
    double water_cm = 20, field_cm = 20, gap_cm = 10;
    double kv = 80, copper_mm = 0;
    bool has_grid = false;
    Scintillator scintillator = Scintillator::ideal;
    double source_to_detector_cm = 100;
};

/// 50 x 50 cm of water in AP; the detector's active field is a tenth larger than the beam.
inline Scene water_slab(SlabCase const& c)
{
    int const layers = 10;
    Scene scene;
    scene.patient = make_patient(centred_grid({100, layers, 100}, {5, 10 * c.water_cm / layers, 5}),
                                 [](Vec3 const&) { return 0.0; });
    // AP: the detector is at -y, so the slab's exit face stands at y = -water / 2.
    double const isocentre_to_detector_mm = 10 * (c.water_cm / 2 + c.gap_cm);
    double const sid_mm = 10 * c.source_to_detector_cm;
    scene.view = view_of({}, sid_mm, sid_mm - isocentre_to_detector_mm, Vec3{0});
    scene.pixels = {11 * c.field_cm, 66, 66};
    double const half = 5 * c.field_cm;
    scene.blades = {-half, half, -half, half};
    scene.exposure = {{TubeVoltage{c.kv}, Thickness{c.copper_mm}, Thickness{0}}, CurrentTime{1}};
    scene.scintillator = c.scintillator;
    if (c.has_grid) scene.grid = AntiScatterGrid{};
    return scene;
}

/// Mean over the central 5 x 5 cm of the detector.
inline double on_axis(Image<float> const& image, Scene const& scene)
{
    double sum = 0;
    int count = 0;
    for (int row = 0; row < image.rows; ++row)
        for (int column = 0; column < image.columns; ++column) {
            Vec2 const at = scene.pixels.position_mm(column, row);
            if (std::abs(at.x) > 25 || std::abs(at.y) > 25) continue;
            sum += double(image.at(column, row));
            ++count;
        }
    return sum / count;
}

/// How one picture compares with another over the exposed pixels.
struct Agreement {
    double mean_ratio = 0;         ///< of the sums
    double share_within_20_pc = 0; ///< of the pixels
};

inline Agreement compare(Image<float> const& ours, Image<float> const& truth, PixelRect const& exposed)
{
    double sum = 0, wanted = 0;
    int within = 0;
    for (int row = exposed.row; row < exposed.row + exposed.rows; ++row)
        for (int column = exposed.column; column < exposed.column + exposed.columns; ++column) {
            double const a = ours.at(column, row), b = truth.at(column, row);
            sum += a;
            wanted += b;
            within += std::abs(a - b) <= 0.2 * b;
        }
    return {sum / wanted, double(within) / (exposed.columns * exposed.rows)};
}

/// A C-arm about the middle of a patient at 80 kV with 0.1 mm of copper: 105 cm from source to detector.
inline Scene c_arm(std::shared_ptr<Patient const> patient, double lao_deg, double field_mm, bool has_grid)
{
    Scene scene;
    scene.view = view_of({radians(lao_deg), 0}, 1050, 750, patient->ct.grid.centre_mm());
    scene.patient = std::move(patient);
    scene.pixels = {field_mm, 96, 96};
    scene.blades = {-field_mm / 2, field_mm / 2, -field_mm / 2, field_mm / 2};
    scene.exposure = {{TubeVoltage{80}, Thickness{0.1}, Thickness{0}}, CurrentTime{1}};
    if (has_grid) scene.grid = AntiScatterGrid{};
    return scene;
}

inline std::shared_ptr<Patient const> chest_like_patient()
{
    return make_patient(centred_grid({120, 90, 100}, {3, 3, 3}), chest_like_hu);
}

} // namespace fluoro::test
