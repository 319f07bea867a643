#include "detector_frames.hpp"
#include <fluoro/core/error.hpp>
#include <fluoro/detector/blur.hpp>
#include <fluoro/detector/detector.hpp>

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <measured.hpp>
#include <numbers>

namespace fluoro {
namespace {

using test::moments_of;

constexpr double pitch_mm = 0.154;
constexpr double area_mm2 = pitch_mm * pitch_mm;

Signal flat_signal(int columns, int rows, double quanta, double energy_kev = 50)
{
    return test::flat_signal(columns, rows, pitch_mm, quanta, energy_kev);
}

/// A detector whose gain makes rounding (variance 1/12) nothing beside the noise: `quanta` lie near 20,000.
DetectorModel fine_gain(double quanta, double energy_kev = 50)
{
    DetectorModel model;
    model.dn_per_kev_mm2 = 20'000 * area_mm2 / (quanta * energy_kev);
    return model;
}

// Monoenergetic: n quanta absorbed give the relative variance 1/n. The sample variance of N pixels of a Poisson law has
// the relative standard error sqrt((2 + 1/n)/N), the mean sqrt(1/(n N)): four of each. Rounding adds 1/12.
TEST(Detector, variance_is_mean_squared_over_absorbed_quanta_from_3_to_3000)
{
    test::Extremes sigmas{"quanta_variance_sigma"};
    int const side = 400;
    double const pixels = double(side) * side;
    for (double quanta : {3.0, 10.0, 17.0, 30.0, 47.0, 60.0, 100.0, 300.0, 1000.0, 3000.0}) {
        DetectorModel model = fine_gain(quanta);
        model.mtf_h_mm2 = 0;
        auto const raw = Detector{model}.read_out(flat_signal(side, side, quanta), 1, 0);
        auto const [mean, variance] = moments_of(raw, raw.exposed);
        EXPECT_NEAR(mean, 20'000, 4 * 20'000 / std::sqrt(quanta * pixels)) << quanta;
        double const expected = 4e8 / quanta;
        sigmas.see((variance - 1.0 / 12 - expected) / (expected * std::sqrt((2 + 1 / quanta) / pixels)));
        EXPECT_NEAR(variance - 1.0 / 12, expected, 4 * expected * std::sqrt((2 + 1 / quanta) / pixels)) << quanta;
    }
}

// Two energies: mean is the sum of n E, variance the sum of n E^2, primary and scatter together.
TEST(Detector, variance_of_a_mixed_beam_is_its_second_moment)
{
    int const side = 400;
    Signal signal = flat_signal(side, side, 12, 40);
    Signal const other = flat_signal(side, side, 8, 90);
    signal.scatter = other.primary;
    signal.scatter_second_moment = other.primary_second_moment;
    DetectorModel model;
    model.mtf_h_mm2 = 0;
    model.dn_per_kev_mm2 = 20 * area_mm2; // 20 DN per keV
    auto const raw = Detector{model}.read_out(signal, 1, 0);
    auto const [mean, variance] = moments_of(raw, raw.exposed);
    double const mean_kev = 12 * 40 + 8 * 90, second_kev2 = 12 * 1600 + 8 * 8100;
    EXPECT_NEAR(mean / 20, mean_kev, 4 * std::sqrt(second_kev2) / side);
    EXPECT_NEAR(variance / 400, second_kev2, 4 * second_kev2 * std::sqrt(2.1) / side);
}

// The optical part alone: relative variance 1/(n I). Four standard errors of a sample variance.
TEST(Detector, optical_swank_factor_divides_the_quanta)
{
    int const side = 400;
    DetectorModel model = fine_gain(100);
    model.mtf_h_mm2 = 0;
    model.optical_swank = 0.8;
    auto const raw = Detector{model}.read_out(flat_signal(side, side, 100), 1, 0);
    EXPECT_NEAR(moments_of(raw, raw.exposed).variance, 4e8 / 80, 4 * 4e8 / 80 * std::sqrt(2.0) / side);
}

// 0.1092: p^2 times the integral of the squared transfer. 13 pixels share a noise grain, hence sqrt(2 x 13 / N).
TEST(Detector, blurred_pixel_variance_is_0_1092_of_the_unblurred)
{
    double const quanta = 17;
    auto const raw = Detector{fine_gain(quanta)}.read_out(flat_signal(512, 512, quanta), 2, 0);
    double const expected = 0.1092 * 4e8 / quanta;
    EXPECT_NEAR(moments_of(raw, raw.exposed).variance, expected, 4 * expected * std::sqrt(26.0) / 512);
}

TEST(Detector, without_noise_the_picture_is_the_mean)
{
    Signal const signal = flat_signal(64, 48, 3.7);
    DetectorModel model;
    model.noise = false;
    model.electronic_noise_kev = 60;
    for (double h : {0.0, 0.67}) {
        model.mtf_h_mm2 = h;
        auto const raw = Detector{model}.read_out(signal, 1, 0);
        for (auto dn : raw.digital_numbers.values) EXPECT_NEAR(dn, signal.primary.values[0] / 64, 0.51);
        EXPECT_DOUBLE_EQ(raw.dn_per_kev_mm2, 1.0 / 64);
    }
}

TEST(Detector, the_same_seed_and_frame_give_the_same_picture_and_others_do_not)
{
    DetectorModel model;
    model.electronic_noise_kev = 60;
    Detector const detector{model};
    Signal const signal = flat_signal(130, 70, 17);
    auto const first = detector.read_out(signal, 1, 5).digital_numbers.values;
    EXPECT_EQ(first, Detector{model}.read_out(signal, 1, 5).digital_numbers.values);
    for (auto const& other : {detector.read_out(signal, 2, 5), detector.read_out(signal, 1, 6)}) {
        double correlation = 0, own = 0;
        double const mean = 17 * 50 / area_mm2 / 64;
        for (std::size_t i = 0; i < first.size(); ++i) {
            correlation += (first[i] - mean) * (other.digital_numbers.values[i] - mean);
            own += (first[i] - mean) * (first[i] - mean);
        }
        // About 13 pixels to a grain: 700 independent ones, standard error 0.04.
        EXPECT_NEAR(correlation / own, 0, 0.16);
    }
}

// Threads share out the rows, so a taller picture puts a row elsewhere in its thread. The rows that the blur does not
// join to the added ones must come out the same to the bit.
TEST(Detector, a_row_is_the_same_wherever_the_split_between_threads_falls)
{
    DetectorModel model;
    model.electronic_noise_kev = 60;
    Detector const detector{model};
    auto const shorter = detector.read_out(flat_signal(130, 71, 60), 1, 0).digital_numbers;
    for (int const rows : {72, 99, 200}) {
        auto const taller = detector.read_out(flat_signal(130, rows, 60), 1, 0).digital_numbers;
        for (int y = 0; y < 71 - ScintillatorBlur{0.5, pitch_mm}.radius() - 3; ++y)
            for (int x = 0; x < 130; ++x) ASSERT_EQ(taller.at(x, y), shorter.at(x, y)) << x << ',' << y;
    }
}

TEST(Detector, a_pixels_quanta_do_not_depend_on_what_else_is_exposed)
{
    DetectorModel model;
    model.mtf_h_mm2 = 0;
    Detector const detector{model};
    Signal signal = flat_signal(96, 64, 17);
    auto const open = detector.read_out(signal, 1, 0);
    signal.exposed = {10, 20, 30, 15};
    auto const shut = detector.read_out(signal, 1, 0);
    for (int y = 0; y < 64; ++y)
        for (int x = 0; x < 96; ++x) {
            bool const inside = x >= 10 && x < 40 && y >= 20 && y < 35;
            EXPECT_EQ(shut.digital_numbers.at(x, y), inside ? open.digital_numbers.at(x, y) : 0);
        }
}

// Half a normal law survives the floor at 0: mean rms/sqrt(2 pi). Blur tails end after 6 pixels.
TEST(Detector, outside_the_blades_there_is_electronic_noise_alone)
{
    DetectorModel model;
    model.electronic_noise_kev = 60;
    model.dn_per_kev_mm2 = area_mm2; // 1 DN per keV
    Signal signal = flat_signal(200, 200, 17);
    signal.exposed = {80, 80, 40, 40};
    auto const raw = Detector{model}.read_out(signal, 1, 0);
    // Rounding at 0 moves the mean of half a normal law by less than 0.1; standard error 60 x 0.58 / sqrt(14000) = 0.3.
    EXPECT_NEAR(moments_of(raw, {0, 0, 200, 70}).mean, 60 / std::sqrt(2 * std::numbers::pi), 1.3);
    EXPECT_NEAR(moments_of(raw, {90, 90, 20, 20}).mean, 850, 40);
}

// Rms per read-out pixel, whatever its size; quantum and electronic variances add. Four standard errors of a variance.
TEST(Detector, electronic_noise_adds_its_variance_after_the_blur)
{
    DetectorModel model;
    model.electronic_noise_kev = 60;
    for (double side : {1.0, 2.0}) {
        Signal signal = flat_signal(400, 400, 30 / (side * side));
        signal.pixel_pitch_mm = side * pitch_mm;
        model.dn_per_kev_mm2 = 10 * area_mm2 * side * side; // 10 DN per keV
        double const blur = ScintillatorBlur{0.5, signal.pixel_pitch_mm}.variance_ratio();
        double const expected = (30 * 2500 * blur + 3600) * 100 + 1.0 / 12;
        auto const raw = Detector{model}.read_out(signal, 1, 0);
        EXPECT_NEAR(moments_of(raw, raw.exposed).variance, expected, 4 * expected * std::sqrt(26.0) / 400);
    }
}

// Raw, above a pedestal, nothing is cut: the dark frame's variance is that of the electronics on every zoom format,
// with a rounding of 1/12 DN. Four standard errors, and rows must not repeat one another.
TEST(Detector, a_dark_raw_frame_has_the_electronics_variance)
{
    DetectorModel model;
    model.electronic_noise_kev = 75;
    model.panel.pedestal_dn = 1000;
    model.is_corrected = false;
    for (double pitch : {0.154, 0.39}) {
        model.dn_per_kev_mm2 = pitch * pitch; // 1 DN per keV
        auto const raw = Detector{model}.read_out(test::flat_signal(400, 400, pitch, 0), 1, 0);
        auto const [mean, variance] = moments_of(raw, raw.exposed);
        EXPECT_NEAR(mean, 1000, 4 * 75 / 400.0);
        EXPECT_NEAR(variance, 5625 + 1.0 / 12, 4 * 5625 * std::sqrt(2.0) / 400);
        double product = 0;
        for (int y = 0; y + 1 < 400; ++y)
            for (int x = 0; x < 400; ++x)
                product += (raw.digital_numbers.at(x, y) - mean) * (raw.digital_numbers.at(x, y + 1) - mean);
        EXPECT_NEAR(product / variance / 160'000, 0, 4 / 400.0);
    }
}

TEST(Detector, saturates_instead_of_wrapping)
{
    DetectorModel model;
    model.saturation = 4095;
    model.dn_per_kev_mm2 = 1;
    for (double quanta : {3000.0, 1e12}) {
        auto const raw = Detector{model}.read_out(flat_signal(32, 32, quanta), 1, 0);
        for (auto dn : raw.digital_numbers.values) EXPECT_EQ(dn, 4095);
        EXPECT_EQ(raw.saturation, 4095);
    }
}

TEST(Detector, a_dark_frame_is_dark)
{
    auto const raw = Detector{DetectorModel{}}.read_out(flat_signal(32, 32, 0), 1, 0);
    for (auto dn : raw.digital_numbers.values) EXPECT_EQ(dn, 0);
}

// A heel of 40 % across the picture: the mean is level, and each half has the noise of the quanta it got. Standard
// errors of mean and variance over 100 x 400 pixels without blur; rounding adds 1/12.
TEST(Detector, the_open_beams_shape_leaves_the_picture_but_not_its_noise)
{
    test::Extremes means{"heel_flat_mean"};
    int const side = 400;
    double const quanta = 100;
    Signal signal = flat_signal(side, side, quanta);
    signal.open_beam = Image<float>{side, side};
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x) {
            float const shape = 0.6f + 0.4f * float(y) / float(side);
            signal.open_beam.at(x, y) = shape;
            signal.primary.at(x, y) *= shape;
            signal.primary_second_moment.at(x, y) *= shape;
        }
    DetectorModel model = fine_gain(quanta);
    model.mtf_h_mm2 = 0;
    auto const raw = Detector{model}.read_out(signal, 1, 0);
    for (int top = 0; top < side; top += 100) {
        double const shape = 0.6 + 0.4 * (top + 49.5) / side, n = 100.0 * side;
        auto const [mean, variance] = moments_of(raw, {0, top, side, 100});
        means.see_ratio(mean / 20'000);
        EXPECT_NEAR(mean, 20'000, 4 * 20'000 / std::sqrt(quanta * shape * n)) << top;
        // Shapes differ by 5 % to either side within a strip: the mean of 1/shape is 0.1 % above that of the middle.
        double const expected = 4e8 / (quanta * shape);
        EXPECT_NEAR(variance, expected, 4 * expected * std::sqrt(2.0 / n) + 0.002 * expected) << top;
    }
}

// What is full says so even where the maps would make less of it, and is told from what is nearly full.
TEST(Detector, a_full_converter_stays_full_through_the_correction)
{
    DetectorModel model;
    model.dn_per_kev_mm2 = 1;
    model.noise = false;
    model.panel.sensitivity_spread = 0.02;
    model.panel.pedestal_dn = 500;
    Signal bright = flat_signal(64, 64, 0), shaped = bright;
    for (float& v : bright.primary.values) v = 90'000;
    for (float& v : bright.primary_second_moment.values) v = 50 * 90'000;
    bright.open_beam = Image<float>{64, 64, 1.3f};
    for (auto dn : Detector{model}.read_out(bright, 1, 0).digital_numbers.values) EXPECT_EQ(dn, 65535);
    // 60,000 reaches the converter's end in no pixel (2 % of spread, seen up to 4 of it): divided by 1.3 it is read
    // right.
    for (float& v : bright.primary.values) v = 55'000;
    for (auto dn : Detector{model}.read_out(bright, 1, 0).digital_numbers.values) EXPECT_NEAR(dn, 55'000 / 1.3, 1.2);
}

// Raw, the panel shows pedestal and unevenness; corrected it shows the mean, to rounding before and after the maps.
TEST(Detector, correction_takes_the_panels_unevenness_off)
{
    DetectorModel model;
    model.noise = false;
    model.dn_per_kev_mm2 = 0.5;
    model.panel.sensitivity_spread = 0.015;
    model.panel.pedestal_dn = 1000;
    model.panel.column_offset_dn = 60;
    model.panel.row_offset_dn = 15;
    Signal const signal = flat_signal(128, 128, 20);
    double const mean = signal.primary.values[0] * 0.5; // 21,083
    for (auto dn : Detector{model}.read_out(signal, 1, 0).digital_numbers.values) EXPECT_NEAR(dn, mean, 1.2);
    model.is_corrected = false;
    auto const raw = Detector{model}.read_out(signal, 1, 0);
    auto const [raw_mean, raw_variance] = moments_of(raw, raw.exposed);
    // 128 columns share 60 DN of offsets: 4 x 60 / sqrt(128). The variance is that of 16,384 sensitivities and of 128
    // column offsets, which is known to 4 sqrt(2/128).
    EXPECT_NEAR(raw_mean, 1000 + mean, 22);
    double const spread = std::pow(0.015 * mean, 2), lines = 60.0 * 60 + 15.0 * 15;
    EXPECT_NEAR(raw_variance, spread + lines, 0.05 * spread + 0.5 * lines);
}

// On a slope with noise: the pixels that stand in make no hole. Against the frame of a panel without defects: the mean
// difference over some 80 repaired pixels within four of its standard errors (the noise of a pixel is 5 %, blurred).
TEST(Detector, dead_pixels_leave_no_hole)
{
    DetectorModel model;
    model.dn_per_kev_mm2 = 0.5;
    Signal signal = flat_signal(256, 256, 40);
    for (int y = 0; y < 256; ++y)
        for (int x = 0; x < 256; ++x) {
            float const slope = 0.5f + float(x) / 256;
            signal.primary.at(x, y) *= slope;
            signal.primary_second_moment.at(x, y) *= slope;
        }
    auto const sound = Detector{model}.read_out(signal, 1, 0).digital_numbers;
    model.panel.dead_elements = 1e-3;
    model.panel.dead_lines = 2e-3;
    PanelMap const map = panel_map(model.panel, 256, 256, pitch_mm);
    ASSERT_GT(map.repairs.size(), 300u); // a line or more, and scattered pixels
    auto const repaired = Detector{model}.read_out(signal, 1, 0).digital_numbers;
    model.is_corrected = false;
    auto const raw = Detector{model}.read_out(signal, 1, 0).digital_numbers;
    double sum = 0, squares = 0;
    for (auto const& repair : map.repairs) {
        EXPECT_EQ(raw.values[repair.pixel], 0);
        double const difference = repaired.values[repair.pixel] / double(sound.values[repair.pixel]) - 1;
        EXPECT_LT(std::abs(difference), 0.2); // 5 noise rms of a pixel and its neighbours
        sum += difference;
        squares += difference * difference;
    }
    double const n = double(map.repairs.size());
    test::measured("dead_pixels_sigma", sum / std::sqrt(squares));
    EXPECT_NEAR(sum / n, 0, 4 * std::sqrt(squares) / n);
    std::size_t changed = 0;
    for (std::size_t i = 0; i < sound.values.size(); ++i) changed += sound.values[i] != repaired.values[i];
    EXPECT_LE(changed, map.repairs.size()); // nothing else moved
}

// Steady beam, whole panel: what comes out is what came in, on a picture of lung and spine. Glare and lag move energy
// about and lose none. 0.1 %; ghosting, which makes light, is off, and so is what clips.
TEST(Detector, energy_in_is_digital_numbers_out_in_the_steady_state)
{
    DetectorModel model = flat_panel(ReadOut::fluoroscopy);
    model.noise = false;
    model.ghost.gain = 0;
    Detector detector{model};
    Signal signal = flat_signal(128, 128, 30);
    double in = 0;
    for (int y = 0; y < 128; ++y)
        for (int x = 0; x < 128; ++x) {
            float& v = signal.primary.at(x, y);
            v *= x < 50 ? 2.5f : x < 70 ? 0.3f : 1.0f;
            in += v;
        }
    RawImage raw;
    for (int frame = 0; frame < 300; ++frame) // 20 s: seven of the slowest time constant
        raw = detector.read_out(signal, 1, std::uint32_t(frame), frame / 15.0);
    double out = 0;
    for (auto dn : raw.digital_numbers.values) out += dn;
    test::measured("energy_in_out", 100 * (out / model.dn_per_kev_mm2 / in - 1));
    EXPECT_NEAR(out / model.dn_per_kev_mm2 / in, 1, 0.001);
}

// The same frames through the panel's memory, then one of another zoom format: as if it were the first.
TEST(Detector, another_format_forgets_what_was_held_back)
{
    DetectorModel model = flat_panel(ReadOut::fluoroscopy);
    Detector used{model}, fresh{model};
    Signal const bright = flat_signal(96, 96, 60);
    Signal other = flat_signal(96, 96, 5);
    other.pixel_pitch_mm = 0.2;
    for (int frame = 0; frame < 5; ++frame) used.read_out(bright, 1, std::uint32_t(frame), frame / 15.0);
    auto const after = used.read_out(other, 1, 9, 0.4).digital_numbers.values;
    EXPECT_EQ(after, fresh.read_out(other, 1, 9, 0.4).digital_numbers.values);
    // And back again: nothing of the first format is left either.
    EXPECT_EQ(used.read_out(bright, 1, 10, 0.5).digital_numbers.values,
              Detector{model}.read_out(bright, 1, 10, 0.5).digital_numbers.values);
}

TEST(Detector, the_same_history_gives_the_same_frame)
{
    DetectorModel const model = flat_panel(ReadOut::fluoroscopy);
    Detector one{model}, two{model}, late{model};
    Signal const signal = flat_signal(130, 70, 17);
    for (int frame = 0; frame < 4; ++frame) {
        auto const a = one.read_out(signal, 1, std::uint32_t(frame), frame / 7.5).digital_numbers.values;
        EXPECT_EQ(a, two.read_out(signal, 1, std::uint32_t(frame), frame / 7.5).digital_numbers.values);
        auto const c = late.read_out(signal, 1, std::uint32_t(frame), frame / 30.0).digital_numbers.values;
        EXPECT_EQ(a == c, frame == 0); // elapsed time is part of it
    }
}

// As `a_row_is_the_same_wherever_the_split_between_threads_falls`, for the whole panel: the rows far from the added
// ones see the same light spread up to the far glare, which is off.
TEST(Detector, memory_does_not_depend_on_the_split_between_threads)
{
    DetectorModel model = flat_panel(ReadOut::fluoroscopy);
    model.glare.clear();
    model.panel = {};
    Detector few{model}, many{model};
    for (int frame = 0; frame < 3; ++frame) {
        auto const shorter = few.read_out(flat_signal(130, 71, 60), 1, std::uint32_t(frame), frame / 15.0);
        auto const taller = many.read_out(flat_signal(130, 99, 60), 1, std::uint32_t(frame), frame / 15.0);
        for (int y = 0; y < 60; ++y)
            for (int x = 0; x < 130; ++x)
                ASSERT_EQ(taller.digital_numbers.at(x, y), shorter.digital_numbers.at(x, y)) << x << ',' << y;
    }
}

// A change of gain stage in the middle of a case: the charge that is held does not know of it.
TEST(Detector, another_gain_stage_reads_what_the_last_one_held_back)
{
    DetectorModel model;
    model.noise = false;
    model.lag = {{0.1, 1.0}};
    model.dn_per_kev_mm2 = 0.4;
    Detector detector{model};
    Signal const bright = flat_signal(32, 32, 20), dark = flat_signal(32, 32, 0);
    double const energy = bright.primary.values[0];
    detector.read_out(bright, 1, 0, 0);
    detector.select({65535 / 3.0, 75});
    EXPECT_NEAR(detector.model().dn_per_kev_mm2, 3, 1e-9);
    EXPECT_EQ(detector.model().electronic_noise_kev, 75);
    auto const after = detector.read_out(dark, 1, 1, 0.2);
    double const expected = 3 * energy * 0.1 * (1 - std::exp(-0.2));
    for (auto dn : after.digital_numbers.values) EXPECT_NEAR(dn, expected, 0.51 + 1e-5 * expected);
}

// Scatter goes where the blades are shut, too.
TEST(Detector, scatter_outside_the_blades_is_seen)
{
    DetectorModel model;
    model.noise = false;
    Signal signal = flat_signal(96, 96, 60);
    signal.scatter = Image<float>{96, 96, 6400.0f};
    signal.scatter_second_moment = Image<float>{96, 96, 320'000.0f};
    signal.exposed = {40, 40, 16, 16};
    auto const raw = Detector{model}.read_out(signal, 1, 0);
    EXPECT_EQ(raw.digital_numbers.at(5, 5), 100);
}

TEST(Detector, refuses_a_model_out_of_range)
{
    auto const refused = [](auto const& change) {
        DetectorModel model;
        change(model);
        EXPECT_THROW(Detector{model}, Error);
    };
    refused([](DetectorModel& m) { m.optical_swank = 0; });
    refused([](DetectorModel& m) { m.optical_swank = 1.1; });
    refused([](DetectorModel& m) { m.mtf_h_mm2 = -1; });
    refused([](DetectorModel& m) { m.dn_per_kev_mm2 = 0; });
    refused([](DetectorModel& m) { m.electronic_noise_kev = std::nan(""); });
    refused([](DetectorModel& m) { m.full_well_kev_mm2 = 0; });
    refused([](DetectorModel& m) { m.longest_integration_s = 0; });
    refused([](DetectorModel& m) { m.glare = {{0.6, 4}, {0.4, 12}}; });
    refused([](DetectorModel& m) { m.glare = {{0.01, 0}}; });
    refused([](DetectorModel& m) { m.lag = {{0.5, 1}, {0.5, 2}}; });
    refused([](DetectorModel& m) { m.lag = {{0.02, -1}}; });
    refused([](DetectorModel& m) { m.ghost.gain = -0.01; });
    refused([](DetectorModel& m) { m.panel.native_pitch_mm = 0; });
    refused([](DetectorModel& m) { m.panel.sensitivity_spread = 0.3; });
    refused([](DetectorModel& m) { m.panel.pedestal_dn = 65535; });
    refused([](DetectorModel& m) { m.panel.dead_elements = 0.1; });
    Detector detector{DetectorModel{}};
    EXPECT_THROW(detector.select({0, 10}), Error);
    EXPECT_THROW(detector.select({1000, -1}), Error);
}

} // namespace
} // namespace fluoro
