#include <fluoro/core/expect.hpp>
#include <fluoro/detector/detector.hpp>

namespace fluoro {

DetectorMode detector_mode(ReadOut read_out)
{
    // 1 uGy behind a patient leaves about 1.3e6 keV/mm2. Each full scale stands about twelve times above the usual dose
    // of its frames, so that lung beside the mediastinum is not clipped and the direct beam is.
    switch (read_out) {
    case ReadOut::fluoroscopy:
        return {4.68e5, 75}; // 0.36 uGy; noise of one and a half absorbed photons
    case ReadOut::cine:
        return {2.6e6, 120}; // 2 uGy
    case ReadOut::dsa:
        return {4.7e7, 600}; // 36 uGy
    case ReadOut::single:
        return {4.7e7, 600};
    }
    FLUORO_EXPECT(false);
}

DetectorModel flat_panel(ReadOut read_out)
{
    DetectorModel model;
    DetectorMode const mode = detector_mode(read_out);
    model.dn_per_kev_mm2 = model.saturation / mode.full_scale_kev_mm2;
    model.electronic_noise_kev = mode.electronic_noise_kev;
    // Measured below the K edges, where no fluorescence escapes: 0.91 to 0.93 (Zhao, Ristic and Rowlands 2004).
    model.optical_swank = 0.92;
    model.full_well_kev_mm2 = 1.2e8;
    // Together 1.5 % over millimetres to centimetres.
    model.glare = {{0.0075, 4}, {0.0075, 12}};
    // 3.4 % in the first frame after a run, 0.55 % a second later.
    model.lag = {{0.020, 0.05}, {0.008, 0.5}, {0.006, 3}};
    model.ghost = {0.01, 6.5e8, 200}; // 1 % after some 500 uGy
    model.panel.sensitivity_spread = 0.015;
    model.panel.pedestal_dn = 1000;
    model.panel.column_offset_dn = 60;
    model.panel.row_offset_dn = 15;
    model.panel.dead_elements = 1e-4;
    model.panel.dead_lines = 1e-3;
    return model;
}

} // namespace fluoro
