#include <fluoro/core/error.hpp>
#include <fluoro/room/room.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

constexpr double rounding = 1e-9; // sums of at most a thousand steps of doubles

Room room_at(RoomState const& start = {}, Vec3 isocentre = {0, 0, 0})
{
    return Room{find_room_kind("c-arm-suite"), start, isocentre, {120, {3, 40}}};
}

void run(Room& room, int ticks)
{
    for (int i = 0; i < ticks; ++i) room.advance();
}

/// Ticks until nothing moves any more, the tick of rest not counted.
int ticks_to_rest(Room& room)
{
    int ticks = 0;
    do {
        room.advance();
        ++ticks;
    } while (room.state().is_moving && ticks < 100'000);
    return ticks - 1;
}

TEST(Room, knows_its_kinds_by_name_and_lists_them_otherwise)
{
    EXPECT_EQ(find_room_kind("c-arm-suite").source_to_isocentre_mm, 750);
    try {
        find_room_kind("operating-theatre");
        FAIL() << "an unknown room was accepted";
    } catch (Error const& error) {
        EXPECT_NE(std::string{error.what()}.find("c-arm-suite"), std::string::npos);
    }
}

TEST(Room, table_up_carries_the_patient_forward_so_the_isocentre_moves_back_in_the_patient)
{
    Room room = room_at({}, {1, 2, 3});
    ASSERT_EQ(room.command(MoveTable{{}, {}, 10}), "");
    ticks_to_rest(room);
    EXPECT_NEAR(room.isocentre_mm().x, 1, rounding);
    EXPECT_NEAR(room.isocentre_mm().y, 12, rounding); // LPS: +y is the patient's back
    EXPECT_NEAR(room.isocentre_mm().z, 3, rounding);
}

TEST(Room, table_headward_moves_the_isocentre_toward_the_feet)
{
    Room room = room_at({}, {1, 2, 3});
    ASSERT_EQ(room.command(MoveTable{50, {}, {}}), "");
    ticks_to_rest(room);
    EXPECT_NEAR(room.isocentre_mm().z, 3 - 50, rounding);
    EXPECT_NEAR(room.isocentre_mm().y, 2, rounding);
}

TEST(Room, table_leftward_moves_the_isocentre_to_the_patients_right)
{
    Room room = room_at({}, {1, 2, 3});
    ASSERT_EQ(room.command(MoveTable{{}, 30, {}}), "");
    ticks_to_rest(room);
    EXPECT_NEAR(room.isocentre_mm().x, 1 - 30, rounding);
}

TEST(Room, the_view_follows_the_table_and_the_detector)
{
    RoomState start;
    start.table_height_mm = -20;
    start.source_to_detector_mm = 1100;
    start.angles = {radians(30), radians(20)};
    Room const room = room_at(start, {5, 6, 7});
    View const wanted = view_of(start.angles, 1100, 750, {5, 6 - 20, 7});
    EXPECT_NEAR(glm::distance(room.view().source_mm, wanted.source_mm), 0, rounding);
    EXPECT_NEAR(glm::distance(room.view().detector_centre_mm, wanted.detector_centre_mm), 0, rounding);
}

TEST(Room, go_to_moves_every_axis_at_the_machines_speed_and_stops_exactly_there)
{
    Room room = room_at();
    ASSERT_EQ(room.command(MoveCArm{radians(50), radians(-25), 1090}), "");
    room.advance();
    EXPECT_TRUE(room.state().is_moving);
    EXPECT_NEAR(room.state().angles.primary_rad, radians(25.0 / ticks_per_second), rounding);
    EXPECT_NEAR(room.state().angles.secondary_rad, -radians(25.0 / ticks_per_second), rounding);
    EXPECT_NEAR(room.state().source_to_detector_mm, 1000 + 90.0 / ticks_per_second, rounding);
    run(room, ticks_per_second - 1); // one second in all
    EXPECT_NEAR(room.state().angles.primary_rad, radians(25), rounding);
    EXPECT_EQ(room.state().angles.secondary_rad, radians(-25));
    EXPECT_EQ(room.state().source_to_detector_mm, 1090);
    run(room, ticks_per_second);
    EXPECT_EQ(room.state().angles.primary_rad, radians(50));
    room.advance();
    EXPECT_FALSE(room.state().is_moving);
}

TEST(Room, table_moves_100_mm_in_one_second)
{
    Room room = room_at();
    ASSERT_EQ(room.command(MoveTable{100, {}, {}}), "");
    EXPECT_NEAR(ticks_to_rest(room), ticks_per_second, 1); // 120 sums of 100/120 may round to just short of the goal
    EXPECT_EQ(room.state().table_longitudinal_mm, 100);
}

TEST(Room, what_a_go_to_does_not_name_stays)
{
    RoomState start;
    start.angles = {radians(10), radians(5)};
    Room room = room_at(start);
    ASSERT_EQ(room.command(MoveCArm{radians(20), {}, {}}), "");
    ticks_to_rest(room);
    EXPECT_EQ(room.state().angles.secondary_rad, radians(5));
    EXPECT_EQ(room.state().source_to_detector_mm, 1000);
}

TEST(Room, jog_turns_at_its_fraction_of_full_speed_until_told_otherwise)
{
    Room room = room_at();
    ASSERT_EQ(room.command(JogCArm{0.5, -1, 0}), "");
    run(room, ticks_per_second);
    EXPECT_NEAR(room.state().angles.primary_rad, radians(12.5), rounding);
    EXPECT_NEAR(room.state().angles.secondary_rad, -radians(25), rounding);
    ASSERT_EQ(room.command(JogCArm{}), "");
    room.advance();
    EXPECT_FALSE(room.state().is_moving);
}

TEST(Room, jog_ends_a_go_to_on_its_axis_and_a_go_to_ends_a_jog)
{
    Room room = room_at();
    ASSERT_EQ(room.command(MoveTable{200, 40, {}}), "");
    ASSERT_EQ(room.command(JogTable{-1, 0, 0}), "");
    run(room, ticks_per_second);
    EXPECT_NEAR(room.state().table_longitudinal_mm, -100, rounding);
    EXPECT_EQ(room.state().table_lateral_mm, 40); // not jogged: the go-to went on
    ASSERT_EQ(room.command(MoveTable{0, {}, {}}), "");
    ticks_to_rest(room);
    EXPECT_EQ(room.state().table_longitudinal_mm, 0);
}

TEST(Room, stop_ends_go_to_and_jog_of_c_arm_and_table)
{
    Room room = room_at();
    ASSERT_EQ(room.command(MoveCArm{radians(90), {}, {}}), "");
    ASSERT_EQ(room.command(JogTable{1, 0, 0}), "");
    run(room, 10);
    ASSERT_EQ(room.command(StopMotion{}), "");
    RoomState const then = room.state();
    run(room, 10);
    EXPECT_EQ(room.state().angles.primary_rad, then.angles.primary_rad);
    EXPECT_EQ(room.state().table_longitudinal_mm, then.table_longitudinal_mm);
    EXPECT_FALSE(room.state().is_moving);
}

TEST(Room, jog_into_a_limit_stops_there_and_says_so_once_per_push)
{
    RoomState start;
    start.angles.primary_rad = radians(119);
    Room room = room_at(start);
    ASSERT_EQ(room.command(JogCArm{1, 0, 0}), "");
    std::vector<std::string> told;
    auto const listen = [&] {
        for (int i = 0; i < 20; ++i)
            for (std::string const& line : room.advance()) told.push_back(line);
    };
    listen();
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0], "C-arm: stopped at the limit, LAO 120 degrees");
    EXPECT_EQ(room.state().angles.primary_rad, radians(120));
    EXPECT_FALSE(room.state().is_moving);
    ASSERT_EQ(room.command(JogCArm{1, 0, 0}), ""); // the same push said again
    listen();
    EXPECT_EQ(told.size(), 1u);
    ASSERT_EQ(room.command(JogCArm{}), "");
    ASSERT_EQ(room.command(JogCArm{1, 0, 0}), ""); // a new push
    listen();
    EXPECT_EQ(told.size(), 2u);
}

