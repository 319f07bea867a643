#pragma once
#include <cstdint>

namespace fluoro {

/// The session's fixed tick; everything that happens is stamped with one.
using Tick = std::int64_t;
inline constexpr int ticks_per_second = 120;
constexpr double seconds(Tick tick)
{
    return double(tick) / ticks_per_second;
}
/// First tick not before `s` seconds. A nanosecond of slack forgives decimal fractions.
constexpr Tick tick_at(double s)
{
    double const t = s * ticks_per_second - 1e-7;
    Tick const whole = Tick(t);
    return t <= 0 ? 0 : (double(whole) < t ? whole + 1 : whole);
}

} // namespace fluoro
