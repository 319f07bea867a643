#include <fluoro/anatomy/built_in.hpp>
#include <fluoro/core/percentile.hpp>
#include <fluoro/instruments/cost.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <numeric>

namespace fluoro {
namespace {

double mean(std::vector<double> const& values)
{
    return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

double stages_of_whole(InstrumentsCost const& cost)
{
    double stages = 0;
    for (StageTimes const& times : cost.stage_ms) stages += std::accumulate(times.begin(), times.end(), 0.0);
    return stages / std::accumulate(cost.split_ms.begin(), cost.split_ms.end(), 0.0);
}

// The goal is 2 ms, 4 at the 99th percentile, on one core; told, not judged: machines differ.
TEST(InstrumentsCost, says_what_a_wire_in_a_beating_artery_costs)
{
    auto const [cost, least_touching] = measure_instruments(120, 600);
    test::measured("instruments_segments", cost.segments);
    test::measured("instruments_frame_mean_ms", mean(cost.frame_ms));
    test::measured("instruments_frame_p99_ms", percentile(cost.frame_ms, 0.99));
    EXPECT_EQ(cost.frame_ms.size(), 600u);
    EXPECT_GT(least_touching, 0.1) << "a wire that touches nothing costs less";
}

TEST(InstrumentsCost, measures_as_many_segments_as_asked_for)
{
    for (int const segments : {40, 80, 120}) EXPECT_EQ(measure_instruments(segments, 60).cost.segments, segments);
}

// Left out are the calls from stage to stage; added, what is charged to a frame beside the thread's own time: up to
// 3 % in an undisturbed one.
TEST(InstrumentsCost, stages_add_up_to_the_frame)
{
    InstrumentsCost const cost = measure_instruments(120, 300).cost;
    if (cost.stage_ms.size() < 10) GTEST_SKIP() << "somebody else always has the processor";
    test::measured("instruments_stages_of_whole", stages_of_whole(cost));
    EXPECT_NEAR(stages_of_whole(cost), 1, 0.04);
}

TEST(InstrumentsCost, stages_add_up_to_the_frame_in_a_living_man_too)
{
    auto const man = std::make_shared<Patient const>(draw_built_in(built_in_patient("adult-male"), "trunk", 3));
    InstrumentsCost const cost = measure_living_tools(man, 120).cost;
    EXPECT_GT(cost.segments, 100);
    EXPECT_EQ(cost.frame_ms.size(), 120u);
    if (cost.stage_ms.size() < 10) GTEST_SKIP() << "somebody else always has the processor";
    test::measured("instruments_living_stages_of_whole", stages_of_whole(cost));
    EXPECT_NEAR(stages_of_whole(cost), 1, 0.04);
    for (std::size_t stage = 0; stage < tool_stage_names.size(); ++stage)
        EXPECT_GT(cost.stage_ms.front()[stage], 0) << tool_stage_names[stage];
}

// It is read once for every stage of a step, however many segments the line has; the rest are snaps, solved again.
TEST(InstrumentsCost, clock_is_read_no_oftener_for_a_longer_line)
{
    double const few = measure_instruments(40, 120).cost.readings, many = measure_instruments(120, 120).cost.readings;
    EXPECT_GT(few, 10 * 7);
    EXPECT_LT(many, few + 10);
}

} // namespace
} // namespace fluoro