TEST(Room, every_axis_stops_at_both_of_its_limits)
{
    auto const message = [](Command const& jog) {
        Room room = room_at();
        EXPECT_EQ(room.command(jog), "");
        for (int i = 0; i < 20 * ticks_per_second; ++i)
            if (auto const lines = room.advance(); !lines.empty()) return lines.front();
        return std::string{"no limit met"};
    };
    EXPECT_EQ(message(JogCArm{1, 0, 0}), "C-arm: stopped at the limit, LAO 120 degrees");
    EXPECT_EQ(message(JogCArm{-1, 0, 0}), "C-arm: stopped at the limit, RAO 120 degrees");
    EXPECT_EQ(message(JogCArm{0, 1, 0}), "C-arm: stopped at the limit, CRAN 45 degrees");
    EXPECT_EQ(message(JogCArm{0, -1, 0}), "C-arm: stopped at the limit, CAUD 45 degrees");
    EXPECT_EQ(message(JogCArm{0, 0, 1}), "Detector: stopped at the limit, SID 1200 mm");
    EXPECT_EQ(message(JogCArm{0, 0, -1}), "Detector: stopped at the limit, SID 900 mm");
    EXPECT_EQ(message(JogTable{1, 0, 0}), "Table: stopped at the limit, headward 600 mm");
    EXPECT_EQ(message(JogTable{-1, 0, 0}), "Table: stopped at the limit, footward 600 mm");
    EXPECT_EQ(message(JogTable{0, 1, 0}), "Table: stopped at the limit, leftward 140 mm");
    EXPECT_EQ(message(JogTable{0, -1, 0}), "Table: stopped at the limit, rightward 140 mm");
    EXPECT_EQ(message(JogTable{0, 0, 1}), "Table: stopped at the limit, up 150 mm");
    EXPECT_EQ(message(JogTable{0, 0, -1}), "Table: stopped at the limit, down 150 mm");
}

