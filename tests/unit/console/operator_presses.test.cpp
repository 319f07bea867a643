#include <fluoro/console/operator_input.hpp>

#include <algorithm>
#include <gtest/gtest.h>
#include <numbers>

using namespace fluoro;

namespace {

RoomKind suite()
{
    RoomKind kind = find_room_kind("c-arm-suite");
    kind.fields_mm = {300, 200};
    return kind;
}

RoomState start_state()
{
    RoomState state;
    state.field_mm = 200;
    return state;
}

PictureState with_runs()
{
    PictureState picture;
    picture.runs = {{1, "cine", 20, 15}, {2, "dsa", 8, 4}, {5, "fluoroscopy", 12, 7.5}};
    return picture;
}

class Presses : public testing::Test {
protected:
    Presses() { input.update(start_state(), with_runs(), true); }
    void down(char const* name) { put(name, true); }
    void up(char const* name) { put(name, false); }
    void tap(char const* name)
    {
        down(name);
        up(name);
    }
    /// The only command since the last look, which must be a Kind.
    template <class Kind> Kind only(double elapsed_s = 0)
    {
        auto const commands = input.take(elapsed_s);
        if (commands.size() != 1 || !std::holds_alternative<Kind>(commands[0])) {
            ADD_FAILURE() << commands.size() << " commands, or not the one expected";
            return {};
        }
        return std::get<Kind>(commands[0]);
    }
    template <class Kind> Kind of_tap(char const* name)
    {
        tap(name);
        return only<Kind>();
    }
    void show(PictureState const& picture)
    {
        input.take(0);
        input.update(start_state(), picture, true);
    }
    RoomKind kind = suite();
    OperatorInput input{kind, InputMap{}};

private:
    void put(char const* name, bool is_down)
    {
        Input const key = *input_from_name(name);
        input.set(key, is_down ? 1 : 0);
    }
};

// Speeds are in double precision sums of a few steps.
constexpr double rounding = 1e-9;

} // namespace

TEST_F(Presses, acquisition_wins_over_fluoroscopy_and_gives_way_to_it_again)
{
    down("space");
    EXPECT_EQ(only<PressPedal>().pedal, Pedal::fluoroscopy);
    down("d");
    EXPECT_EQ(only<PressPedal>().pedal, Pedal::acquisition);
    up("d");
    EXPECT_EQ(only<PressPedal>().pedal, Pedal::fluoroscopy);
    down("d");
    EXPECT_EQ(only<PressPedal>().pedal, Pedal::acquisition);
    up("space"); // the weaker one: nothing changes
    EXPECT_TRUE(input.take(0).empty());
    EXPECT_TRUE(input.is_pedal_down());
    up("d");
    EXPECT_EQ(only<PressPedal>().pedal, Pedal::released);
}

TEST_F(Presses, letting_go_of_everything_releases_both_pedals_at_once)
{
    down("space");
    down("d");
    input.take(0);
    input.release_all();
    EXPECT_EQ(only<PressPedal>().pedal, Pedal::released);
    EXPECT_FALSE(input.is_pedal_down());
    down("d"); // still down from before: not a new press
    down("space");
    EXPECT_TRUE(input.take(0).empty());
    up("d");
    down("d");
    EXPECT_EQ(only<PressPedal>().pedal, Pedal::acquisition);
}

TEST_F(Presses, fluoroscopy_levels_and_acquisition_kinds_go_round)
{
    EXPECT_EQ(of_tap<SelectProgramme>("v").fluoroscopy, FluoroscopyLevel::high);
    EXPECT_EQ(of_tap<SelectProgramme>("v").fluoroscopy, FluoroscopyLevel::low);
    auto const normal = of_tap<SelectProgramme>("v");
    EXPECT_EQ(normal.fluoroscopy, FluoroscopyLevel::normal);
    EXPECT_FALSE(normal.acquisition || normal.acquisition_per_second);

    EXPECT_EQ(of_tap<SelectProgramme>("c").acquisition, AcquisitionKind::dsa);
    EXPECT_EQ(of_tap<SelectProgramme>("c").acquisition, AcquisitionKind::single);
    auto const cine = of_tap<SelectProgramme>("c");
    EXPECT_EQ(cine.acquisition, AcquisitionKind::cine);
    EXPECT_FALSE(cine.fluoroscopy || cine.acquisition_per_second);
}

