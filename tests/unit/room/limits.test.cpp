#include <cmath>
#include <fluoro/room/exposure_control.hpp>
#include <gtest/gtest.h>
#include <limits>

namespace fluoro {
namespace {

RoomKind const& kind()
{
    return find_room_kind("c-arm-suite");
}
std::string ask(Command const& command, RoomState const& state = {})
{
    return refusal(kind(), state, command);
}

TEST(Limits, a_c_arm_angle_beyond_its_limit_is_refused_by_name_in_degrees)
{
    EXPECT_EQ(ask(MoveCArm{radians(130), {}, {}}), "C-arm: LAO 130 is beyond the limit of 120 degrees");
    EXPECT_EQ(ask(MoveCArm{radians(-121), {}, {}}), "C-arm: RAO 121 is beyond the limit of 120 degrees");
    EXPECT_EQ(ask(MoveCArm{{}, radians(50), {}}), "C-arm: CRAN 50 is beyond the limit of 45 degrees");
    EXPECT_EQ(ask(MoveCArm{{}, radians(-50.5), {}}), "C-arm: CAUD 50.5 is beyond the limit of 45 degrees");
}

TEST(Limits, the_limit_itself_is_allowed)
{
    EXPECT_EQ(ask(MoveCArm{radians(120), radians(-45), 1200}), "");
    EXPECT_EQ(ask(MoveCArm{radians(-120), radians(45), 900}), "");
    EXPECT_EQ(ask(MoveTable{600, 140, 150}), "");
    EXPECT_EQ(ask(MoveTable{-600, -140, -150}), "");
}

TEST(Limits, the_detector_is_refused_on_both_sides)
{
    EXPECT_EQ(ask(MoveCArm{{}, {}, 1300}), "Detector: SID 1300 is beyond the limit of 1200 mm");
    EXPECT_EQ(ask(MoveCArm{{}, {}, 850}), "Detector: SID 850 is below the limit of 900 mm");
}

TEST(Limits, the_table_is_refused_in_all_six_directions)
{
    EXPECT_EQ(ask(MoveTable{700, {}, {}}), "Table: headward 700 is beyond the limit of 600 mm");
    EXPECT_EQ(ask(MoveTable{-700, {}, {}}), "Table: footward 700 is beyond the limit of 600 mm");
    EXPECT_EQ(ask(MoveTable{{}, 141, {}}), "Table: leftward 141 is beyond the limit of 140 mm");
    EXPECT_EQ(ask(MoveTable{{}, -141, {}}), "Table: rightward 141 is beyond the limit of 140 mm");
    EXPECT_EQ(ask(MoveTable{{}, {}, 151}), "Table: up 151 is beyond the limit of 150 mm");
    EXPECT_EQ(ask(MoveTable{{}, {}, -151}), "Table: down 151 is beyond the limit of 150 mm");
}

TEST(Limits, what_is_no_number_is_refused)
{
    double const nan = std::numeric_limits<double>::quiet_NaN(), infinite = std::numeric_limits<double>::infinity();
    EXPECT_NE(ask(MoveCArm{nan, {}, {}}), "");
    EXPECT_NE(ask(MoveTable{{}, infinite, {}}), "");
    EXPECT_NE(ask(MoveBlades{nan, {}, {}, {}}), "");
    EXPECT_NE(ask(SelectField{nan}), "");
    EXPECT_NE(ask(SelectPulseRate{nan}), "");
    EXPECT_NE(ask(SelectTechnique{false, nan, 50, 5, 0}), "");
    EXPECT_NE(ask(JogCArm{nan, 0, 0}), "");
}

TEST(Limits, a_jog_above_full_speed_is_refused)
{
    EXPECT_EQ(ask(JogCArm{1, -1, 0.3}), "");
    EXPECT_EQ(ask(JogCArm{1.5, 0, 0}), "C-arm: a speed of 1.5 is not between -1 and 1 of full speed");
    EXPECT_EQ(ask(JogTable{0, 0, -2}), "Table: a speed of -2 is not between -1 and 1 of full speed");
}

TEST(Limits, only_the_machines_zoom_formats_and_pulse_rates_are_taken)
{
    for (double field : {300., 220., 160., 110.}) EXPECT_EQ(ask(SelectField{field}), "");
    for (double rate : {3., 3.75, 7.5, 15., 30.}) EXPECT_EQ(ask(SelectPulseRate{rate}), "");
    EXPECT_EQ(ask(SelectField{250}),
              "Field: 250 mm is not a zoom format of this machine; choose 300, 220, 160 or 110 mm");
    EXPECT_EQ(ask(SelectPulseRate{10}),
              "Pulse rate: 10 is not one of this machine; choose 3, 3.75, 7.5, 15 or 30 pulses per second");
}

TEST(Limits, blades_keep_the_smallest_opening_inside_the_active_field)
{
    EXPECT_EQ(ask(MoveBlades{-5, 5, {}, {}}), "");
    EXPECT_EQ(ask(MoveBlades{20, 25, {}, {}}),
              "Collimator: left edge at 20 and right edge at 25 mm leave less than the smallest opening of 10 mm");
    EXPECT_EQ(ask(MoveBlades{{}, {}, 30, -30}),
              "Collimator: top edge at 30 and bottom edge at -30 mm leave less than the smallest opening of 10 mm");
    RoomState zoomed;
    zoomed.field_mm = 110;
    EXPECT_EQ(ask(MoveBlades{50, 100, {}, {}}, zoomed),
              "Collimator: left edge at 50 and right edge at 100 mm leave less than the "
              "smallest opening of 10 mm inside the active field of 110 mm");
}

TEST(Limits, a_blade_is_judged_against_its_standing_partner)
{
    RoomState state;
    state.blades = {-20, 20, -20, 20};
    EXPECT_EQ(ask(MoveBlades{{}, -10, {}, {}}, state), "");
    EXPECT_NE(ask(MoveBlades{{}, -11, {}, {}}, state), "");
}

TEST(Limits, technique_outside_the_generator_is_refused_with_its_range)
{
    EXPECT_EQ(ask(SelectTechnique{false, 39, 50, 5, 0.3}),
              "Technique: tube voltage 39 is outside the limits of 40 to 125 kV");
    EXPECT_EQ(ask(SelectTechnique{false, 126, 50, 5, 0.3}),
              "Technique: tube voltage 126 is outside the limits of 40 to 125 kV");
    EXPECT_EQ(ask(SelectTechnique{false, 80, 4, 5, 0.3}),
              "Technique: tube current 4 is outside the limits of 5 to 800 mA");
    EXPECT_EQ(ask(SelectTechnique{false, 80, 50, 13, 0.3}),
              "Technique: pulse width 13 is outside the limits of 1 to 12 ms");
    EXPECT_EQ(ask(SelectTechnique{false, 80, 50, 5, 1}),
              "Technique: copper filter 1 is outside the limits of 0 to 0.9 mm");
    EXPECT_EQ(ask(SelectTechnique{false, 80, 50, 5, 0.3}), "");
}

TEST(Limits, tube_power_is_refused_above_80_kw)
{
    EXPECT_EQ(ask(SelectTechnique{false, 125, 700, 1, 0.9}),
              "Technique: 125 kV x 700 mA is 87.5 kW, above the tube's limit of 80 kW");
}

TEST(Limits, values_that_automatic_exposure_does_not_use_are_not_judged)
{
    EXPECT_EQ(ask(SelectTechnique{true, 500, 0, 0, 9}), "");
}

TEST(Limits, a_manual_technique_above_the_legal_kerma_rate_is_refused_and_just_below_is_taken)
{
    RoomState state;
    state.pulse_rate = 15;
    SelectTechnique own{false, 80, 100, 5, 0};
    Technique const asked{{TubeVoltage{80}, Thickness{0}, Thickness{0}}, TubeCurrent{100}, PulseWidth{5}};
    double const rate = limited_kerma_rate_mGy_min(kind(), state, asked);
    own.current_ma = 100 * 88 / rate * 0.999;
    EXPECT_EQ(ask(own, state), "");
    own.current_ma = 100 * 88 / rate * 1.02;
    EXPECT_NE(ask(own, state).find("above the legal limit of 88 mGy/min"), std::string::npos) << ask(own, state);
    state.pulse_rate = 3; // a fifth of the pulses: allowed again
    EXPECT_EQ(ask(own, state), "");
}

// Free in air, so only inverse square and proportion: from 700 to 900 mm in front of the source.
TEST(Limits, the_limited_kerma_rate_is_taken_30_cm_in_front_of_the_detector)
{
    RoomState near, far;
    far.source_to_detector_mm = 1200;
    near.pulse_rate = far.pulse_rate = 15;
    Technique const one{{TubeVoltage{80}, Thickness{0}, Thickness{0}}, TubeCurrent{100}, PulseWidth{10}};
    double const at_1m = air_kerma_mGy_per_mas_1m(filtered_spectrum(one.quality));
    EXPECT_NEAR(limited_kerma_rate_mGy_min(kind(), near, one), at_1m / 0.49 * 15 * 60, 1e-9 * at_1m * 2000);
    EXPECT_NEAR(limited_kerma_rate_mGy_min(kind(), far, one), at_1m / 0.81 * 15 * 60, 1e-9 * at_1m * 2000);
}

TEST(Limits, a_manual_technique_may_go_to_twice_the_rate_with_high_level_control)
{
    RoomState state;
    state.pulse_rate = 15;
    SelectTechnique own{false, 80, 100, 5, 0};
    Technique const asked{{TubeVoltage{80}, Thickness{0}, Thickness{0}}, TubeCurrent{100}, PulseWidth{5}};
    own.current_ma = 100 * 150 / limited_kerma_rate_mGy_min(kind(), state, asked);
    EXPECT_NE(ask(own, state), "");
    state.is_high_level = true;
    EXPECT_EQ(ask(own, state), "");
}

TEST(Limits, an_acquisition_runs_at_the_rates_of_its_kind)
{
    RoomState state;
    for (double rate : {7.5, 15., 30.}) EXPECT_EQ(ask(SelectProgramme{{}, AcquisitionKind::cine, rate}, state), "");
    for (double rate : {1., 2., 3., 4., 6.}) EXPECT_EQ(ask(SelectProgramme{{}, AcquisitionKind::dsa, rate}, state), "");
    EXPECT_EQ(ask(SelectProgramme{{}, {}, 25}, state), // of the kind chosen: cine
              "Programme: 25 is not a rate of cine on this machine; choose 7.5, 15 or 30 frames per second");
    EXPECT_EQ(ask(SelectProgramme{{}, AcquisitionKind::dsa, 15}, state),
              "Programme: 15 is not a rate of dsa on this machine; choose 1, 2, 3, 4 or 6 frames per second");
    EXPECT_EQ(ask(SelectProgramme{{}, AcquisitionKind::single, 3}, state),
              "Programme: single is one exposure per press and has no frame rate");
    EXPECT_EQ(ask(SelectProgramme{{}, AcquisitionKind::single, {}}, state), "");
    EXPECT_NE(ask(SelectProgramme{{}, {}, std::numeric_limits<double>::quiet_NaN()}, state), "");
}

TEST(Limits, a_run_keeps_its_programme_until_the_pedal_is_released)
{
    RoomState state;
    state.pedal = Pedal::acquisition;
    EXPECT_EQ(ask(SelectProgramme{{}, AcquisitionKind::dsa, {}}, state),
              "Programme: a run is being acquired; release the pedal before changing it");
    EXPECT_NE(ask(SelectProgramme{{}, {}, 30}, state), "");
    EXPECT_EQ(ask(SelectProgramme{FluoroscopyLevel::low, {}, {}}, state), ""); // for later
    state.pedal = Pedal::fluoroscopy;
    EXPECT_EQ(ask(SelectProgramme{FluoroscopyLevel::low, AcquisitionKind::dsa, {}}, state), "");
}

TEST(Limits, the_acquisition_pedal_goes_before_fluoroscopy)
{
    RoomState state;
    state.pedal = Pedal::acquisition;
    EXPECT_EQ(ask(PressPedal{Pedal::fluoroscopy}, state),
              "Pedal: the acquisition pedal is down and goes before fluoroscopy; release it first");
    EXPECT_EQ(ask(PressPedal{Pedal::released}, state), "");
    state.pedal = Pedal::fluoroscopy;
    EXPECT_EQ(ask(PressPedal{Pedal::acquisition}, state), "");
}

TEST(Limits, high_level_control_is_for_fluoroscopy_alone)
{
    RoomState state;
    EXPECT_EQ(ask(SetHighLevel{true}, state), "");
    state.pedal = Pedal::fluoroscopy;
    EXPECT_EQ(ask(SetHighLevel{true}, state), "");
    state.pedal = Pedal::acquisition;
    EXPECT_EQ(ask(SetHighLevel{true}, state),
              "High-level control: for fluoroscopy alone; release the acquisition pedal first");
    EXPECT_EQ(ask(SetHighLevel{false}, state), "");
    RoomKind plain = kind();
    plain.exposure.high_level_limit_mGy_min = 0;
    EXPECT_EQ(refusal(plain, {}, SetHighLevel{true}), "High-level control: this machine has none");
}

TEST(Limits, a_manual_technique_cannot_be_locked_in)
{
    RoomState state;
    EXPECT_EQ(ask(LockExposure{true}, state), "");
    state.technique.automatic = false;
    EXPECT_EQ(ask(LockExposure{true}, state),
              "Lock-in: the technique is set by hand and stands still already; switch automatic exposure on first");
    EXPECT_EQ(ask(LockExposure{false}, state), "");
}

TEST(Limits, a_wedge_has_a_number_and_a_travel)
{
    EXPECT_EQ(ask(MoveWedge{2, 0, {}}), "Wedge: there are two, number 0 and 1; 2 is neither");
    EXPECT_EQ(ask(MoveWedge{-1, 0, {}}), "Wedge: there are two, number 0 and 1; -1 is neither");
    EXPECT_EQ(ask(MoveWedge{0, -75, {}}), "");
    EXPECT_EQ(ask(MoveWedge{1, -80, {}}), "Wedge: an edge at -80 mm is beyond its travel, which ends at -75 mm");
    EXPECT_EQ(ask(MoveWedge{1, 5000, 70}), ""); // out of the picture
    EXPECT_NE(ask(MoveWedge{0, {}, std::numeric_limits<double>::infinity()}), "");
}

TEST(Limits, commands_without_limits_are_never_refused)
{
    for (Command const& command : {Command{PressPedal{Pedal::fluoroscopy}}, Command{StopMotion{}},
                                   Command{EndSession{}}, Command{PlaceGrid{false}}, Command{SetRoadMap{true}}})
        EXPECT_EQ(ask(command), "");
}

TEST(Limits, a_refused_command_changes_nothing)
{
    Room room{kind(), {}, Vec3{0}, {}};
    EXPECT_NE(room.command(MoveCArm{radians(30), radians(60), {}}), ""); // the first angle alone would be allowed
    EXPECT_NE(room.command(MoveBlades{-40, -35, {}, {}}), "");
    EXPECT_NE(room.command(SelectField{1}), "");
    for (int i = 0; i < 10; ++i) room.advance();
    EXPECT_EQ(room.state().angles.primary_rad, 0);
    EXPECT_EQ(room.state().blades.left_mm, -150);
    EXPECT_EQ(room.state().field_mm, 300);
}

} // namespace
} // namespace fluoro