TEST(Room, the_open_field_is_the_blades_inside_the_active_field)
{
    Room room = room_at();
    ASSERT_EQ(room.command(MoveBlades{-40, 120, {}, 60}), "");
    BladeOpening open = room.open_field();
    EXPECT_EQ(open.left_mm, -40);
    EXPECT_EQ(open.right_mm, 120);
    EXPECT_EQ(open.top_mm, -150);
    EXPECT_EQ(open.bottom_mm, 60);
    ASSERT_EQ(room.command(SelectField{160}), "");
    open = room.open_field();
    EXPECT_EQ(open.left_mm, -40);
    EXPECT_EQ(open.right_mm, 80);
    EXPECT_EQ(open.top_mm, -80);
    EXPECT_EQ(open.bottom_mm, 60);
    ASSERT_EQ(room.command(SelectField{300}), ""); // zooming out gives the chosen opening back
    EXPECT_EQ(room.open_field().right_mm, 120);
}

TEST(Room, blades_beyond_the_detector_stop_at_its_edge)
{
    Room room = room_at();
    ASSERT_EQ(room.command(MoveBlades{-500, 500, -500, 500}), "");
    EXPECT_EQ(room.state().blades.left_mm, -150);
    EXPECT_EQ(room.state().blades.bottom_mm, 150);
}

TEST(Room, zooming_past_the_blades_leaves_the_smallest_opening_inside_the_field)
{
    Room room = room_at();
    ASSERT_EQ(room.command(MoveBlades{100, 140, -140, -100}), "");
    ASSERT_EQ(room.command(SelectField{110}), "");
    BladeOpening const open = room.open_field();
    EXPECT_EQ(open.left_mm, 45);
    EXPECT_EQ(open.right_mm, 55);
    EXPECT_EQ(open.top_mm, -55);
    EXPECT_EQ(open.bottom_mm, -45);
}