TEST_F(Presses, acquisition_rates_are_those_of_the_chosen_kind_and_go_round)
{
    for (AcquisitionKind const acquisition : {AcquisitionKind::cine, AcquisitionKind::dsa}) {
        RoomState state = start_state();
        state.acquisition_kind = acquisition;
        std::vector<double> const& rates = acquisition_rates(kind, acquisition);
        ASSERT_GT(rates.size(), 1u);
        state.acquisition_per_second = rates.back();
        input.update(state, {}, true);
        for (double const rate : rates) EXPECT_EQ(of_tap<SelectProgramme>("b").acquisition_per_second, rate);
    }
    RoomState single = start_state();
    single.acquisition_kind = AcquisitionKind::single;
    input.update(single, {}, true);
    tap("b");
    EXPECT_TRUE(input.take(0).empty()); // one exposure has no rate
}

TEST_F(Presses, switches_build_on_what_was_asked_until_the_session_has_answered)
{
    EXPECT_TRUE(of_tap<SetHighLevel>("f9").on);
    EXPECT_TRUE(of_tap<LockExposure>("f10").locked);
    EXPECT_FALSE(of_tap<PlaceGrid>("g").in);
    EXPECT_TRUE(*of_tap<Subtract>("s").on);
    EXPECT_TRUE(*of_tap<ShowPicture>("p").inverted);
    EXPECT_TRUE(of_tap<SetRoadMap>("m").on);
    input.update(start_state(), with_runs(), false); // not there yet: the second press undoes the first
    EXPECT_FALSE(of_tap<SetHighLevel>("f9").on);
    EXPECT_FALSE(of_tap<LockExposure>("f10").locked);
    EXPECT_TRUE(of_tap<PlaceGrid>("g").in);
    EXPECT_FALSE(*of_tap<Subtract>("s").on);
    EXPECT_FALSE(*of_tap<ShowPicture>("p").inverted);
    EXPECT_FALSE(of_tap<SetRoadMap>("m").on);
    of_tap<SetHighLevel>("f9");
    input.update(start_state(), with_runs(), true); // refused: it is off, so a press asks for it again
    EXPECT_TRUE(of_tap<SetHighLevel>("f9").on);
}

TEST_F(Presses, a_parked_wedge_comes_in_from_its_own_side_of_the_field)
{
    down("ctrl+j");
    auto const left = only<MoveWedge>(0.05);
    EXPECT_EQ(left.wedge, 0);
    EXPECT_NEAR(*left.angle_rad, std::numbers::pi, rounding);
    EXPECT_LT(*left.edge_mm, 100); // the field's half: it is in sight at once
    EXPECT_GT(*left.edge_mm, 90);  // and has only begun
    auto const on = only<MoveWedge>(0.05);
    EXPECT_LT(*on.edge_mm, *left.edge_mm);
    EXPECT_FALSE(on.angle_rad);
    up("ctrl+j");
    EXPECT_TRUE(input.take(0.05).empty());
    down("ctrl+k");
    auto const right = only<MoveWedge>(0.05);
    EXPECT_EQ(right.wedge, 1);
    EXPECT_NEAR(*right.angle_rad, 0, rounding);
}

TEST_F(Presses, a_wedge_stops_at_the_end_of_its_travel_and_parks_out_of_every_field)
{
    down("ctrl+j");
    for (int i = 0; i < 100; ++i) input.take(0.1);
    EXPECT_NEAR(*only<MoveWedge>(0.1).edge_mm, kind.wedge_edge_mm.least, rounding);
    up("ctrl+j");
    down("ctrl+h");
    double edge_mm = 0;
    int moves = 0;
    for (int i = 0; i < 100; ++i)
        for (Command const& command : input.take(0.1)) {
            edge_mm = *std::get<MoveWedge>(command).edge_mm;
            ++moves;
        }
    EXPECT_GE(edge_mm, 150 * std::numbers::sqrt2 - rounding); // the corner of the largest field
    EXPECT_LT(moves, 60);                                     // parked, it asks for nothing more
}

TEST_F(Presses, a_wedge_turns_where_it_stands_and_back_with_shift)
{
    down("ctrl+u");
    EXPECT_TRUE(input.take(0.1).empty()); // parked: nothing to turn
    up("ctrl+u");
    down("ctrl+j");
    input.take(0.1);
    up("ctrl+j");
    down("ctrl+u");
    auto const turn = only<MoveWedge>(0.1);
    EXPECT_GT(*turn.angle_rad, std::numbers::pi);
    EXPECT_FALSE(turn.edge_mm);
    input.hold_button(Action::fast, true);
    EXPECT_NEAR(*only<MoveWedge>(0.1).angle_rad, std::numbers::pi, rounding);
}

