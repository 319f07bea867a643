#pragma once
// A slab of water across the beam, its exit face so far before the detector.
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

/// 50 x 50 cm of water in AP; the detector's field is 10 % larger than the beam.
inline Scene water_slab(SlabCase const& c)
{
    int const layers = 10;
    Scene scene;
    scene.patient = make_patient(centred_grid({100, layers, 100}, {5, 10 * c.water_cm / layers, 5}),
                                 [](Vec3 const&) { return 0.0; });
    // AP: the detector is at -y. The slab's exit face stands at y = -water / 2.
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

} // namespace fluoro::test