TEST(Room, pedal_rate_and_technique_are_taken_over)
{
    Room room = room_at();
    ASSERT_EQ(room.command(PressPedal{Pedal::fluoroscopy}), "");
    ASSERT_EQ(room.command(SelectPulseRate{15}), "");
    ASSERT_EQ(room.command(SelectTechnique{false, 70, 20, 4, 0.3}), "");
    EXPECT_EQ(room.state().pedal, Pedal::fluoroscopy);
    EXPECT_EQ(room.state().pulse_rate, 15);
    EXPECT_FALSE(room.state().technique.automatic);
    EXPECT_EQ(room.state().technique.copper_mm, 0.3);
    ASSERT_EQ(room.command(PressPedal{Pedal::released}), "");
    EXPECT_EQ(room.state().pedal, Pedal::released);
}

TEST(Room, takes_over_programme_levels_lock_grid_and_road_map)
{
    Room room = room_at();
    ASSERT_EQ(room.command(SelectProgramme{FluoroscopyLevel::low, AcquisitionKind::dsa, 6}), "");
    ASSERT_EQ(room.command(SetHighLevel{true}), "");
    ASSERT_EQ(room.command(LockExposure{true}), "");
    ASSERT_EQ(room.command(PlaceGrid{false}), "");
    ASSERT_EQ(room.command(SetRoadMap{true}), "");
    RoomState const& state = room.state();
    EXPECT_EQ(state.fluoroscopy_level, FluoroscopyLevel::low);
    EXPECT_EQ(state.acquisition_kind, AcquisitionKind::dsa);
    EXPECT_EQ(state.acquisition_per_second, 6);
    EXPECT_TRUE(state.is_high_level);
    EXPECT_TRUE(state.is_exposure_locked);
    EXPECT_FALSE(state.is_grid_in);
    EXPECT_TRUE(state.is_road_map);
    ASSERT_EQ(room.command(SetRoadMap{false}), "");
    ASSERT_EQ(room.command(SelectProgramme{FluoroscopyLevel::high, {}, {}}), "");
    EXPECT_FALSE(room.state().is_road_map);
    EXPECT_EQ(room.state().acquisition_kind, AcquisitionKind::dsa); // what is not named stays
}

TEST(Room, a_kind_that_does_not_offer_the_rate_in_force_takes_its_own_first_one)
{
    Room room = room_at();
    ASSERT_EQ(room.command(SelectProgramme{{}, AcquisitionKind::cine, 30}), "");
    ASSERT_EQ(room.command(SelectProgramme{{}, AcquisitionKind::dsa, {}}), "");
    EXPECT_EQ(room.state().acquisition_per_second, 3);
    ASSERT_EQ(room.command(SelectProgramme{{}, AcquisitionKind::single, {}}), "");
    ASSERT_EQ(room.command(SelectProgramme{{}, AcquisitionKind::cine, {}}), "");
    EXPECT_EQ(room.state().acquisition_per_second, 15);
    ASSERT_EQ(room.command(SelectProgramme{{}, {}, 7.5}), "");
    ASSERT_EQ(room.command(SelectProgramme{{}, AcquisitionKind::cine, {}}), "");
    EXPECT_EQ(room.state().acquisition_per_second, 7.5); // offered: it stays
}

TEST(Room, the_acquisition_pedal_wins_and_ends_when_it_is_let_go)
{
    Room room = room_at();
    ASSERT_EQ(room.command(PressPedal{Pedal::fluoroscopy}), "");
    ASSERT_EQ(room.command(PressPedal{Pedal::acquisition}), "");
    EXPECT_NE(room.command(PressPedal{Pedal::fluoroscopy}), "");
    EXPECT_EQ(room.state().pedal, Pedal::acquisition);
    ASSERT_EQ(room.command(PressPedal{Pedal::released}), "");
    EXPECT_EQ(room.state().pedal, Pedal::released);
}

