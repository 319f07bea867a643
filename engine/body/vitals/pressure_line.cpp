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

bool BeatReader::advance(double dt_s, std::int64_t beat, double mmhg)
{
    highest_mmhg_ = std::max(highest_mmhg_, mmhg);
    lowest_mmhg_ = std::min(lowest_mmhg_, mmhg);
    sum_mmhg_s_ += mmhg * dt_s;
    since_s_ += dt_s;
    is_standing_ = since_s_ > 3; // no beat: the monitor goes on without one
    if (beat == beat_ && !is_standing_) return false;
    // The first beat ends an interval whose beginning nobody saw.
    bool const is_whole = has_seen_beat_ || is_standing_;
    if (is_whole) last_ = {highest_mmhg_, lowest_mmhg_, sum_mmhg_s_ / since_s_};
    has_seen_beat_ = has_seen_beat_ || beat != beat_;
    beat_ = beat;
    highest_mmhg_ = lowest_mmhg_ = mmhg;
    sum_mmhg_s_ = since_s_ = 0;
    return is_whole;
}

} // namespace fluoro
