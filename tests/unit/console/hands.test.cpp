#include <fluoro/console/haptic_device.hpp>
#include <fluoro/console/operator_input.hpp>
#include <fluoro/core/clock.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

RoomKind room()
{
    RoomKind kind;
    kind.fields_mm = {200, 300};
    kind.pulse_rates = {7.5, 15};
    return kind;
}

Input named(char const* name)
{
    return input_from_name(name).value();
}

ToolStatus tool(char const* name, ToolKind kind, double inserted_mm = 0)
{
    ToolStatus made;
    made.name = name;
    made.kind = kind;
    made.state.inserted_mm = inserted_mm;
    return made;
}

class HandsAtConsole : public ::testing::Test {
protected:
    InstrumentStatus status;
    OperatorInput input{room(), InputMap{}};

    void SetUp() override
    {
        status.tools = {tool("wire", ToolKind::wire, 100), tool("catheter", ToolKind::catheter, 80)};
        tell();
    }
    void tell() { input.update({}, {}, true, 0, status); }
    std::vector<Command> take(double elapsed_s = 1.0 / 30) { return input.take(elapsed_s); }
    template <class Wanted> std::vector<Wanted> taken(double elapsed_s = 1.0 / 30)
    {
        std::vector<Wanted> found;
        for (Command const& command : take(elapsed_s))
            if (auto const* one = std::get_if<Wanted>(&command)) found.push_back(*one);
        return found;
    }
    MoveTool one_move()
    {
        auto const moves = taken<MoveTool>();
        EXPECT_EQ(moves.size(), 1u);
        return moves.empty() ? MoveTool{} : moves[0];
    }
};

TEST_F(HandsAtConsole, new_tools_come_into_empty_hands_and_then_into_the_right_one)
{
    EXPECT_EQ(input.hands().tool(HandSide::right), "wire");
    EXPECT_EQ(input.hands().tool(HandSide::left), "catheter");
    status.tools.push_back(tool("balloon", ToolKind::balloon));
    tell();
    EXPECT_EQ(input.hands().tool(HandSide::right), "balloon");
    EXPECT_EQ(input.hands().tool(HandSide::left), "catheter");
    input.press_button(Action::next_right_tool);
    EXPECT_EQ(input.hands().tool(HandSide::right), "wire"); // not the one in the left hand
    std::erase_if(status.tools, [](ToolStatus const& t) { return t.name == "wire"; });
    tell();
    EXPECT_EQ(input.hands().tool(HandSide::right), ""); // it was put away
    input.press_button(Action::swap_hands);
    EXPECT_EQ(input.hands().tool(HandSide::right), "catheter");
}

TEST_F(HandsAtConsole, a_key_pushes_while_it_is_held_at_the_share_of_full_speed)
{
    HandRates const rates;
    input.set(named("alt+up"), 1);
    MoveTool const slow = one_move();
    EXPECT_EQ(slow.tool, "wire");
    EXPECT_DOUBLE_EQ(slow.push_mm_s, 0.4 * rates.push_mm_s);
    EXPECT_FALSE(slow.until_mm);
    EXPECT_TRUE(take().empty()); // nothing new to say
    input.set(named("left-shift"), 1);
    EXPECT_DOUBLE_EQ(one_move().push_mm_s, rates.push_mm_s);
    input.set(named("alt+left"), 1);
    MoveTool const both = one_move();
    EXPECT_DOUBLE_EQ(both.push_mm_s, rates.push_mm_s);
    EXPECT_DOUBLE_EQ(both.turn_rad_s, -radians(rates.turn_deg_s));
    input.set(named("up"), 0); // Alt was let go first: the key's release still counts
    input.set(named("left"), 0);
    MoveTool const stop = one_move();
    EXPECT_EQ(stop.push_mm_s, 0);
    EXPECT_EQ(stop.turn_rad_s, 0);
}

TEST_F(HandsAtConsole, a_stick_pushes_by_its_share_and_each_hand_has_its_own)
{
    HandRates const rates;
    input.set(named("pad-right-y-"), 0.5);
    input.set(named("pad-left-y+"), 1);
    auto const moves = taken<MoveTool>();
    ASSERT_EQ(moves.size(), 2u);
    EXPECT_EQ(moves[0].tool, "wire");
    EXPECT_DOUBLE_EQ(moves[0].push_mm_s, 0.5 * 0.4 * rates.push_mm_s);
    EXPECT_EQ(moves[1].tool, "catheter");
    EXPECT_DOUBLE_EQ(moves[1].push_mm_s, -0.4 * rates.push_mm_s);
}

