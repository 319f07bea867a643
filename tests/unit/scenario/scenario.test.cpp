#include "yaml_file.hpp"

#include <fluoro/scenario/scenario.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

using test::ScratchFolder;

std::string const complete = R"(apiVersion: fluorolab/v1
title: A title
procedure: first-look
text: What the trainee reads.
patient: example-head
room: c-arm-suite
start:
  lao_deg: -30
  cran_deg: 20
  sid_mm: 1100
  field_mm: 220
  pulse_rate: 15
  table_longitudinal_mm: 100
  table_lateral_mm: -20
  table_height_mm: 40
  isocentre_mm: [1.5, -2, 3e1]
pixels: 256
seed: 77
operators:
  demo:
    - {at_s: 0, do: pedal, to: down}
    - {at_s: 0.5, do: pedal, to: up}
    - {at_s: 1, do: c-arm, lao_deg: 90, sid_mm: 950}
    - {at_s: 1, do: jog-c-arm, cran: -0.5}
    - {at_s: 2, do: table, longitudinal_mm: -30, height_mm: 5}
    - {at_s: 2, do: jog-table, lateral: 1}
    - {at_s: 3, do: blades, left_mm: -50, bottom_mm: 60}
    - {at_s: 3, do: field, field_mm: 160}
    - {at_s: 3, do: pulse-rate, pulse_rate: 3.75}
    - {at_s: 4, do: technique, voltage_kv: 70, current_ma: 40, pulse_ms: 4, copper_mm: 0.3}
    - {at_s: 4, do: technique, automatic: true}
    - {at_s: 4.5, do: programme, fluoroscopy: low, acquisition: dsa, acquisition_per_second: 3}
    - {at_s: 4.5, do: high-level, active: true}
    - {at_s: 4.5, do: lock, active: true}
    - {at_s: 4.5, do: grid, in: false}
    - {at_s: 4.5, do: wedge, number: 2, edge_mm: 30, angle_deg: 90}
    - {at_s: 4.5, do: pedal, to: down, which: acquisition}
    - {at_s: 4.6, do: subtract, active: true, mask_first: 2, mask_frames: 3, shift_columns: -1.5, shift_rows: 0.5, landmark: 0.2, peak: true}
    - {at_s: 4.6, do: road-map, active: true}
    - {at_s: 4.6, do: show, inverted: true, edge_gain: 1, brightness: -0.5, contrast: 2, zoom: 3, centre_column: 0.25, centre_row: 0.75}
    - {at_s: 4.7, do: review, run: 2, frame: -1}
    - {at_s: 4.7, do: store, as_reference: true}
    - {at_s: 5, do: stop}
    - {at_s: 6.25, do: end}
  idle:
    - {at_s: 2, do: stop}
)";

TEST(Scenario, every_key_arrives_where_it_belongs)
{
    ScratchFolder const folder;
    Scenario const scenario = read_scenario(folder.write("case.yaml", complete));
    EXPECT_EQ(scenario.title, "A title");
    EXPECT_EQ(scenario.procedure, "first-look");
    EXPECT_EQ(scenario.text, "What the trainee reads.");
    EXPECT_EQ(scenario.patient, "example-head");
    EXPECT_EQ(scenario.room, "c-arm-suite");
    EXPECT_DOUBLE_EQ(scenario.start.angles.primary_rad, radians(-30));
    EXPECT_DOUBLE_EQ(scenario.start.angles.secondary_rad, radians(20));
    EXPECT_EQ(scenario.start.source_to_detector_mm, 1100);
    EXPECT_EQ(scenario.start.field_mm, 220);
    EXPECT_EQ(scenario.start.pulse_rate, 15);
    EXPECT_EQ(scenario.start.table_longitudinal_mm, 100);
    EXPECT_EQ(scenario.start.table_lateral_mm, -20);
    EXPECT_EQ(scenario.start.table_height_mm, 40);
    ASSERT_TRUE(scenario.isocentre_mm);
    EXPECT_EQ(*scenario.isocentre_mm, (Vec3{1.5, -2, 30}));
    EXPECT_EQ(scenario.pixels, 256);
    EXPECT_EQ(scenario.seed, 77u);
    EXPECT_EQ(scenario.operators.size(), 2u);
    EXPECT_TRUE(scenario.warnings.empty());
}

