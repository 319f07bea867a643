#pragma once
#include <compare>

namespace fluoro {

/// A number that knows its unit. For crossing doors, not for algebra: take `.value()`, compute, wrap.
template <class Unit> class Measure {
public:
    explicit constexpr Measure(double value = 0) : value_{value} {}
    constexpr double value() const { return value_; }
    friend constexpr auto operator<=>(Measure, Measure) = default;

private:
    double value_;
};

using TubeVoltage = Measure<struct kilovolt>;             ///< peak [kV]
using PhotonEnergy = Measure<struct kiloelectronvolt>;    ///< [keV]
using TubeCurrent = Measure<struct milliampere>;          ///< [mA]
using PulseWidth = Measure<struct millisecond>;           ///< [ms]
using CurrentTime = Measure<struct milliampere_second>;   ///< [mAs]
using Thickness = Measure<struct millimetre_of_material>; ///< along the ray or of a filter [mm]
using AirKerma = Measure<struct milligray>;               ///< free in air [mGy]
using KermaArea = Measure<struct gray_square_centimetre>; ///< KAP [Gy cm2]

constexpr CurrentTime current_time(TubeCurrent current, PulseWidth width)
{
    return CurrentTime{current.value() * width.value() / 1000.0};
}

constexpr TubeVoltage operator""_kV(unsigned long long v)
{
    return TubeVoltage{double(v)};
}
constexpr PhotonEnergy operator""_keV(unsigned long long v)
{
    return PhotonEnergy{double(v)};
}
constexpr CurrentTime operator""_mAs(unsigned long long v)
{
    return CurrentTime{double(v)};
}
constexpr CurrentTime operator""_mAs(long double v)
{
    return CurrentTime{double(v)};
}

} // namespace fluoro
