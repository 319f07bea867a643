#include <fluoro/console/operator_input.hpp>
#include <gtest/gtest.h>

using namespace fluoro;

namespace {

RoomKind small_room()
{
    RoomKind kind;
    kind.primary_rad = {-2, 2};
    kind.fields_mm = {300, 250, 200};
    kind.pulse_rates = {3, 3.75, 7.5, 15, 30};
    kind.smallest_opening_mm = 10;
    return kind;
}

RoomState start_state()
{
    RoomState state;
    state.field_mm = 250;
    state.pulse_rate = 7.5;
    state.blades = {-500, 500, -500, 500};
    return state;
}

class Console : public testing::Test {
protected:
    Console() { input.update(start_state(), {}, true); }
    std::optional<Action> press(char const* name) { return put(name, true); }
    void release(char const* name) { put(name, false); }
    std::vector<Command> taken() { return input.take(0); }
    /// The only command since the last look, which must be a Kind.
    template <class Kind> Kind only()
    {
        auto const commands = taken();
        EXPECT_EQ(commands.size(), 1u);
        if (commands.size() != 1 || !std::holds_alternative<Kind>(commands[0])) {
            ADD_FAILURE() << "not the command expected";
            return {};
        }
        return std::get<Kind>(commands[0]);
    }
    OperatorInput input{small_room(), InputMap{}};

private:
    std::optional<Action> put(char const* name, bool is_down)
    {
        Input const key = *input_from_name(name);
        return input.set(key, is_down ? 1 : 0);
    }
};

} // namespace

TEST_F(Console, pedal_lasts_as_long_as_its_key)
{
    press("space");
    EXPECT_TRUE(input.is_pedal_down());
    EXPECT_EQ(only<PressPedal>().pedal, Pedal::fluoroscopy);
    release("space");
    EXPECT_FALSE(input.is_pedal_down());
    EXPECT_EQ(only<PressPedal>().pedal, Pedal::released);
}

TEST_F(Console, two_pedal_keys_are_one_pedal)
{
    press("space");
    press("f");
    EXPECT_EQ(only<PressPedal>().pedal, Pedal::fluoroscopy);
    release("space");
    EXPECT_TRUE(taken().empty());
    release("f");
    EXPECT_EQ(only<PressPedal>().pedal, Pedal::released);
}

TEST_F(Console, repeated_presses_and_lone_releases_do_nothing)
{
    press("space");
    taken();
    press("space");
    press("space");
    EXPECT_TRUE(taken().empty());
    release("space");
    taken();
    release("space");
    EXPECT_TRUE(taken().empty());
}

TEST_F(Console, letting_go_of_everything_releases_the_pedal_and_stops_the_jog)
{
    press("space");
    press("right");
    press("i");
    taken();
    input.release_all();
    auto const commands = taken();
    ASSERT_EQ(commands.size(), 3u);
    EXPECT_EQ(std::get<PressPedal>(commands[0]).pedal, Pedal::released);
    EXPECT_EQ(std::get<JogCArm>(commands[1]).primary, 0);
    EXPECT_EQ(std::get<JogTable>(commands[2]).longitudinal, 0);
    EXPECT_FALSE(input.is_anything_held());
}

TEST_F(Console, beam_never_returns_by_itself_after_focus_was_lost)
{
    press("space");
    input.release_all();
    taken();
    release("space"); // the key is let go while another window has the focus, or after it is back
    EXPECT_TRUE(taken().empty());
    press("space");
    EXPECT_EQ(only<PressPedal>().pedal, Pedal::fluoroscopy);
}

TEST_F(Console, a_key_held_over_from_before_counts_only_once_it_was_let_go)
{
    press("space");
    input.release_all();
    taken();
    press("space"); // the window system repeats a held key to the window that has the focus again
    EXPECT_TRUE(taken().empty());
    release("space");
    press("space");
    EXPECT_EQ(only<PressPedal>().pedal, Pedal::fluoroscopy);

    input.release_all();
    taken();
    input.forget_held_over(); // its release went to another window
    press("space");
    EXPECT_EQ(only<PressPedal>().pedal, Pedal::fluoroscopy);
}

TEST_F(Console, a_screen_button_held_over_counts_only_once_it_was_let_go)
{
    input.hold_button(Action::pedal, true);
    input.release_all();
    taken();
    input.hold_button(Action::pedal, true);
    EXPECT_TRUE(taken().empty());
    input.hold_button(Action::pedal, false);
    input.hold_button(Action::pedal, true);
    EXPECT_EQ(only<PressPedal>().pedal, Pedal::fluoroscopy);
}

TEST_F(Console, arrows_turn_the_detector_toward_where_they_point)
{
    press("right"); // in AP the patient's left is at the picture's right: LAO
    EXPECT_GT(only<JogCArm>().primary, 0);
    press("left");
    EXPECT_EQ(only<JogCArm>().primary, 0); // both: they cancel
    release("right");
    EXPECT_LT(only<JogCArm>().primary, 0);
    release("left");
    EXPECT_EQ(only<JogCArm>().primary, 0);
    press("up");
    EXPECT_GT(only<JogCArm>().secondary, 0); // cranial
    release("up");
    taken();
    press("]");
    EXPECT_GT(only<JogCArm>().source_to_detector, 0);
}

