#include "small_session.hpp"
#include <fluoro/record/event_log.hpp>
#include <fluoro/session/recording.hpp>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <scratch_folder.hpp>

namespace fluoro {
namespace {

using namespace test;

RunInfo info()
{
    RunInfo info;
    info.program_version = "test";
    info.columns = info.rows = 128;
    return info;
}

/// Plays and records; returns the session's own pulses.
std::vector<Pulse> record(std::filesystem::path const& folder, Tick ticks,
                          std::map<Tick, std::vector<Command>> const& commands, Status* last = nullptr)
{
    Session session{small_settings()};
    RecorderSettings settings;
    settings.writes_video = false;
    SessionRecorder recorder{folder, info(), settings};
    std::vector<Pulse> pulses;
    for (Tick tick = 0; tick < ticks; ++tick) {
        auto const now = commands.find(tick);
        auto const said = now == commands.end() ? std::vector<Command>{} : now->second;
        auto step = session.step(said);
        recorder.step(said, step, session.status());
        if (step.pulse) pulses.push_back(std::move(*step.pulse));
    }
    EXPECT_TRUE(recorder.finish(ticks - 1).empty());
    if (last) *last = session.status();
    return pulses;
}

nlohmann::json dose_json(std::filesystem::path const& folder)
{
    return nlohmann::json::parse(std::ifstream{folder / "dose.json"});
}

TEST(SessionRecorder, dose_json_holds_the_session_s_own_mas_and_dose)
{
    ScratchFolder const scratch;
    Status last;
    auto const pulses =
        record(scratch / "run", 180,
               {{0, {by_hand(40), press}}, {80, {release}}, {90, {by_hand(160), press}}, {170, {release}}}, &last);
    ASSERT_EQ(pulses.size(), 10u);
    auto const dose = dose_json(scratch / "run");
    double mas = 0;
    for (Pulse const& pulse : pulses) mas += pulse.technique.current_time().value();
    // Whole numbers of 1e-6 mAs and 1e-9 mGy: half a unit of rounding each.
    EXPECT_NEAR(dose.at("mas").get<double>(), mas, 0.5e-6 * 10);
    EXPECT_NEAR(dose.at("air_kerma_reference_mGy").get<double>(), last.totals.air_kerma_reference_mGy, 0.5e-9 * 10);
    EXPECT_NEAR(dose.at("kap_Gy_cm2").get<double>(), last.totals.kap_Gy_cm2, 0.5e-12 * 10);
    EXPECT_NEAR(dose.at("fluoroscopy_s").get<double>(), last.totals.fluoroscopy_s, 1e-9);
    EXPECT_EQ(dose.at("pulses"), 10);
    EXPECT_EQ(dose.at("pulses_outside_beam"), 0);
    // The same ramp in both presses, four times the current.
    ASSERT_EQ(dose.at("events").size(), 2u);
    EXPECT_NEAR(dose["events"][1].at("mas").get<double>() / dose["events"][0].at("mas").get<double>(), 4, 1e-5);
    EXPECT_NEAR(dose["events"][1].at("kap_Gy_cm2").get<double>() / dose["events"][0].at("kap_Gy_cm2").get<double>(), 4,
                1e-5);
}

TEST(SessionRecorder, the_log_holds_every_pulse_with_its_room_and_technique)
{
    ScratchFolder const scratch;
    auto const pulses =
        record(scratch / "run", 110,
               {{0, {MoveCArm{radians(10), {}, 950}, MoveBlades{-60, 70, -80, 90}, MoveTable{{}, -15, {}}}},
                {70, {press}},
                {105, {release}}});
    EventLog const log = read_run(scratch / "run");
    EXPECT_TRUE(log.has_ended);
    std::vector<PulseEntry> logged;
    std::vector<BeamEntry> beam;
    for (auto const& entry : log.entries) {
        if (auto const* pulse = std::get_if<PulseEntry>(&entry)) logged.push_back(*pulse);
        if (auto const* change = std::get_if<BeamEntry>(&entry)) beam.push_back(*change);
    }
    EXPECT_EQ(beam, (std::vector<BeamEntry>{{70, true, "fluoroscopy-normal"}, {105, false}}));
    ASSERT_EQ(logged.size(), 3u);
    ASSERT_EQ(pulses.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(logged[i].tick, pulses[i].tick);
        EXPECT_EQ(logged[i].number, int(i) + 1);
        EXPECT_DOUBLE_EQ(logged[i].kv, pulses[i].technique.quality.voltage.value());
        EXPECT_DOUBLE_EQ(logged[i].ma, pulses[i].technique.current.value());
        EXPECT_EQ(logged[i].charge_nAs, nanoampere_seconds(pulses[i].technique.current_time()));
        EXPECT_EQ(logged[i].kap_pGy_cm2, picogray_square_centimetres(pulses[i].dose.kerma_area));
        EXPECT_NEAR(logged[i].primary_deg, 10, 1e-9);
        EXPECT_NEAR(logged[i].sid_mm, 950, 1e-9);
        EXPECT_NEAR(logged[i].table_lateral_mm, -15, 1e-9);
        EXPECT_DOUBLE_EQ(logged[i].blade_left_mm, -60);
        EXPECT_DOUBLE_EQ(logged[i].blade_bottom_mm, 90);
        EXPECT_DOUBLE_EQ(logged[i].field_cm2, 13 * 17);
    }
}

TEST(SessionRecorder, commands_are_logged_with_what_was_refused)
{
    ScratchFolder const scratch;
    record(scratch / "run", 5,
           {{2,
             {MoveCArm{radians(150), {}, {}}, MoveBlades{-50, {}, {}, 40}, SelectPulseRate{15},
              SetLumen{2, "lad-mid", 0.2, 0.4, 1.5, {}, 1}}}});
    std::vector<CommandEntry> commands;
    for (auto const& entry : read_run(scratch / "run").entries)
        if (auto const* command = std::get_if<CommandEntry>(&entry)) commands.push_back(*command);
    ASSERT_EQ(commands.size(), 4u);
    EXPECT_EQ(commands[0].name, "c-arm");
    EXPECT_NE(commands[0].refusal.find("limit"), std::string::npos);
    ASSERT_EQ(commands[0].arguments.size(), 1u);
    EXPECT_EQ(commands[0].arguments[0].first, "lao_deg");
    EXPECT_NEAR(std::get<double>(commands[0].arguments[0].second), 150, 1e-9);
    EXPECT_EQ(commands[1].name, "blades");
    EXPECT_EQ(commands[1].refusal, "");
    EXPECT_EQ(commands[1].arguments,
              (std::vector<std::pair<std::string, ArgumentValue>>{{"left_mm", -50.0}, {"bottom_mm", 40.0}}));
    EXPECT_EQ(commands[2].arguments, (std::vector<std::pair<std::string, ArgumentValue>>{{"per_second", 15.0}}));
    EXPECT_EQ(commands[3].name, "lumen");
    EXPECT_NE(commands[3].refusal, ""); // a still patient
    EXPECT_EQ(
        commands[3].arguments,
        (std::vector<std::pair<std::string, ArgumentValue>>{
            {"number", 2.0}, {"vessel", "lad-mid"}, {"from", 0.2}, {"to", 0.4}, {"at_most_mm", 1.5}, {"over_s", 1.0}}));
    for (auto const& command : commands) EXPECT_EQ(command.tick, 2);
}

TEST(SessionRecorder, beam_off_leaves_no_frame_and_no_dose)
{
    ScratchFolder const scratch;
    record(scratch / "run", 240, {{10, {MoveCArm{radians(20), {}, {}}}}});
    for (auto const& entry : read_run(scratch / "run").entries) {
        EXPECT_FALSE(std::holds_alternative<PulseEntry>(entry));
        EXPECT_FALSE(std::holds_alternative<BeamEntry>(entry));
    }
    auto const dose = dose_json(scratch / "run");
    EXPECT_EQ(dose.at("pulses"), 0);
    EXPECT_EQ(dose.at("air_kerma_reference_mGy"), 0.0);
    EXPECT_EQ(dose.at("fluoroscopy_s"), 0.0);
    EXPECT_TRUE(std::filesystem::is_empty(scratch / "run/frames"));
}

} // namespace
} // namespace fluoro
