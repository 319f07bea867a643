#include <fluoro/core/expect.hpp>
#include <fluoro/detector/aperture.hpp>
#include <fluoro/detector/mtf.hpp>

#include <cmath>
#include <numbers>
#include <utility>

namespace fluoro {

ApertureFilter::ApertureFilter(double h_mm2, double pitch_mm) : pitch_mm_{pitch_mm}
{
    FLUORO_EXPECT(h_mm2 > 0 && pitch_mm > 0);
    // Least squares along the axis from 0 to the Nyquist frequency, each difference weighed by the blur that follows.
    // The unknowns are the outer taps, column by column of `normal`; the middle one makes the sum 1.
    constexpr int unknowns = radius, samples = 64;
    double normal[unknowns][unknowns + 1] = {};
    for (int s = 0; s < samples; ++s) {
        double const cycles = 0.5 * (s + 0.5) / samples, f = cycles / pitch_mm;
        double const weight = noise_transfer(h_mm2, pitch_mm, f, 0);
        double const wanted = presampled_mtf(h_mm2, pitch_mm, f, 0) - weight;
        double row[unknowns];
        for (int i = 0; i < unknowns; ++i)
            row[i] = weight * 2 * (std::cos(2 * std::numbers::pi * cycles * (i + 1)) - 1);
        for (int i = 0; i < unknowns; ++i) {
            for (int j = 0; j < unknowns; ++j) normal[i][j] += row[i] * row[j];
            normal[i][unknowns] += row[i] * wanted;
        }
    }
    for (int pivot = 0; pivot < unknowns; ++pivot) // positive definite: no exchange of rows is needed
        for (int i = 0; i < unknowns; ++i) {
            if (i == pivot) continue;
            double const share = normal[i][pivot] / normal[pivot][pivot];
            for (int j = pivot; j <= unknowns; ++j) normal[i][j] -= share * normal[pivot][j];
        }
    double middle = 1;
    for (int i = 0; i < unknowns; ++i) {
        double const tap = normal[i][unknowns] / normal[i][i];
        taps_[std::size_t(i + 1)] = float(tap);
        middle -= 2 * tap;
    }
    taps_[0] = float(middle);
}

double ApertureFilter::response(double fx, double fy) const
{
    auto const along = [&](double f) {
        double sum = taps_[0];
        for (int i = 1; i <= radius; ++i)
            sum += 2 * taps_[std::size_t(i)] * std::cos(2 * std::numbers::pi * f * pitch_mm_ * i);
        return sum;
    };
    return along(fx) * along(fy);
}

void ApertureFilter::filter_column(std::array<float const*, 2 * radius + 1> const& rows, int columns, float* out) const
{
    auto const [a, b, c, d, e, f, g] = rows;
    auto const [t0, t1, t2, t3] = taps_;
    for (int x = 0; x < columns; ++x) out[x] = t0 * d[x] + t1 * (c[x] + e[x]) + t2 * (b[x] + f[x]) + t3 * (a[x] + g[x]);
}

void ApertureFilter::filter_row(float const* padded, float const* centre, int columns, float* out) const
{
    auto const [t0, t1, t2, t3] = taps_;
    for (int x = 0; x < columns; ++x) {
        float const* const p = padded + x;
        float const sum = t0 * p[0] + t1 * (p[-1] + p[1]) + t2 * (p[-2] + p[2]) + t3 * (p[-3] + p[3]);
        float const least = 0.5f * centre[x];
        out[x] = sum > least ? sum : least;
    }
}

} // namespace fluoro