TEST_F(Presses, mask_and_landmark_step_and_name_nothing_else)
{
    PictureState picture = with_runs();
    picture.review_run = 2;
    picture.review_frame = 6;
    show(picture);
    auto const mask = of_tap<Subtract>("ctrl+m");
    EXPECT_EQ(mask.mask_first, 6);
    EXPECT_FALSE(mask.on || mask.landmark || mask.shift_columns || mask.shift_rows);

    EXPECT_EQ(*of_tap<Subtract>("ctrl+d").shift_columns, 0.5);
    EXPECT_EQ(*of_tap<Subtract>("ctrl+d").shift_columns, 1.0);
    EXPECT_EQ(*of_tap<Subtract>("ctrl+a").shift_columns, 0.5);
    EXPECT_EQ(*of_tap<Subtract>("ctrl+s").shift_rows, 0.5);
    auto const up_again = of_tap<Subtract>("ctrl+w");
    EXPECT_EQ(*up_again.shift_rows, 0.0);
    EXPECT_EQ(*up_again.shift_columns, 0.5);

    for (double const share : {0.02, 0.04, 0.06, 0.08, 0.1, 0.0})
        EXPECT_NEAR(*of_tap<Subtract>("ctrl+n").landmark, share, rounding);
}

TEST_F(Presses, grey_levels_edges_and_size_step_both_ways_and_end)
{
    EXPECT_NEAR(*of_tap<ShowPicture>("f6").brightness, 0.05, rounding);
    EXPECT_NEAR(*of_tap<ShowPicture>("f5").brightness, 0, rounding);
    EXPECT_GT(*of_tap<ShowPicture>("f8").contrast, 1);
    EXPECT_NEAR(*of_tap<ShowPicture>("f7").contrast, 1, rounding);
    EXPECT_NEAR(*of_tap<ShowPicture>("f4").edge_gain, 0.1, rounding);
    EXPECT_NEAR(*of_tap<ShowPicture>("f3").edge_gain, 0, rounding);
    EXPECT_NEAR(*of_tap<ShowPicture>("f3").edge_gain, 0, rounding); // no blurring below none
    for (int i = 0; i < 100; ++i) tap("f6"), tap("f8"), tap("page-up");
    input.take(0);
    EXPECT_EQ(*of_tap<ShowPicture>("f6").brightness, 1);
    EXPECT_EQ(*of_tap<ShowPicture>("f8").contrast, 4);
    EXPECT_EQ(*of_tap<ShowPicture>("page-up").zoom, 4);
    EXPECT_EQ(*of_tap<ShowPicture>("page-down").zoom, 1);
}

TEST_F(Presses, review_begins_with_the_newest_run_and_goes_back_through_them)
{
    for (int const run : {5, 2, 1, 5}) {
        auto const review = of_tap<ReviewRun>("r");
        EXPECT_EQ(review.run, run);
        EXPECT_LT(review.frame, 0); // as a loop
    }
    show({});
    tap("r");
    EXPECT_TRUE(input.take(0).empty()); // nothing recorded yet
}

TEST_F(Presses, frames_under_review_step_and_end_with_the_run)
{
    PictureState picture = with_runs();
    show(picture);
    tap("q");
    tap("e");
    tap("w");
    EXPECT_TRUE(input.take(0).empty()); // no run is shown

    picture.review_run = 2;
    picture.review_frame = 7;
    show(picture);
    EXPECT_EQ(of_tap<ReviewRun>("e").frame, 8);
    EXPECT_EQ(of_tap<ReviewRun>("e").frame, 8); // its last
    EXPECT_EQ(of_tap<ReviewRun>("q").frame, 7);
    EXPECT_EQ(of_tap<ReviewRun>("w").frame, -1); // plays
    picture.review_frame = 3;
    picture.is_playing = true;
    show(picture);
    EXPECT_EQ(of_tap<ReviewRun>("w").frame, 3); // stands where it was
    picture.review_frame = 1;
    show(picture);
    auto const first = of_tap<ReviewRun>("q");
    EXPECT_EQ(first.run, 2);
    EXPECT_EQ(first.frame, 1);
    EXPECT_EQ(of_tap<ReviewRun>("tab").run, 0);
}

TEST_F(Presses, the_held_picture_is_stored_or_goes_to_the_reference_monitor)
{
    EXPECT_FALSE(of_tap<StorePicture>("a").as_reference);
    EXPECT_TRUE(of_tap<StorePicture>("ctrl+r").as_reference);
}

TEST_F(Presses, the_patient_is_told_how_to_breathe)
{
    EXPECT_EQ(of_tap<Breathe>("5").how, BreathCommand::breathe_in_and_hold);
    EXPECT_EQ(of_tap<Breathe>("6").how, BreathCommand::breathe_out_and_hold);
    EXPECT_EQ(of_tap<Breathe>("7").how, BreathCommand::quiet);
    EXPECT_EQ(of_tap<Breathe>("8").how, BreathCommand::deep);
    EXPECT_EQ(of_tap<Breathe>("ctrl+8").how, BreathCommand::cough);
}

