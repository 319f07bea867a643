#include <fluoro/core/error.hpp>
#include <fluoro/detector/blur.hpp>
#include <fluoro/detector/detector.hpp>

#include <cmath>
#include <complex>
#include <gtest/gtest.h>
#include <numbers>
#include <vector>

namespace fluoro {
namespace {

constexpr double pitch_mm = 0.154;
constexpr double area_mm2 = pitch_mm * pitch_mm;

/// `quanta` per pixel of one energy each, over the whole picture.
Signal flat_signal(int columns, int rows, double quanta, double energy_kev = 50)
{
    Signal signal;
    signal.primary = Image<float>{columns, rows, float(quanta * energy_kev / area_mm2)};
    signal.primary_second_moment = Image<float>{columns, rows, float(quanta * energy_kev * energy_kev / area_mm2)};
    signal.pixel_pitch_mm = pitch_mm;
    signal.exposed = {0, 0, columns, rows};
    return signal;
}

/// A detector whose gain makes rounding (variance 1/12) nothing beside the noise: `quanta` lie near 20,000.
DetectorModel fine_gain(double quanta, double energy_kev = 50)
{
    DetectorModel model;
    model.dn_per_kev_mm2 = 20'000 * area_mm2 / (quanta * energy_kev);
    return model;
}

struct Moments {
    double mean = 0, variance = 0;
};

Moments moments_of(RawImage const& raw, PixelRect const& rect)
{
    double sum = 0, squares = 0;
    double const n = double(rect.columns) * rect.rows;
    for (int y = rect.row; y < rect.row + rect.rows; ++y)
        for (int x = rect.column; x < rect.column + rect.columns; ++x) {
            double const v = raw.digital_numbers.at(x, y);
            sum += v;
            squares += v * v;
        }
    return {sum / n, (squares - sum * sum / n) / (n - 1)};
}

struct NoisePower {
    double frequency = 0; ///< mean of the bin [1/mm]
    double power = 0;     ///< [DN2 mm2]; its integral over the Nyquist square is the pixel variance
    double model = 0;     ///< mean of MTF^2 over the bin's waves
    double waves = 0;
};

/// Noise power of `frames` frames in rings of `step` [1/mm], from squares of `size` pixels under a Hann window, without
/// which the low frequencies leak into the high ones.
std::vector<NoisePower> noise_power(Detector const& detector, Signal const& signal, int size, int frames, double step)
{
    std::vector<std::complex<double>> turn(static_cast<std::size_t>(size));
    std::vector<double> window(static_cast<std::size_t>(size));
    double window_power = 0;
    for (int k = 0; k < size; ++k) {
        turn[std::size_t(k)] = std::polar(1.0, -2 * std::numbers::pi * k / size);
        window[std::size_t(k)] = 1 - std::cos(2 * std::numbers::pi * (k + 0.5) / size);
        window_power += window[std::size_t(k)] * window[std::size_t(k)];
    }
    std::vector<NoisePower> rings;
    auto const add_square = [&](RawImage const& raw, double mean, int left, int top) {
        // A plain transform along rows, then along columns: the squares are small.
        std::vector<std::complex<double>> wave(std::size_t(size * (size / 2 + 1)));
        for (int y = 0; y < size; ++y)
            for (int u = 0; u <= size / 2; ++u)
                for (int x = 0; x < size; ++x)
                    wave[std::size_t(y * (size / 2 + 1) + u)] += (raw.digital_numbers.at(left + x, top + y) - mean) *
                                                                 window[std::size_t(x)] * window[std::size_t(y)] *
                                                                 turn[std::size_t(u * x % size)];
        for (int u = 0; u <= size / 2; ++u)
            for (int v = 0; v <= size / 2; ++v) {
                if (u + v < 2) continue; // the window spreads what is left of the mean to here
                std::complex<double> sum = 0;
                for (int y = 0; y < size; ++y)
                    sum += wave[std::size_t(y * (size / 2 + 1) + u)] * turn[std::size_t(v * y % size)];
                double const f = std::hypot(u, v) / (size * pitch_mm), mtf = 1 / (1 + 0.67 * f * f);
                std::size_t const ring = std::size_t(f / step);
                if (rings.size() <= ring) rings.resize(ring + 1);
                rings[ring].frequency += f;
                rings[ring].power += std::norm(sum) * area_mm2 / (window_power * window_power);
                rings[ring].model += mtf * mtf;
                rings[ring].waves += 1;
            }
    };
    for (int frame = 0; frame < frames; ++frame) {
        auto const raw = detector.read_out(signal, 3, std::uint32_t(frame));
        auto const mean = moments_of(raw, raw.exposed).mean;
        for (int top = 0; top + size <= raw.digital_numbers.rows; top += size)
            for (int left = 0; left + size <= raw.digital_numbers.columns; left += size)
                add_square(raw, mean, left, top);
    }
    for (auto& ring : rings) {
        ring.frequency /= ring.waves;
        ring.power /= ring.waves;
        ring.model /= ring.waves;
    }
    return rings;
}

// Monoenergetic: n quanta absorbed give the relative variance 1/n. The sample variance of N pixels of a Poisson law has
// the relative standard error sqrt((2 + 1/n)/N), the mean sqrt(1/(n N)): four of each. Rounding adds 1/12.
TEST(Detector, variance_is_mean_squared_over_absorbed_quanta_from_3_to_3000)
{
    int const side = 400;
    double const pixels = double(side) * side;
    for (double quanta : {3.0, 10.0, 17.0, 30.0, 47.0, 60.0, 100.0, 300.0, 1000.0, 3000.0}) {
        DetectorModel model = fine_gain(quanta);
        model.mtf_h_mm2 = 0;
        auto const raw = Detector{model}.read_out(flat_signal(side, side, quanta), 1, 0);
        auto const [mean, variance] = moments_of(raw, raw.exposed);
        EXPECT_NEAR(mean, 20'000, 4 * 20'000 / std::sqrt(quanta * pixels)) << quanta;
        double const expected = 4e8 / quanta;
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

// With blur the low-frequency limit stays mean^2 x pixel area / quanta and the shape is MTF^2. A ring of N waves has
// the relative standard error 1.5/sqrt(N) (the window joins neighbours): four of it. On top 3 % up to 2/mm and 6 % at
// the Nyquist frequency, where the kernel is up to 0.005 off the model's 0.12.
TEST(Detector, noise_power_is_white_noise_times_mtf_squared)
{
    double const quanta = 17;
    auto const rings = noise_power(Detector{fine_gain(quanta)}, flat_signal(512, 512, quanta), 64, 2, 0.3);
    double const white = 4e8 * area_mm2 / quanta;
    for (auto const& ring : rings) {
        if (ring.frequency > 0.5 / pitch_mm) break;
        double const slack = (ring.frequency < 2 ? 0.03 : 0.06) + 6 / std::sqrt(ring.waves);
        EXPECT_NEAR(ring.power / (white * ring.model), 1, slack) << ring.frequency;
    }
}

// 0.0997: MTF^2 averaged over the Nyquist square. 13 pixels share a noise grain, hence sqrt(2 x 13 / N).
TEST(Detector, blurred_pixel_variance_is_0_0997_of_the_unblurred)
{
    double const quanta = 17;
    auto const raw = Detector{fine_gain(quanta)}.read_out(flat_signal(512, 512, quanta), 2, 0);
    double const expected = 0.0997 * 4e8 / quanta;
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
        for (int y = 0; y < 71 - ScintillatorBlur{0.67, pitch_mm}.radius(); ++y)
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

// Half a normal law survives the floor at 0: mean rms/sqrt(2 pi). Blur tails end after 1.1 mm: 8 pixels.
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
        double const blur = ScintillatorBlur{0.67, signal.pixel_pitch_mm}.variance_ratio();
        double const expected = (30 * 2500 * blur + 3600) * 100 + 1.0 / 12;
        auto const raw = Detector{model}.read_out(signal, 1, 0);
        EXPECT_NEAR(moments_of(raw, raw.exposed).variance, expected, 4 * expected * std::sqrt(26.0) / 400);
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
    refused([](DetectorModel& m) { m.native_pitch_mm = 0; });
}

} // namespace
} // namespace fluoro
