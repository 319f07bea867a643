#include <fluoro/console/tool_readouts.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

InstrumentStatus wire_in_lad()
{
    InstrumentStatus status;
    ToolStatus wire;
    wire.name = "wire";
    wire.title = "Workhorse";
    wire.state = {1012.4, radians(-35.2), 0, 0.314, 2.06, 0.02};
    wire.tip_vessel = "lad-mid";
    wire.wall_stands_n = 0.1;
    status.tools = {wire};
    return status;
}

TEST(ToolReadouts, a_hand_reads_depth_turn_force_torque_and_place)
{
    HandReadout const shown = hand_readout(wire_in_lad(), "wire", {});
    EXPECT_EQ(shown.depth, "1012 mm");
    EXPECT_EQ(shown.turn, "-35\xc2\xb0");
    EXPECT_EQ(shown.force, "0.31 N");
    EXPECT_EQ(shown.torque, "2.1 N mm");
    EXPECT_EQ(shown.place, "lad-mid");
    EXPECT_NEAR(shown.force_share, 0.314 / full_bar_n, 1e-12);
    EXPECT_EQ(shown.strain, Strain::none);
    EXPECT_EQ(shown.remark, "");
    EXPECT_EQ(hand_readout(wire_in_lad(), "", {}).title, "");
}

TEST(ToolReadouts, no_number_is_a_negative_nought)
{
    InstrumentStatus status = wire_in_lad();
    status.tools[0].state.push_n = -0.001;
    EXPECT_EQ(hand_readout(status, "wire", {}).force, "0.00 N");
}

TEST(ToolReadouts, strain_is_told_from_half_of_what_the_wall_stands)
{
    InstrumentStatus status = wire_in_lad();
    status.tools[0].state.tip_force_n = 0.049;
    EXPECT_EQ(hand_readout(status, "wire", {}).strain, Strain::none);
    status.tools[0].state.tip_force_n = 0.051;
    EXPECT_EQ(hand_readout(status, "wire", {}).strain, Strain::near);
    status.tools[0].state.tip_force_n = 0.101;
    HandReadout const gives = hand_readout(status, "wire", {});
    EXPECT_EQ(gives.strain, Strain::beyond);
    EXPECT_TRUE(gives.is_warning);
    status.tools[0].wall_stands_n = 0; // nothing near
    EXPECT_EQ(hand_readout(status, "wire", {}).strain, Strain::none);
    status.breaches = {{"perforation", "wire", "lad-mid", {}, 0.3}};
    EXPECT_EQ(hand_readout(status, "wire", {}).remark, "WALL BREACHED");
    EXPECT_EQ(breach_texts(status), std::vector<std::string>{"PERFORATION of lad-mid (wire)"});
}

TEST(ToolReadouts, a_hub_that_goes_in_without_its_tip_buckles)
{
    InstrumentStatus status = wire_in_lad();
    TipWatch follows, buckles;
    for (int n = 0; n <= 10; ++n) {
        status.tools[0].state.inserted_mm = 100 + 2 * n;
        status.tools[0].tip_rest_mm = {0, 0, 2.0 * n};
        follows.follow(status, 0.1 * n);
        status.tools[0].tip_rest_mm = {0, 0, 0.2 * n};
        buckles.follow(status, 0.1 * n);
    }
    EXPECT_FALSE(follows.is_buckling("wire"));
    EXPECT_TRUE(buckles.is_buckling("wire"));
    EXPECT_EQ(hand_readout(status, "wire", buckles).remark, "TIP DOES NOT FOLLOW");
    // It stands still again: what was is forgotten.
    for (int n = 11; n < 30; ++n) buckles.follow(status, 0.1 * n);
    EXPECT_FALSE(buckles.is_buckling("wire"));
}

TEST(ToolReadouts, balloon_cement_and_needle)
{
    ToolStatus balloon;
    balloon.kind = ToolKind::balloon;
    balloon.pressure_atm = 8;
    balloon.balloon_least_mm = 1.9;
    balloon.balloon_most_mm = 2.5;
    balloon.balloon_ml = 0.071;
    EXPECT_EQ(balloon_text(balloon), "8.0 atm, 1.9-2.5 mm, 0.07 mL");
    balloon.kind = ToolKind::wire;
    EXPECT_EQ(balloon_text(balloon), "");
    CementStatus cement;
    cement.level = "L1";
    cement.age_s = 250.7;
    cement.viscosity_pa_s = 64.2;
    cement.total_ml = 2.14;
    cement.ml[std::size_t(CementPlace::marrow)] = 1.9;
    cement.ml[std::size_t(CementPlace::disc)] = 0.24;
    EXPECT_EQ(cement_text(cement), "L1, 4 min 10 s, 64 Pa s, 2.1 mL");
    EXPECT_EQ(leak_text(cement), "disc 0.24 mL");
    InstrumentStatus status;
    status.needles = {
        {"puncture-18g", "Puncture", 12.34, 1.26, TissueKind::vessel, BloodReturn::bright, 0, {}, Vec3{0}}};
    HandReadout const needle = hand_readout(status, "puncture-18g", {});
    EXPECT_EQ(needle.depth, "12.3 mm");
    EXPECT_EQ(needle.place, "vessel");
    EXPECT_EQ(needle.remark, "bright blood returns");
}

} // namespace
} // namespace fluoro