TEST_F(HandsAtConsole, wheel_and_mouse_say_how_far_and_add_up)
{
    HandRates const rates;
    input.step(named("wheel-up"), 2);
    MoveTool const first = one_move();
    EXPECT_GT(first.push_mm_s, 0);
    EXPECT_DOUBLE_EQ(first.until_mm.value(), 100 + 2 * rates.wheel_mm);
    input.step(named("wheel-up"), 1);
    EXPECT_DOUBLE_EQ(one_move().until_mm.value(), 100 + 3 * rates.wheel_mm); // of where it was asked to go
    // There: the session has stopped it, nothing more is to be said.
    status.tools[0].state.inserted_mm = 100 + 3 * rates.wheel_mm;
    tell();
    EXPECT_TRUE(take().empty());
    // The mouse moves only what is gripped.
    input.step(named("drag-down"), 40);
    EXPECT_TRUE(take().empty());
    input.set(named("mouse-right"), 1);
    input.step(named("drag-down"), 40);
    MoveTool const back = one_move();
    EXPECT_LT(back.push_mm_s, 0);
    EXPECT_DOUBLE_EQ(back.until_mm.value(), 100 + 3 * rates.wheel_mm - 40 * rates.drag_mm);
    input.step(named("ctrl+wheel-down"), 1);
    EXPECT_DOUBLE_EQ(one_move().until_rad.value(), -radians(rates.wheel_deg));
}

TEST_F(HandsAtConsole, never_draws_a_tool_further_than_out)
{
    status.tools[0].state.inserted_mm = 3;
    tell();
    input.step(named("wheel-down"), 10);
    EXPECT_DOUBLE_EQ(one_move().until_mm.value(), 0);
}

TEST_F(HandsAtConsole, all_stop_when_the_focus_is_lost_and_a_stick_that_is_still_down_stays_still)
{
    input.set(named("pad-right-y-"), 1);
    EXPECT_GT(one_move().push_mm_s, 0);
    input.release_all();
    EXPECT_EQ(one_move().push_mm_s, 0);
    input.forget_held_over();
    input.set(named("pad-right-y-"), 0.9);
    EXPECT_TRUE(take().empty());
    input.set(named("pad-right-y-"), 0);
    input.set(named("pad-right-y-"), 0.9);
    EXPECT_GT(one_move().push_mm_s, 0);
}

TEST_F(HandsAtConsole, a_lost_gamepad_lets_the_pedal_go)
{
    input.set(named("pad-right-trigger"), 0.4);
    EXPECT_FALSE(input.is_pedal_down()); // a switch: on from half of its way
    input.set(named("pad-right-trigger"), 0.6);
    input.set(named("pad-right-trigger"), 0.45);
    auto const presses = taken<PressPedal>();
    ASSERT_EQ(presses.size(), 1u);
    EXPECT_EQ(presses[0].pedal, Pedal::fluoroscopy);
    input.release_device(InputKind::pad_axis, "");
    auto const released = taken<PressPedal>();
    ASSERT_EQ(released.size(), 1u);
    EXPECT_EQ(released[0].pedal, Pedal::released);
}

TEST_F(HandsAtConsole, a_balloon_s_pressure_runs_at_its_rate_and_is_told_in_tenths)
{
    HandRates const rates;
    status.tools.push_back(tool("balloon", ToolKind::balloon));
    tell();
    input.set(named("alt+i"), 1);
    std::vector<InflateBalloon> told;
    for (int n = 0; n < 30; ++n)
        for (auto const& one : taken<InflateBalloon>(1.0 / 30)) told.push_back(one);
    ASSERT_FALSE(told.empty());
    EXPECT_EQ(told.back().tool, "balloon");
    // One second at 0.4 of the rate, to the gauge's tenth.
    EXPECT_NEAR(told.back().atm, 0.4 * rates.inflate_atm_s, 0.05 + 1e-9);
    for (auto const& one : told) EXPECT_NEAR(10 * one.atm, std::round(10 * one.atm), 1e-9);
    input.set(named("alt+i"), 0);
    input.press_button(Action::empty_balloon);
    auto const empty = taken<InflateBalloon>();
    ASSERT_EQ(empty.size(), 1u);
    EXPECT_EQ(empty[0].atm, 0);
}