TEST(Scenario, every_verb_becomes_its_command_at_its_tick)
{
    ScratchFolder const folder;
    Scenario const scenario = read_scenario(folder.write("case.yaml", complete));
    std::vector<TimedCommand> const& script = scenario.operators.at("demo");
    std::vector<std::string> names;
    for (TimedCommand const& timed : script) names.push_back(name_of(timed.command));
    EXPECT_EQ(names,
              (std::vector<std::string>{"pedal",      "pedal", "c-arm",      "jog-c-arm", "table",     "jog-table",
                                        "blades",     "field", "pulse-rate", "technique", "technique", "programme",
                                        "high-level", "lock",  "grid",       "wedge",     "pedal",     "subtract",
                                        "road-map",   "show",  "review",     "store",     "stop",      "end"}));
    EXPECT_EQ(script[0].tick, 0);
    EXPECT_EQ(script[1].tick, 60);
    EXPECT_EQ(script.back().tick, 750);
    EXPECT_EQ(std::get<PressPedal>(script[0].command).pedal, Pedal::fluoroscopy);
    EXPECT_EQ(std::get<PressPedal>(script[1].command).pedal, Pedal::released);
    auto const c_arm = std::get<MoveCArm>(script[2].command);
    EXPECT_DOUBLE_EQ(c_arm.primary_rad.value(), radians(90));
    EXPECT_FALSE(c_arm.secondary_rad);
    EXPECT_EQ(c_arm.source_to_detector_mm, 950);
    EXPECT_EQ(std::get<JogCArm>(script[3].command).secondary, -0.5);
    auto const table = std::get<MoveTable>(script[4].command);
    EXPECT_EQ(table.longitudinal_mm, -30);
    EXPECT_FALSE(table.lateral_mm);
    EXPECT_EQ(table.height_mm, 5);
    EXPECT_EQ(std::get<JogTable>(script[5].command).lateral, 1);
    auto const blades = std::get<MoveBlades>(script[6].command);
    EXPECT_EQ(blades.left_mm, -50);
    EXPECT_FALSE(blades.right_mm);
    EXPECT_FALSE(blades.top_mm);
    EXPECT_EQ(blades.bottom_mm, 60);
    EXPECT_EQ(std::get<SelectField>(script[7].command).field_mm, 160);
    EXPECT_EQ(std::get<SelectPulseRate>(script[8].command).per_second, 3.75);
    auto const technique = std::get<SelectTechnique>(script[9].command);
    EXPECT_FALSE(technique.automatic);
    EXPECT_EQ(technique.voltage_kv, 70);
    EXPECT_EQ(technique.current_ma, 40);
    EXPECT_EQ(technique.pulse_ms, 4);
    EXPECT_EQ(technique.copper_mm, 0.3);
    EXPECT_TRUE(std::get<SelectTechnique>(script[10].command).automatic);
    auto const programme = std::get<SelectProgramme>(script[11].command);
    EXPECT_EQ(programme.fluoroscopy, FluoroscopyLevel::low);
    EXPECT_EQ(programme.acquisition, AcquisitionKind::dsa);
    EXPECT_EQ(programme.acquisition_per_second, 3);
    EXPECT_TRUE(std::get<SetHighLevel>(script[12].command).on);
    EXPECT_TRUE(std::get<LockExposure>(script[13].command).locked);
    EXPECT_FALSE(std::get<PlaceGrid>(script[14].command).in);
    auto const wedge = std::get<MoveWedge>(script[15].command);
    EXPECT_EQ(wedge.wedge, 1);
    EXPECT_EQ(wedge.edge_mm, 30);
    EXPECT_DOUBLE_EQ(wedge.angle_rad.value(), radians(90));
    EXPECT_EQ(std::get<PressPedal>(script[16].command).pedal, Pedal::acquisition);
    auto const subtract = std::get<Subtract>(script[17].command);
    EXPECT_EQ(subtract.on, true);
    EXPECT_EQ(subtract.mask_first, 2);
    EXPECT_EQ(subtract.mask_frames, 3);
    EXPECT_EQ(subtract.shift_columns, -1.5);
    EXPECT_EQ(subtract.shift_rows, 0.5);
    EXPECT_EQ(subtract.landmark, 0.2);
    EXPECT_EQ(subtract.peak, true);
    EXPECT_TRUE(std::get<SetRoadMap>(script[18].command).on);
    auto const show = std::get<ShowPicture>(script[19].command);
    EXPECT_EQ(show.inverted, true);
    EXPECT_EQ(show.edge_gain, 1);
    EXPECT_EQ(show.brightness, -0.5);
    EXPECT_EQ(show.contrast, 2);
    EXPECT_EQ(show.zoom, 3);
    EXPECT_EQ(show.centre_column, 0.25);
    EXPECT_EQ(show.centre_row, 0.75);
    EXPECT_EQ(std::get<ReviewRun>(script[20].command).run, 2);
    EXPECT_EQ(std::get<ReviewRun>(script[20].command).frame, -1);
    EXPECT_TRUE(std::get<StorePicture>(script[21].command).as_reference);
}

