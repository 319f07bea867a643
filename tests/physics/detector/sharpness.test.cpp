#include "detector_frames.hpp"
#include <fluoro/detector/detector.hpp>
#include <fluoro/detector/mtf.hpp>

#include <cmath>
#include <complex>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <numbers>
#include <vector>

namespace fluoro {
namespace {

/// The edge's tilt: its distance from pixel centres runs through all fractions of a pixel every 19 rows.
double const tilt = std::atan(1 / 19.0);

/// A half plane as the rays see it: each pixel has what its centre has.
Signal slanted_edge(double pitch_mm, int side)
{
    Signal signal = test::flat_signal(side, side, pitch_mm, 100);
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x)
            if ((x - 0.5 * side) - (y - 0.5 * side) * std::tan(tilt) < 0) signal.primary.at(x, y) *= 0.2f;
    return signal;
}

/// MTF at frequencies `f` [1/mm] along the normal of the slanted edge: the edge profile in fine bins of the distance
/// from the edge, its slope, the slope's transform; what bins and slope blur themselves is divided out.
std::vector<double> slanted_edge_mtf(RawImage const& raw, std::vector<double> const& f, double reach_mm)
{
    int const side = raw.digital_numbers.columns;
    double const bin_mm = raw.pixel_pitch_mm / 8;
    int const bins = 2 * int(reach_mm / bin_mm);
    std::vector<double> sum(static_cast<std::size_t>(bins)), count(sum.size());
    for (int y = 19; y < 19 + 19 * ((side - 38) / 19); ++y)
        for (int x = 0; x < side; ++x) {
            double const distance =
                ((x - 0.5 * side) * std::cos(tilt) - (y - 0.5 * side) * std::sin(tilt)) * raw.pixel_pitch_mm;
            double const bin = std::floor(distance / bin_mm) + bins / 2;
            if (bin < 0 || bin >= bins) continue;
            sum[std::size_t(bin)] += raw.digital_numbers.at(x, y);
            count[std::size_t(bin)] += 1;
        }
    std::vector<double> mtf;
    double const step = sum.back() / count.back() - sum.front() / count.front();
    for (double frequency : f) {
        std::complex<double> wave = 0;
        for (std::size_t i = 1; i < sum.size(); ++i)
            wave += (sum[i] / count[i] - sum[i - 1] / count[i - 1]) *
                    std::polar(1.0, -2 * std::numbers::pi * frequency * double(i) * bin_mm);
        double const angle = std::numbers::pi * frequency * bin_mm;
        double const box = angle > 0 ? std::sin(angle) / angle : 1;
        mtf.push_back(std::abs(wave) / step / (box * box)); // one box for the bins, one for the slope
    }
    return mtf;
}

// Light spread and aperture on every kind of format, up to nine tenths of the Nyquist frequency, where sampling by one
// ray a pixel has the last word. 0.02 is the claim.
TEST(Sharpness, slanted_edge_has_the_models_mtf)
{
    test::Extremes off{"mtf"};
    for (double pitch_mm : {0.154, 0.2, 0.31, 0.39}) {
        DetectorModel model;
        model.noise = false;
        Signal const signal = slanted_edge(pitch_mm, 256);
        model.dn_per_kev_mm2 = 50'000 / signal.primary.at(255, 0);
        auto const raw = Detector{model}.read_out(signal, 1, 0);
        std::vector<double> f;
        for (int i = 0; i <= 18; ++i) f.push_back(0.9 * 0.5 / pitch_mm * i / 18);
        auto const found = slanted_edge_mtf(raw, f, 6);
        for (std::size_t i = 0; i < f.size(); ++i) {
            double const expected =
                presampled_mtf(model.mtf_h_mm2, pitch_mm, f[i] * std::cos(tilt), f[i] * std::sin(tilt));
            off.see(found[i] - expected);
            EXPECT_NEAR(found[i], expected, 0.02) << pitch_mm << " mm, " << f[i] << "/mm";
        }
    }
}

// The far light is the drop at low frequency: above 0.2/mm, where a Gaussian of 4 mm passes nothing, 1 - 0.015 of the
// rest is left. The edge's height is taken 20 mm from it, where 5 % of the wider glare is still to come: 0.0004.
TEST(Sharpness, veiling_glare_is_a_drop_at_low_frequency)
{
    test::Extremes off{"glare_drop"};
    double const pitch_mm = 0.2;
    DetectorModel model;
    model.noise = false;
    Signal const signal = slanted_edge(pitch_mm, 512);
    model.dn_per_kev_mm2 = 50'000 / signal.primary.at(511, 0);
    std::vector<double> const f{0.25, 0.5, 1, 1.5};
    auto const without = slanted_edge_mtf(Detector{model}.read_out(signal, 1, 0), f, 20);
    model.glare = flat_panel(ReadOut::fluoroscopy).glare;
    auto const with = slanted_edge_mtf(Detector{model}.read_out(signal, 1, 0), f, 20);
    for (std::size_t i = 0; i < f.size(); ++i) {
        off.see(with[i] / without[i] - (1 - 0.015));
        EXPECT_NEAR(with[i] / without[i], 1 - 0.015, 0.002) << f[i];
    }
}

} // namespace
} // namespace fluoro
