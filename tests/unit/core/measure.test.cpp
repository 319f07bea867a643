#include <fluoro/core/measure.hpp>
#include <gtest/gtest.h>

#include <type_traits>

using namespace fluoro;

TEST(Measure, a_number_becomes_a_measure_only_when_its_unit_is_named)
{
    static_assert(!std::is_convertible_v<double, TubeVoltage>);
    static_assert(!std::is_convertible_v<TubeVoltage, double>);
    static_assert(std::is_constructible_v<TubeVoltage, double>);
}

TEST(Measure, units_do_not_mix)
{
    static_assert(!std::is_constructible_v<PhotonEnergy, TubeVoltage>);
    static_assert(!std::is_assignable_v<TubeVoltage&, PhotonEnergy>);
    static_assert(!std::is_assignable_v<AirKerma&, KermaArea>);
    static_assert(!std::is_invocable_v<decltype(&current_time), PulseWidth, TubeCurrent>,
                  "arguments cannot be swapped");
}

TEST(Measure, measures_of_one_unit_compare_by_value)
{
    EXPECT_LT(60_kV, 80_kV);
    EXPECT_EQ(80_kV, TubeVoltage{80});
    EXPECT_EQ(60_keV, PhotonEnergy{60});
    EXPECT_EQ(AirKerma{}, AirKerma{0});
}

TEST(Measure, a_hundred_milliampere_for_eight_milliseconds_is_0_8_mAs)
{
    static_assert(current_time(TubeCurrent{100}, PulseWidth{8}) == 0.8_mAs);
    EXPECT_EQ(current_time(TubeCurrent{0}, PulseWidth{8}), CurrentTime{});
    EXPECT_EQ(2_mAs, CurrentTime{2});
}