TEST_F(Presses, a_mouthful_is_thin_barium_and_waits_for_the_swallow)
{
    auto const mouthful = of_tap<TakeMouthful>("9");
    EXPECT_EQ(mouthful.volume_ml, 15);
    EXPECT_GE(mouthful.barium_g_100ml, 40); // thin barium: 40 to 60 % w/v, runny as the thinnest class of drinks
    EXPECT_LE(mouthful.barium_g_100ml, 60);
    EXPECT_LE(mouthful.viscosity_mpa_s, 50);
    of_tap<SwallowNow>("0");
    EXPECT_GT(of_tap<TakeGranules>("ctrl+9").gas_ml, 0);
}

TEST_F(Presses, oxygen_goes_on_and_off_from_what_the_patient_gets)
{
    EXPECT_GT(of_tap<GiveOxygen>("ctrl+o").l_min, 0);
    EXPECT_EQ(of_tap<GiveOxygen>("ctrl+o").l_min, 0); // before the session has answered
    input.update(start_state(), {}, true, 2);         // somebody else turned it on
    EXPECT_EQ(of_tap<GiveOxygen>("ctrl+o").l_min, 0);
}

TEST_F(Presses, a_machine_without_tilt_and_turn_is_asked_for_neither)
{
    for (char const* name : {"'", ";", "/", "\\"}) {
        tap(name);
        EXPECT_TRUE(input.take(0).empty()) << name;
    }
    auto const view = of_tap<MoveCArm>("2");
    EXPECT_NEAR(*view.primary_rad, radians(45), rounding);
    EXPECT_EQ(view.secondary_rad, 0);
}

TEST_F(Presses, a_press_that_is_not_held_asks_once)
{
    down("g");
    EXPECT_EQ(input.take(0.1).size(), 1u);
    EXPECT_TRUE(input.take(0.1).empty());
    EXPECT_FALSE(input.is_anything_held());
}

namespace {

class OnTheTiltingTable : public Presses {
protected:
    OnTheTiltingTable()
    {
        kind = find_room_kind("tilting-table");
        input = OperatorInput{kind, InputMap{}};
        input.update(start_state(), {}, true);
    }
};

} // namespace

TEST_F(OnTheTiltingTable, tilts_at_its_own_speed_and_stops_with_the_key)
{
    down("'");
    auto const up_it_goes = only<JogTable>();
    EXPECT_EQ(up_it_goes.tilt, 1); // 5 degrees a second is no hurry
    EXPECT_EQ(up_it_goes.longitudinal, 0);
    up("'");
    EXPECT_EQ(only<JogTable>().tilt, 0);
    down(";");
    EXPECT_EQ(only<JogTable>().tilt, -1);
    input.release_all();
    EXPECT_EQ(only<JogTable>().tilt, 0);
}

TEST_F(OnTheTiltingTable, keys_of_the_c_arm_turn_the_patient_to_the_same_view)
{
    for (char const* name : {"right", "\\"}) {
        down(name);
        double const turn = only<JogTable>().turn; // and no C-arm is asked to move
        EXPECT_GT(turn, 0);
        EXPECT_LT(turn, 1);
        input.hold_button(Action::fast, true);
        EXPECT_EQ(only<JogTable>().turn, 1);
        input.hold_button(Action::fast, false);
        EXPECT_EQ(only<JogTable>().turn, turn);
        up(name);
        EXPECT_EQ(only<JogTable>().turn, 0);
    }
    down("right");
    double const one = only<JogTable>().turn;
    down("\\"); // both: not faster than one
    EXPECT_TRUE(input.take(0).empty());
    up("right");
    up("\\");
    input.take(0);
    down("/");
    EXPECT_EQ(only<JogTable>().turn, -one);
    up("/");
    input.take(0);
    down("up"); // the tube still angles
    EXPECT_GT(only<JogCArm>().secondary, 0);
}

TEST_F(OnTheTiltingTable, views_turn_the_patient_and_level_the_tube)
{
    struct View {
        char const* name;
        double degrees;
    };
    for (View const view : {View{"1", 0}, View{"2", 45}, View{"3", 90}, View{"4", -30}}) {
        tap(view.name);
        auto const commands = input.take(0);
        ASSERT_EQ(commands.size(), 2u);
        auto const& turn = std::get<MoveTable>(commands[0]);
        EXPECT_NEAR(*turn.turn_rad, radians(view.degrees), rounding);
        EXPECT_FALSE(turn.tilt_rad || turn.longitudinal_mm || turn.lateral_mm || turn.height_mm);
        auto const& tube = std::get<MoveCArm>(commands[1]);
        EXPECT_EQ(tube.secondary_rad, 0);
        EXPECT_FALSE(tube.primary_rad || tube.source_to_detector_mm);
    }
}
