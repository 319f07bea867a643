#pragma once
#include <bit>
#include <cstdint>

namespace fluoro {

/// ln of a positive normal number, to the rounding of a float; without branches or calls, so that a loop of it becomes
/// vector instructions, and the same on every machine. x = 2^e m with m from sqrt(1/2) to sqrt(2), and
/// ln m = 2 artanh s with s = (m - 1)/(m + 1): |s| < 0.172, so the first term left out is below 1e-9.
inline float fast_log(float x)
{
    constexpr std::int32_t root_half = std::bit_cast<std::int32_t>(0.70710678f);
    std::int32_t const bits = std::bit_cast<std::int32_t>(x);
    std::int32_t const e = (bits - root_half) >> 23;
    float const m = std::bit_cast<float>(bits - e * (1 << 23));
    float const s = (m - 1) / (m + 1), q = s * s;
    return float(e) * 0.69314718f + 2 * s * (1 + q * (1.0f / 3 + q * (1.0f / 5 + q * (1.0f / 7 + q * (1.0f / 9)))));
}

} // namespace fluoro