TEST(Scenario, what_befalls_a_vessel_becomes_its_command)
{
    ScratchFolder const folder;
    Scenario const scenario = read_scenario(folder.write("case.yaml", R"(apiVersion: fluorolab/v1
patient: adult-male
operators:
  demo:
    - {at_s: 0, do: perforate, number: 2, vessel: lad-mid, along: 0.3, hole_mm: 0.4, side: left}
    - {at_s: 1, do: dissect, vessel: lad-mid, from: 0.1, to: 0.3, depth_mm: 1.2, side: posterior}
    - {at_s: 2, do: air, vessel: left-main, volume_ml: 0.2}
    - {at_s: 3, do: lumen, number: 3, vessel: lad-mid, from: 0.2, to: 0.4, at_most_mm: 1.5, over_s: 2}
    - {at_s: 4, do: lumen, vessel: lad-mid, at_least_mm: 3}
    - {at_s: 5, do: touch-heart, beats: 3}
    - {at_s: 6, do: pressure-tip, vessel: left-main, along: 0.2, blocked: 0.8}
    - {at_s: 7, do: pressure-tip}
)"));
    auto const& script = scenario.operators.at("demo");
    ASSERT_EQ(script.size(), 9u);
    auto const hole = std::get<PerforateVessel>(script[0].command);
    EXPECT_EQ(hole.number, 2);
    EXPECT_EQ(hole.vessel, "lad-mid");
    EXPECT_EQ(hole.along, 0.3);
    EXPECT_EQ(hole.hole_mm, 0.4);
    EXPECT_EQ(hole.side, BodySide::left);
    auto const tear = std::get<DissectVessel>(script[1].command);
    EXPECT_EQ(tear.to, 0.3);
    EXPECT_EQ(tear.depth_mm, 1.2);
    EXPECT_EQ(tear.side, BodySide::posterior);
    EXPECT_EQ(std::get<InjectAir>(script[2].command).volume_ml, 0.2);
    auto const narrow = std::get<SetLumen>(script[3].command);
    EXPECT_EQ(narrow.number, 3);
    EXPECT_EQ(narrow.from, 0.2);
    EXPECT_EQ(narrow.at_most_mm, 1.5);
    EXPECT_FALSE(narrow.at_least_mm);
    EXPECT_EQ(narrow.over_s, 2);
    EXPECT_EQ(std::get<SetLumen>(script[4].command).at_least_mm, 3);
    EXPECT_EQ(std::get<TouchHeart>(script[5].command).beats, 3);
    auto const tip = std::get<PlacePressureTip>(script[6].command);
    EXPECT_EQ(tip.blocked, 0.8);
    EXPECT_EQ(tip.along, 0.2);
    EXPECT_EQ(std::get<PlacePressureTip>(script[7].command).vessel, "");
    std::vector<std::string> names;
    for (TimedCommand const& timed : script) names.push_back(name_of(timed.command));
    EXPECT_EQ(names, (std::vector<std::string>{"perforate", "dissect", "air", "lumen", "lumen", "touch-heart",
                                               "pressure-tip", "pressure-tip", "end"}));
    // A stretch the wrong way about, and a lumen that is to be two things.
    for (char const* entry : {"{at_s: 0, do: dissect, vessel: rca-mid, from: 0.5, to: 0.5, depth_mm: 1}",
                              "{at_s: 0, do: lumen, vessel: rca-mid, at_most_mm: 2, at_least_mm: 1}",
                              "{at_s: 0, do: perforate, vessel: rca-mid, hole_mm: 1, side: top}"})
        EXPECT_THROW(
            read_scenario(folder.write("bad.yaml", "apiVersion: fluorolab/v1\npatient: adult-male\noperators:\n"
                                                   "  demo:\n    - " +
                                                       std::string{entry} + "\n")),
            Error);
}

TEST(Scenario, objects_arrive_with_their_path_filling_and_time)
{
    ScratchFolder const folder;
    Scenario const scenario = read_scenario(folder.write("case.yaml", R"(apiVersion: fluorolab/v1
patient: example-head
objects:
  - {name: vessel, path_mm: [[0, 0, 0], [0, 10, 40], [5, 10, 60]], radii_mm: [2, 1.5, 1], iodine_mg_ml: 300, from_s: 2, until_s: 6.5}
  - {path_mm: [[0, 0, 0], [30, 0, 0]], radius_mm: 0.5, material: steel, displaces: muscle}
  - {path_mm: [[0, 0, 0], [30, 0, 0]], radius_mm: 3, gas: co2}
)"));
    ASSERT_EQ(scenario.objects.size(), 3u);
    ScenarioObject const& vessel = scenario.objects[0];
    EXPECT_EQ(vessel.name, "vessel");
    ASSERT_EQ(vessel.path_mm.size(), 3u);
    EXPECT_EQ(vessel.path_mm[1], (Vec3{0, 10, 40}));
    EXPECT_EQ(vessel.radii_mm, (std::vector<double>{2, 1.5, 1}));
    EXPECT_EQ(vessel.content, iodine_solution(300));
    EXPECT_EQ(vessel.displaces, find_material("blood"));
    EXPECT_EQ(vessel.from, 240);
    EXPECT_EQ(vessel.until, Tick{780});
    ScenarioObject const& wire = scenario.objects[1];
    EXPECT_EQ(wire.radii_mm, (std::vector<double>{0.5, 0.5}));
    EXPECT_EQ(wire.content, pure(find_material("steel")));
    EXPECT_EQ(wire.displaces, find_material("muscle"));
    EXPECT_EQ(wire.from, 0);
    EXPECT_FALSE(wire.until);
    EXPECT_EQ(scenario.objects[2].content, carbon_dioxide());
}

TEST(Scenario, needs_no_more_than_its_version_and_a_patient)
{
    ScratchFolder const folder;
    Scenario const scenario =
        read_scenario(folder.write("short.yaml", "apiVersion: fluorolab/v1\npatient: adult-male\n"));
    EXPECT_EQ(scenario.title, "short");
    EXPECT_EQ(scenario.patient, "adult-male");
    EXPECT_EQ(scenario.start.field_mm, 300);
    EXPECT_EQ(scenario.start.blades.width_mm(), 300);
    EXPECT_EQ(scenario.start.angles.primary_rad, 0);
    EXPECT_FALSE(scenario.isocentre_mm);
    EXPECT_EQ(scenario.pixels, 512);
    EXPECT_EQ(scenario.seed, 1u);
    EXPECT_TRUE(scenario.operators.empty());
}

TEST(Scenario, a_patients_path_is_relative_to_the_file_and_a_built_in_name_stays)
{
    ScratchFolder const folder;
    auto const patient = [&](std::string const& written) {
        return read_scenario(folder.write("p.yaml", "apiVersion: fluorolab/v1\npatient: " + written + "\n")).patient;
    };
    EXPECT_EQ(patient("ct/head.nii.gz"), (folder.path() / "ct/head.nii.gz").string());
    EXPECT_EQ(patient("../head.mha"), (folder.path().parent_path() / "head.mha").string());
    EXPECT_EQ(patient("/data/series"), "/data/series");
    EXPECT_EQ(patient("obese-adult"), "obese-adult");
    std::filesystem::create_directory(folder.path() / "series");
    EXPECT_EQ(patient("series"), (folder.path() / "series").string());
}

TEST(Scenario, an_operator_without_an_end_ends_one_second_after_its_last_entry)
{
    ScratchFolder const folder;
    std::vector<TimedCommand> const idle = read_scenario(folder.write("case.yaml", complete)).operators.at("idle");
    ASSERT_EQ(idle.size(), 2u);
    EXPECT_EQ(name_of(idle.back().command), "end");
    EXPECT_EQ(idle.back().tick, 3 * ticks_per_second);
}

TEST(Scenario, an_operator_may_be_a_name_of_the_scenario_or_a_file)
{
    ScratchFolder const folder;
    Scenario const scenario = read_scenario(folder.write("case.yaml", complete));
    EXPECT_EQ(operator_script(scenario, "demo").size(), 24u);
    auto const file = folder.write("hand.yaml", "- {at_s: 0.1, do: pedal, to: down}\n- {at_s: 1, do: end}\n");
    std::vector<TimedCommand> const script = operator_script(scenario, file.string());
    ASSERT_EQ(script.size(), 2u);
    EXPECT_EQ(script[0].tick, 12);
    try {
        operator_script(scenario, "nobody");
        FAIL() << "an unknown operator was found";
    } catch (Error const& error) {
        EXPECT_NE(std::string{error.what()}.find("choose demo or idle"), std::string::npos) << error.what();
        EXPECT_EQ(error.exit_code(), 2);
    }
}

TEST(Scenario, commands_that_the_room_will_refuse_are_told_as_warnings_with_their_place)
{
    ScratchFolder const folder;
    auto const file = folder.write("case.yaml", "apiVersion: fluorolab/v1\npatient: adult-male\noperators:\n  demo:\n"
                                                "    - {at_s: 1, do: c-arm, lao_deg: 130}\n"
                                                "    - {at_s: 2, do: field, field_mm: 110}\n"
                                                "    - {at_s: 3, do: blades, left_mm: 60}\n");
    Scenario const scenario = read_scenario(file);
    ASSERT_EQ(scenario.warnings.size(), 2u);
    EXPECT_EQ(scenario.warnings[0], file.string() +
                                        ":5:7: the room will refuse this. C-arm: LAO 130 is beyond the limit of 120 "
                                        "degrees");
    EXPECT_NE(scenario.warnings[1].find(":7:7: "), std::string::npos) << scenario.warnings[1];
    EXPECT_EQ(scenario.operators.at("demo").size(), 4u); // asked all the same: the trainee sees the refusal
}

/// Seconds with the pedal down, by the script alone.
double beam_s(std::vector<TimedCommand> const& script)
{
    double total = 0;
    Tick down = -1;
    for (TimedCommand const& timed : script)
        if (auto const* pedal = std::get_if<PressPedal>(&timed.command)) {
            if (pedal->pedal == Pedal::fluoroscopy) down = timed.tick;
            if (pedal->pedal == Pedal::released && down >= 0) total += seconds(timed.tick - down);
            if (pedal->pedal == Pedal::released) down = -1;
        }
    EXPECT_EQ(down, -1) << "the pedal stays down";
    return total;
}

TEST(Scenario, says_how_a_built_in_patient_is_drawn)
{
    ScratchFolder const folder;
    Scenario const scenario =
        read_scenario(folder.write("s.yaml", "apiVersion: fluorolab/v1\npatient: adult-female\n"
                                             "anatomy: {region: heart, spacing_mm: 0.5, seed: 7, height_mm: 1700}\n"
                                             "start: {isocentre: carina}\n"));
    ASSERT_TRUE(scenario.anatomy);
    EXPECT_EQ(scenario.anatomy->set, (std::vector<std::string>{"seed=7", "height_mm=1700"}));
    EXPECT_EQ(scenario.anatomy->region, "heart");
    EXPECT_EQ(scenario.anatomy->spacing_mm, 0.5);
    EXPECT_EQ(scenario.isocentre, "carina");
    EXPECT_FALSE(scenario.isocentre_mm);
}

TEST(FirstLook, plays_20_seconds_with_8_seconds_of_beam_and_nothing_refused)
{
    Scenario const scenario = read_scenario(std::filesystem::path{FLUORO_SOURCE_DIR} / "scenarios/first-look.yaml");
    EXPECT_TRUE(scenario.warnings.empty());
    EXPECT_EQ(scenario.procedure, "first-look");
    EXPECT_EQ(scenario.patient, "adult-male");
    EXPECT_EQ(scenario.isocentre, "heart-centre");
    std::vector<TimedCommand> const script = operator_script(scenario, "demo");
    EXPECT_NEAR(beam_s(script), 8, 1e-9);
    EXPECT_EQ(script.back().tick, 20 * ticks_per_second);
}

TEST(FirstLook, fires_only_while_the_c_arm_and_the_table_stand_still)
{
    Scenario const scenario = read_scenario(std::filesystem::path{FLUORO_SOURCE_DIR} / "scenarios/first-look.yaml");
    Room room{find_room_kind(scenario.room), scenario.start, Vec3{0}, {100, {0, 0}}};
    std::vector<TimedCommand> const script = operator_script(scenario, "demo");
    std::size_t next = 0;
    bool has_been_lateral = false;
    for (Tick tick = 0; tick <= script.back().tick; ++tick) {
        for (; next < script.size() && script[next].tick == tick; ++next)
            EXPECT_EQ(room.command(script[next].command), "");
        EXPECT_TRUE(room.advance().empty());
        if (room.state().pedal != Pedal::fluoroscopy) continue;
        EXPECT_FALSE(room.state().is_moving) << "at " << seconds(tick) << " s";
        has_been_lateral = has_been_lateral || room.state().angles.primary_rad == radians(90);
    }
    EXPECT_TRUE(has_been_lateral);
}

TEST(SubtractionPhantom, is_read_without_a_warning_and_holds_a_run_a_map_and_a_wire_under_it)
{
    Scenario const scenario =
        read_scenario(std::filesystem::path{FLUORO_SOURCE_DIR} / "scenarios/subtraction-phantom.yaml");
    EXPECT_TRUE(scenario.warnings.empty());
    EXPECT_EQ(scenario.procedure, "subtraction");
    EXPECT_EQ(scenario.objects.size(), 10u); // three vessels, filled twice; four steps of the wire
    std::vector<TimedCommand> const script = operator_script(scenario, "demo");
    EXPECT_NEAR(beam_s(script), 9, 1e-9); // fluoroscopy: 1 s native, 3.2 s for the map, 4.8 s under it
    EXPECT_EQ(script.back().tick, 20 * ticks_per_second);
}

} // namespace
} // namespace fluoro