TEST_F(HandsAtConsole, injection_goes_through_the_catheter_and_a_press_without_a_tool_says_why)
{
    input.press_button(Action::inject_more);
    input.press_button(Action::inject);
    auto const injections = taken<Inject>();
    ASSERT_EQ(injections.size(), 1u);
    EXPECT_EQ(injections[0].through, "catheter");
    EXPECT_DOUBLE_EQ(injections[0].volume_ml, 7);
    input.press_button(Action::hammer_blow);
    EXPECT_TRUE(take().empty());
    ASSERT_EQ(input.take_refusals().size(), 1u);
    NeedleStatus needle;
    needle.name = "bone-11g";
    status.needles.push_back(needle);
    tell();
    input.press_button(Action::hammer_blow);
    input.set(named("alt+c"), 1);
    auto const commands = take();
    ASSERT_EQ(commands.size(), 2u);
    EXPECT_EQ(std::get<HammerNeedle>(commands[0]).tool, "bone-11g");
    EXPECT_GT(std::get<PushCement>(commands[1]).rate_ml_s, 0);
    input.release_all();
    auto const stopped = taken<PushCement>();
    ASSERT_EQ(stopped.size(), 1u);
    EXPECT_EQ(stopped[0].rate_ml_s, 0);
}

/// A hand that is led, and what it was made to feel.
class LedDevice final : public HapticDevice {
public:
    HapticLimits limits() const override { return {"led", 1000, 3, 50, 0}; }
    HapticPose pose() override { return now; }
    void feel(HapticLoad const& load) override { felt = load; }
    HapticPose now;
    HapticLoad felt;
};

TEST_F(HandsAtConsole, a_haptic_device_moves_the_tool_that_it_grips_and_feels_its_forces)
{
    auto const device = std::make_shared<LedDevice>();
    HapticHand hand{HandSide::left, device};
    status.tools[1].state.push_n = 0.8;
    status.tools[1].state.torque_n_mm = 200; // more than the device gives
    tell();
    device->now.position_mm.z = 5;
    hand.exchange(status, input, true);
    EXPECT_TRUE(take().empty()); // not gripped
    EXPECT_EQ(device->felt.force_n.z, 0);
    device->now.is_gripping = true;
    hand.exchange(status, input, true);
    EXPECT_TRUE(take().empty()); // taking hold moves nothing
    device->now.position_mm.z = 8;
    device->now.rotation_rad.z = -0.5;
    hand.exchange(status, input, true);
    MoveTool const move = one_move();
    EXPECT_EQ(move.tool, "catheter");
    EXPECT_DOUBLE_EQ(move.until_mm.value(), 83);
    EXPECT_DOUBLE_EQ(move.until_rad.value(), -0.5);
    EXPECT_DOUBLE_EQ(device->felt.force_n.z, -0.8);
    EXPECT_DOUBLE_EQ(device->felt.torque_n_mm.z, -50);
    // Ten steps below the sensor's tremor arrive together.
    for (int n = 0; n < 10; ++n) {
        device->now.position_mm.z += 0.01;
        hand.exchange(status, input, true);
    }
    auto const slow = taken<MoveTool>();
    ASSERT_FALSE(slow.empty());
    EXPECT_NEAR(slow.back().until_mm.value(), 83.1, 0.02);
    // Without the window's focus it feels nothing and moves nothing.
    device->now.position_mm.z += 4;
    hand.exchange(status, input, false);
    EXPECT_EQ(device->felt.force_n.z, 0);
    EXPECT_TRUE(take().empty());
    hand.exchange(status, input, true);
    EXPECT_TRUE(take().empty());
}

TEST_F(HandsAtConsole, no_haptic_device_is_a_hand_that_never_grips)
{
    HapticHand hand{HandSide::right, nullptr};
    hand.exchange(status, input, true);
    EXPECT_TRUE(take().empty());
    EXPECT_EQ(hand.device().limits().name, "none");
}

} // namespace
} // namespace fluoro
