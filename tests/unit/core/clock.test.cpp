#include <fluoro/core/clock.hpp>
#include <gtest/gtest.h>

using namespace fluoro;

TEST(Clock, every_pulse_rate_of_the_room_is_a_whole_number_of_ticks)
{
    for (double const rate : {3.0, 3.75, 7.5, 15.0, 30.0}) {
        double const ticks = ticks_per_second / rate;
        EXPECT_EQ(ticks, double(Tick(ticks))) << rate << " pulses per second";
    }
}

TEST(Clock, a_tick_comes_back_from_its_own_time)
{
    // 4 hours, the longest of sessions, in steps that meet every residue.
    for (Tick tick = 0; tick < 4 * 3600 * ticks_per_second; tick += 7) ASSERT_EQ(tick_at(seconds(tick)), tick);
}

TEST(Clock, a_time_between_ticks_belongs_to_the_next)
{
    EXPECT_EQ(tick_at(1.0), 120);
    EXPECT_EQ(tick_at(1.0 + 1e-6), 121) << "a microsecond is not rounding";
    EXPECT_EQ(tick_at(0.5 / ticks_per_second), 1);
    EXPECT_EQ(tick_at(1.5 / ticks_per_second), 2);
}

TEST(Clock, decimal_fractions_meet_their_tick)
{
    // 0.1 s is 12 ticks, though the double nearest to 0.7 lies beside 84/120.
    for (int tenth = 0; tenth < 36'000; ++tenth) ASSERT_EQ(tick_at(tenth * 0.1), 12 * tenth) << tenth;
}

TEST(Clock, nothing_happens_before_the_start)
{
    EXPECT_EQ(tick_at(0), 0);
    EXPECT_EQ(tick_at(-3), 0);
}
