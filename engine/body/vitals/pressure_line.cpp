#include <algorithm>
#include <cmath>
#include <fluoro/body/vital_signs.hpp>
#include <numbers>

namespace fluoro {

double PressureLine::advance(double dt_s, double vessel_mmhg, double blocked, double ventricle_mmhg)
{
    double const closed = std::clamp(blocked, 0.0, 1.0);
    // Behind a closed ostium the pressure is that of the muscle around the vessel, above its venous end.
    constexpr double wedge_mmhg = 15;
    double const felt = std::lerp(vessel_mmhg, std::max(wedge_mmhg, 0.55 * ventricle_mmhg + wedge_mmhg), closed);
    if (!is_filled_) {
        shown_ = felt;
        is_filled_ = true;
    }
    // A tip against the wall lets less through: slower, and without ringing.
    double const omega = 2 * std::numbers::pi * natural_hz * (1 - 0.8 * closed);
    double const zeta = damping + 1.5 * closed;
    int const parts = std::max(1, int(std::ceil(dt_s * omega / 0.1)));
    double const h = dt_s / parts;
    for (int i = 0; i < parts; ++i) { // semi-implicit: stable while h omega < 2
        speed_ += h * (omega * omega * (felt - shown_) - 2 * zeta * omega * speed_);
        shown_ += h * speed_;
    }
    return shown_;
}

} // namespace fluoro