TEST_F(Console, table_keys_move_the_table_where_the_words_say)
{
    press("i");
    EXPECT_GT(only<JogTable>().longitudinal, 0);
    release("i");
    taken();
    press("l");
    EXPECT_GT(only<JogTable>().lateral, 0);
    release("l");
    taken();
    press("u");
    EXPECT_GT(only<JogTable>().height, 0);
}

TEST_F(Console, shift_makes_a_running_jog_fast)
{
    press("right");
    double const slow = only<JogCArm>().primary;
    input.hold_button(Action::fast, true);
    EXPECT_EQ(only<JogCArm>().primary, 1);
    EXPECT_LT(slow, 1);
    input.hold_button(Action::fast, false);
    EXPECT_EQ(only<JogCArm>().primary, slow);
}

TEST_F(Console, zoom_steps_through_the_formats_and_ends_with_them)
{
    press("z");
    EXPECT_EQ(only<SelectField>().field_mm, 200);
    release("z");
    press("z");
    EXPECT_TRUE(taken().empty());
    press("x");
    EXPECT_EQ(only<SelectField>().field_mm, 250);
    release("x");
    press("x");
    EXPECT_EQ(only<SelectField>().field_mm, 300);
}

TEST_F(Console, a_second_press_builds_on_the_first_while_the_session_is_still_at_work)
{
    press(".");
    EXPECT_EQ(only<SelectPulseRate>().per_second, 15);
    release(".");
    input.update(start_state(), {}, false); // the session still shows 7.5
    press(".");
    EXPECT_EQ(only<SelectPulseRate>().per_second, 30);
    release(".");
    input.update(start_state(), {}, true); // it never came about (refused): from 7.5 again
    press(",");
    EXPECT_EQ(only<SelectPulseRate>().per_second, 3.75);
}

TEST_F(Console, preset_views_are_moves_of_both_angles)
{
    press("2");
    auto const lao = only<MoveCArm>();
    EXPECT_NEAR(*lao.primary_rad, radians(45), 1e-12);
    EXPECT_EQ(*lao.secondary_rad, 0);
    press("4");
    EXPECT_NEAR(*only<MoveCArm>().primary_rad, radians(-30), 1e-12);
    press("3");
    EXPECT_NEAR(*only<MoveCArm>().primary_rad, radians(90), 1e-12);
}

TEST_F(Console, blades_start_at_the_field_and_close_while_held)
{
    EXPECT_EQ(input.blades().left_mm, -125); // wider than the field counts as the field
    press("-");
    auto const first = only<MoveBlades>();
    EXPECT_GT(*first.left_mm, -125);
    EXPECT_LT(*first.right_mm, 125);
    auto const later = input.take(0.05);
    ASSERT_EQ(later.size(), 1u);
    double const moved = *std::get<MoveBlades>(later[0]).left_mm - *first.left_mm;
    EXPECT_GT(moved, 0);
    // A hiccup of a second moves them no farther than a tenth of a second would.
    auto const hiccup = input.take(1.0);
    EXPECT_LE(*std::get<MoveBlades>(hiccup.at(0)).left_mm - *std::get<MoveBlades>(later[0]).left_mm, 2 * moved + 1e-9);
    release("-");
    EXPECT_TRUE(input.take(0.05).empty());
}

TEST_F(Console, blades_stop_at_the_smallest_opening_and_at_the_field)
{
    press("-");
    for (int i = 0; i < 200; ++i) input.take(0.1);
    EXPECT_GE(input.blades().width_mm(), 10 - 1e-9);
    EXPECT_LE(input.blades().width_mm(), 30); // they really closed
    EXPECT_TRUE(input.take(0.1).empty());     // at the stop nothing is sent
    release("-");
    press("=");
    for (int i = 0; i < 200; ++i) input.take(0.1);
    EXPECT_EQ(input.blades().right_mm, 125);
    EXPECT_EQ(input.blades().top_mm, -125);
}

TEST_F(Console, control_and_arrow_move_one_blade_and_not_the_c_arm)
{
    press("ctrl+left");
    auto const move = only<MoveBlades>();
    EXPECT_GT(*move.left_mm, -125);
    EXPECT_FALSE(move.right_mm || move.top_mm || move.bottom_mm);
    release("left"); // Control was let go first: the blade still stops
    EXPECT_FALSE(input.is_anything_held());
}

TEST_F(Console, a_dragged_blade_stays_inside_the_field_and_off_its_neighbour)
{
    MoveBlades drag;
    drag.left_mm = 400;
    input.drag_blades(drag);
    EXPECT_EQ(*only<MoveBlades>().left_mm, 115); // 10 mm short of the right blade
    drag = {};
    drag.top_mm = -400;
    input.drag_blades(drag);
    EXPECT_EQ(*only<MoveBlades>().top_mm, -125);
}

TEST_F(Console, window_actions_never_reach_the_session)
{
    EXPECT_EQ(press("h"), Action::toggle_help);
    EXPECT_EQ(press("f11"), Action::toggle_full_screen);
    EXPECT_EQ(press("enter"), Action::acknowledge);
    EXPECT_TRUE(taken().empty());
}
