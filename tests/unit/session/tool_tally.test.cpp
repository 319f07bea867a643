#include <gtest/gtest.h>
#include <tool_tally.hpp>

namespace fluoro {
namespace {

TEST(ToolTally, tells_what_lies_where_and_the_peaks_since_it_told_last)
{
    ToolTally tally;
    EXPECT_TRUE(tally.is_empty());
    InstrumentStatus status;
    status.tools.emplace_back();
    ToolStatus& wire = status.tools[0];
    wire.name = "wire";
    wire.access = "right-femoral";
    wire.tip_vessel = "lad-mid";
    wire.tip_rest_mm = {1.23456, -2, 3};
    for (double const push : {0.2, -0.9, 0.3}) {
        wire.state.push_n = push;
        wire.state.tip_force_n = 0.1 * push;
        tally.add(status);
    }
    EXPECT_FALSE(tally.is_empty());
    ToolsEntry const first = tally.take(77, 5);
    EXPECT_EQ(first.tick, 77);
    EXPECT_EQ(first.pulse, 5);
    ASSERT_EQ(first.tools.size(), 1u);
    EXPECT_EQ(first.tools[0].vessel, "lad-mid");
    EXPECT_DOUBLE_EQ(first.tools[0].tip_x_mm, 1.235); // to the thousandth
    EXPECT_DOUBLE_EQ(first.tools[0].push_n, 0.3);
    EXPECT_DOUBLE_EQ(first.tools[0].peak_push_n, 0.9); // the pull was the strongest
    EXPECT_DOUBLE_EQ(first.tools[0].peak_tip_force_n, 0.09);
    tally.add(status);
    EXPECT_DOUBLE_EQ(tally.take(78, 0).tools[0].peak_push_n, 0.3); // since then
}

TEST(ToolTally, tells_every_breach_once)
{
    ToolTally tally;
    InstrumentStatus status;
    status.breaches = {{"perforation", "wire", "lad-mid", {1, 2, 3}, 0.4}};
    tally.add(status);
    auto const told = tally.take_breaches(9);
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].what, "perforation");
    EXPECT_EQ(told[0].vessel, "lad-mid");
    EXPECT_DOUBLE_EQ(told[0].z_mm, 3);
    tally.add(status);
    EXPECT_TRUE(tally.take_breaches(10).empty());
}

TEST(ToolTally, needles_and_cement)
{
    ToolTally tally;
    InstrumentStatus status;
    NeedleStatus& needle = status.needles.emplace_back();
    needle.name = "bone-11g";
    needle.depth_mm = 42;
    needle.force_n = 12;
    needle.tissue = TissueKind::spongy_bone;
    needle.tip_mm = {4, 5, 6};
    CementStatus& cement = status.cement.emplace();
    cement.level = "L1";
    cement.total_ml = 2;
    cement.ml[std::size_t(CementPlace::marrow)] = 1.7;
    cement.ml[std::size_t(CementPlace::hollow)] = 0.5; // where it should be
    cement.ml[std::size_t(CementPlace::disc)] = 0.3;
    tally.add(status);
    ToolsEntry const entry = tally.take(1, 0);
    ASSERT_EQ(entry.needles.size(), 1u);
    EXPECT_EQ(entry.needles[0].tissue, name_of(TissueKind::spongy_bone));
    EXPECT_DOUBLE_EQ(entry.needles[0].tip_z_mm, 6);
    EXPECT_DOUBLE_EQ(entry.cement_leaked_ml, 0.3);
}

} // namespace
} // namespace fluoro
