#pragma once
#include <cmath>
#include <complex>
#include <cstddef>
#include <fluoro/detector/mtf.hpp>
#include <fluoro/image/image.hpp>
#include <numbers>
#include <vector>

namespace fluoro::test {

/// `quanta` per pixel of one energy each, over the whole picture.
inline Signal flat_signal(int columns, int rows, double pitch_mm, double quanta, double energy_kev = 50)
{
    double const area_mm2 = pitch_mm * pitch_mm;
    Signal signal;
    signal.primary = Image<float>{columns, rows, float(quanta * energy_kev / area_mm2)};
    signal.primary_second_moment = Image<float>{columns, rows, float(quanta * energy_kev * energy_kev / area_mm2)};
    signal.pixel_pitch_mm = pitch_mm;
    signal.exposed = {0, 0, columns, rows};
    return signal;
}

struct Moments {
    double mean = 0, variance = 0;
};

inline Moments moments_of(RawImage const& raw, PixelRect const& rect)
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
    double model = 0;     ///< mean of the squared noise transfer over the bin's waves
    double waves = 0;
};

/// Noise power of frames in rings of `step` [1/mm], from squares of `size` pixels under a Hann window, without which
/// the low frequencies leak into the high ones. `frame(i)` gives frame i, whose mean is the same everywhere.
template <class Frames>
std::vector<NoisePower> noise_power(Frames const& frame, int frames, int size, double step, double h_mm2)
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
        double const pitch_mm = raw.pixel_pitch_mm;
        // A plain transform along rows, then along columns: the squares are small.
        std::size_t const n = std::size_t(size), half = n / 2 + 1;
        std::vector<std::complex<double>> wave(n * half);
        std::vector<double> row(n);
        for (std::size_t y = 0; y < n; ++y) {
            for (std::size_t x = 0; x < n; ++x)
                row[x] = (raw.digital_numbers.at(left + int(x), top + int(y)) - mean) * window[x] * window[y];
            for (std::size_t u = 0; u < half; ++u) {
                double real = 0, imaginary = 0;
                for (std::size_t x = 0; x < n; ++x) {
                    real += row[x] * turn[u * x % n].real();
                    imaginary += row[x] * turn[u * x % n].imag();
                }
                wave[y * half + u] = {real, imaginary};
            }
        }
        for (int u = 0; u <= size / 2; ++u)
            for (int v = 0; v <= size / 2; ++v) {
                if (u + v < 2) continue; // the window spreads what is left of the mean to here
                double real = 0, imaginary = 0;
                for (std::size_t y = 0; y < n; ++y) {
                    std::complex<double> const a = wave[y * half + std::size_t(u)], b = turn[std::size_t(v) * y % n];
                    real += a.real() * b.real() - a.imag() * b.imag();
                    imaginary += a.real() * b.imag() + a.imag() * b.real();
                }
                std::complex<double> const sum{real, imaginary};
                double const fx = u / (size * pitch_mm), fy = v / (size * pitch_mm), f = std::hypot(fx, fy);
                double const transfer = h_mm2 > 0 ? noise_transfer(h_mm2, pitch_mm, fx, fy) : 1;
                std::size_t const ring = std::size_t(f / step);
                if (rings.size() <= ring) rings.resize(ring + 1);
                rings[ring].frequency += f;
                rings[ring].power += std::norm(sum) * pitch_mm * pitch_mm / (window_power * window_power);
                rings[ring].model += transfer * transfer;
                rings[ring].waves += 1;
            }
    };
    for (int i = 0; i < frames; ++i) {
        RawImage const raw = frame(i);
        double const mean = moments_of(raw, raw.exposed).mean;
        for (int top = 0; top + size <= raw.digital_numbers.rows; top += size)
            for (int left = 0; left + size <= raw.digital_numbers.columns; left += size)
                add_square(raw, mean, left, top);
    }
    for (auto& ring : rings) {
        if (ring.waves == 0) continue;
        ring.frequency /= ring.waves;
        ring.power /= ring.waves;
        ring.model /= ring.waves;
    }
    return rings;
}

} // namespace fluoro::test
