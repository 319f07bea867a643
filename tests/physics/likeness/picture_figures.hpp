#pragma once
// Figures by which pictures of two patients are compared: how much grey there is, and at which sizes.
#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <fluoro/image/image.hpp>
#include <numbers>
#include <vector>

namespace fluoro::test {

/// In place, size a power of 2.
inline void fourier(std::vector<std::complex<double>>& line)
{
    std::size_t const n = line.size();
    for (std::size_t i = 1, j = 0; i < n; ++i) {
        std::size_t bit = n >> 1;
        for (; j & bit; bit >>= 1) j ^= bit;
        j ^= bit;
        if (i < j) std::swap(line[i], line[j]);
    }
    for (std::size_t length = 2; length <= n; length *= 2)
        for (std::size_t start = 0; start < n; start += length)
            for (std::size_t k = 0; k < length / 2; ++k) {
                auto const turned =
                    line[start + k + length / 2] * std::polar(1.0, -2 * std::numbers::pi * double(k) / double(length));
                line[start + k + length / 2] = line[start + k] - turned;
                line[start + k] += turned;
            }
}

/// -ln of the signal: proportional to what was in the way.
inline Image<float> attenuation(Image<float> const& signal)
{
    Image<float> picture = signal;
    for (float& v : picture.values) v = -std::log(std::max(v, 1e-6f));
    return picture;
}

/// Power of a square picture (side a power of 2) in octaves of spatial frequency from `lowest` [1/mm] up, under a Hann
/// window, its mean taken away.
inline std::vector<double> power_by_octave(Image<float> const& picture, double pitch_mm, double lowest, int octaves)
{
    int const n = picture.columns;
    double mean = 0;
    for (float const v : picture.values) mean += double(v) / double(picture.values.size());
    std::vector<std::complex<double>> waves(picture.values.size());
    auto const window = [n](int i) { return 1 - std::cos(2 * std::numbers::pi * (i + 0.5) / n); };
    for (int y = 0; y < n; ++y)
        for (int x = 0; x < n; ++x)
            waves[std::size_t(y * n + x)] = (double(picture.at(x, y)) - mean) * window(x) * window(y);
    std::vector<std::complex<double>> line(static_cast<std::size_t>(n));
    for (int pass = 0; pass < 2; ++pass)
        for (int a = 0; a < n; ++a) {
            for (int b = 0; b < n; ++b) line[std::size_t(b)] = waves[std::size_t(pass == 0 ? a * n + b : b * n + a)];
            fourier(line);
            for (int b = 0; b < n; ++b) waves[std::size_t(pass == 0 ? a * n + b : b * n + a)] = line[std::size_t(b)];
        }
    std::vector<double> power(static_cast<std::size_t>(octaves), 0.0);
    for (int y = 0; y < n; ++y)
        for (int x = 0; x < n; ++x) {
            double const u = (x < n / 2 ? x : x - n) / (n * pitch_mm), v = (y < n / 2 ? y : y - n) / (n * pitch_mm);
            double const f = std::hypot(u, v);
            if (f < lowest) continue;
            int const octave = int(std::floor(std::log2(f / lowest)));
            if (octave < octaves) power[std::size_t(octave)] += std::norm(waves[std::size_t(y * n + x)]);
        }
    return power;
}

/// The picture's values at these shares of its pixels, sorted.
inline std::vector<double> quantiles(Image<float> const& picture, std::vector<double> const& shares)
{
    std::vector<float> sorted = picture.values;
    std::ranges::sort(sorted);
    std::vector<double> values;
    for (double const share : shares) values.push_back(double(sorted[std::size_t(share * double(sorted.size() - 1))]));
    return values;
}

} // namespace fluoro::test
