#pragma once
#include <algorithm>
#include <cmath>

namespace fluoro {

/// Film that barium leaves on the wall of a hollow [mm]: about 0.2 mm of a liquid of 300 mPa s (double-contrast enema).
inline double wall_film_mm(double viscosity_mpa_s)
{
    return 0.2 * std::cbrt(std::min(3.0, viscosity_mpa_s / 300));
}
constexpr double wall_film_life_s = 200; ///< mean time that it holds

} // namespace fluoro