TEST(Room, a_manual_technique_releases_the_lock)
{
    Room room = room_at();
    ASSERT_EQ(room.command(LockExposure{true}), "");
    ASSERT_EQ(room.command(SelectTechnique{}), "");
    EXPECT_TRUE(room.state().is_exposure_locked);
    ASSERT_EQ(room.command(SelectTechnique{false, 70, 20, 4, 0.3}), "");
    EXPECT_FALSE(room.state().is_exposure_locked);
}

TEST(Room, a_wedge_slides_into_the_field_and_out_of_it)
{
    Room room = room_at();
    EXPECT_TRUE(room.wedges().empty());
    ASSERT_EQ(room.command(MoveWedge{1, 40, radians(270)}), "");
    ASSERT_EQ(room.wedges().size(), 1u);
    EXPECT_EQ(room.wedges()[0].edge_mm, 40);
    EXPECT_NEAR(room.wedges()[0].angle_rad, radians(-90), rounding); // the same direction
    ASSERT_EQ(room.command(SelectField{110}), "");
    EXPECT_EQ(room.wedges().size(), 1u);
    ASSERT_EQ(room.command(MoveWedge{1, 60, {}}), "");
    EXPECT_TRUE(room.wedges().empty()); // beyond the edge of the zoomed field, 55 mm
    ASSERT_EQ(room.command(MoveWedge{1, 1e6, {}}), "");
    EXPECT_EQ(room.state().wedges[1].edge_mm, 1000); // the end of its travel
}

TEST(Room, does_not_start_with_a_rate_that_the_acquisition_does_not_offer_or_a_wedge_beyond_its_travel)
{
    RoomState start;
    start.acquisition_per_second = 25;
    EXPECT_THROW(room_at(start), Error);
    start.acquisition_kind = AcquisitionKind::single; // has none
    EXPECT_NO_THROW(room_at(start));
    start = {};
    start.wedges[0].edge_mm = -200;
    EXPECT_THROW(room_at(start), Error);
}

TEST(Room, does_not_start_beyond_a_limit)
{
    RoomState start;
    start.source_to_detector_mm = 1500;
    try {
        room_at(start);
        FAIL() << "started with the detector 1.5 m away";
    } catch (Error const& error) {
        EXPECT_EQ(std::string{error.what()},
                  "the room cannot start like this: Detector: SID 1500 is beyond the limit of 1200 mm");
    }
}

TEST(Commands, every_command_has_its_word)
{
    EXPECT_EQ(name_of(PressPedal{}), "pedal");
    EXPECT_EQ(name_of(MoveCArm{}), "c-arm");
    EXPECT_EQ(name_of(JogCArm{}), "jog-c-arm");
    EXPECT_EQ(name_of(MoveTable{}), "table");
    EXPECT_EQ(name_of(JogTable{}), "jog-table");
    EXPECT_EQ(name_of(MoveBlades{}), "blades");
    EXPECT_EQ(name_of(SelectField{}), "field");
    EXPECT_EQ(name_of(SelectPulseRate{}), "pulse-rate");
    EXPECT_EQ(name_of(SelectTechnique{}), "technique");
    EXPECT_EQ(name_of(SelectProgramme{}), "programme");
    EXPECT_EQ(name_of(SetHighLevel{}), "high-level");
    EXPECT_EQ(name_of(LockExposure{}), "lock");
    EXPECT_EQ(name_of(PlaceGrid{}), "grid");
    EXPECT_EQ(name_of(MoveWedge{}), "wedge");
    EXPECT_EQ(name_of(SetRoadMap{}), "road-map");
    EXPECT_EQ(name_of(StopMotion{}), "stop");
    EXPECT_EQ(name_of(EndSession{}), "end");
}

} // namespace
} // namespace fluoro
