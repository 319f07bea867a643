#include "detector_frames.hpp"
#include <fluoro/detector/detector.hpp>

#include <gtest/gtest.h>

namespace fluoro {
namespace {

// 1 uGy behind 20 cm of water leaves 1.29e6 keV/mm2 at 80 kV: 2.97e4 photons/mm2, of which 83.8 % are absorbed at 52
// keV.
constexpr double kev_mm2_per_uGy = 2.97e4 * 0.838 * 52;

struct Dose {
    ReadOut read_out;
    double usual_uGy;
};

// The usual dose of each kind of frame stands at a sixteenth of full scale or above, so at least 4,000 of 65,535 steps
// are used, and twice as bright a place as eight times the mean is still read.
TEST(FlatPanel, every_mode_holds_its_usual_dose_and_what_is_bright_in_it)
{
    for (Dose const dose :
         {Dose{ReadOut::fluoroscopy, 0.030}, {ReadOut::cine, 0.17}, {ReadOut::dsa, 3.0}, {ReadOut::single, 3.0}}) {
        double const share = dose.usual_uGy * kev_mm2_per_uGy / detector_mode(dose.read_out).full_scale_kev_mm2;
        EXPECT_GT(share, 1 / 16.0);
        EXPECT_LT(share, 1 / 8.0);
    }
}

// A step of the converter must lie below the noise, or it shows: electronics and quanta of the dimmest place that
// counts (a twentieth of the usual dose), blurred, are several steps.
TEST(FlatPanel, noise_spans_several_steps_of_the_converter_in_every_mode)
{
    for (ReadOut const read_out : {ReadOut::fluoroscopy, ReadOut::cine, ReadOut::dsa, ReadOut::single}) {
        DetectorModel const model = flat_panel(read_out);
        double const steps = model.electronic_noise_kev / (0.154 * 0.154) * model.dn_per_kev_mm2;
        EXPECT_GT(steps, 3);
    }
}

// Electronics grow with the full scale but stay below the quanta's noise of a usual frame on a native pixel, before
// blur.
TEST(FlatPanel, frames_of_the_usual_dose_are_limited_by_quanta)
{
    for (Dose const dose : {Dose{ReadOut::fluoroscopy, 0.030}, {ReadOut::cine, 0.17}, {ReadOut::dsa, 3.0}}) {
        double const quanta = dose.usual_uGy * 2.97e4 * 0.838 * 0.154 * 0.154;
        EXPECT_LT(detector_mode(dose.read_out).electronic_noise_kev, 0.5 * 52 * std::sqrt(quanta));
    }
}

TEST(FlatPanel, a_dsa_frame_of_3_uGy_does_not_saturate)
{
    Signal const signal = test::flat_signal(64, 64, 0.2, 3 * 2.97e4 * 0.838 * 0.04, 52);
    auto const raw = Detector{flat_panel(ReadOut::dsa)}.read_out(signal, 1, 0);
    double const mean = test::moments_of(raw, raw.exposed).mean;
    EXPECT_NEAR(mean, 3 * kev_mm2_per_uGy * raw.dn_per_kev_mm2, 0.01 * mean);
    EXPECT_GT(mean, 4000);
    auto const clipped = Detector{flat_panel(ReadOut::fluoroscopy)}.read_out(signal, 1, 0);
    for (auto dn : clipped.digital_numbers.values) EXPECT_EQ(dn, clipped.saturation);
}

} // namespace
} // namespace fluoro
