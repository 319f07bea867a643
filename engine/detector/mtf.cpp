#include <fluoro/detector/mtf.hpp>

#include <cmath>
#include <numbers>

namespace fluoro {
namespace {

double sinc(double x)
{
    double const angle = std::numbers::pi * x;
    return std::abs(angle) < 1e-9 ? 1 : std::sin(angle) / angle;
}

double aliased_power(double h_mm2, double pitch_mm, double fx, double fy)
{
    // Beyond four sampling frequencies less than 1e-3 is left at a pixel of 1 mm, 1e-6 at 0.154 mm.
    int const reach = 4;
    double power = 0;
    for (int i = -reach; i <= reach; ++i)
        for (int j = -reach; j <= reach; ++j) {
            double const mtf = presampled_mtf(h_mm2, pitch_mm, fx + i / pitch_mm, fy + j / pitch_mm);
            power += mtf * mtf;
        }
    return power;
}

} // namespace

double scintillator_mtf(double h_mm2, double fx, double fy)
{
    return 1 / (1 + h_mm2 * (fx * fx + fy * fy));
}

double presampled_mtf(double h_mm2, double pitch_mm, double fx, double fy)
{
    return scintillator_mtf(h_mm2, fx, fy) * sinc(pitch_mm * fx) * sinc(pitch_mm * fy);
}

double noise_transfer(double h_mm2, double pitch_mm, double fx, double fy)
{
    return std::sqrt(aliased_power(h_mm2, pitch_mm, fx, fy)); // every alias of frequency 0 falls on a zero of the sinc
}

} // namespace fluoro
