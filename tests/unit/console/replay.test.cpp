// What hands do at the console is on the record as what a scenario would say, and does the same again.
#include <cstdio>
#include <fluoro/console/operator_input.hpp>
#include <fluoro/record/event_log.hpp>
#include <fluoro/session/recording.hpp>
#include <fstream>
#include <gtest/gtest.h>
#include <scratch_folder.hpp>

namespace fluoro {
namespace {

/// A block of muscle with an artery of 8 mm that runs up through it.
std::shared_ptr<Patient const> patient()
{
    auto made = std::make_shared<Patient>();
    made->ct.grid = {{30, 30, 50}, Vec3{4}, Vec3{-60, -60, 0}, Mat3{1}};
    made->ct.hu.assign(made->ct.grid.voxels(), 50);
    made->labels.assign(made->ct.grid.voxels(), 0);
    LumenGraph& graph = made->lumens.vessels;
    int const top = graph.add_node({30, -20, 190}, "heart");
    std::vector<Vec3> way;
    std::vector<double> radii{4};
    for (int z = 180; z >= 10; z -= 10) {
        way.push_back({30, -20, z});
        radii.push_back(4);
    }
    graph.add_edge("artery", top, way, radii, WallClass::muscular_artery, 65);
    made->lumens.landmarks = {{"access-right-femoral", {30, -20, 12}}};
    return made;
}

SessionSettings settings()
{
    static auto const body = patient();
    SessionSettings made;
    made.patient = body;
    made.room = find_room_kind("c-arm-suite");
    made.pixels = 64;
    return made;
}

constexpr Tick last_tick = 480;
using Course = std::vector<InstrumentStatus>;

/// Keys, wheel, mouse and a stick, at 30 turns of the window's loop a second.
Course by_hand(std::filesystem::path const& folder)
{
    Session session{settings()};
    RecorderSettings recorded;
    recorded.writes_video = false;
    RunInfo info;
    info.columns = info.rows = 64;
    SessionRecorder recorder{folder, info, recorded};
    OperatorInput input{settings().room, InputMap{}};
    auto const set = [&](char const* name, double level) { input.set(input_from_name(name).value(), level); };
    auto const step = [&](char const* name, double count) { input.step(input_from_name(name).value(), count); };
    Course course;
    for (Tick tick = 0; tick <= last_tick; ++tick) {
        std::vector<Command> commands;
        if (tick % 4 == 0) {
            Status const& status = session.status();
            input.update(status.room, status.picture, true, 0, status.instruments);
            if (tick == 4) input.ask(TakeTool{"j-wire-0.035", "right-femoral"});
            if (tick == 8) input.ask(TakeTool{"jl4-5f", "right-femoral"});
            if (tick == 20) set("alt+up", 1);
            if (tick == 24) set("left-shift", 1);
            if (tick == 100) set("alt+right", 1);
            if (tick == 160) set("alt+up", 0), set("alt+right", 0), set("left-shift", 0);
            if (tick >= 180 && tick < 240) step("alt+wheel-up", 1);
            if (tick == 260) set("pad-left-y-", 0.6);
            if (tick == 320) set("pad-left-y-", 0);
            if (tick == 340) set("mouse-right", 1);
            if (tick > 340 && tick < 400) step("drag-down", 7);
            if (tick == 400) set("mouse-right", 0);
            commands = input.take(4.0 / ticks_per_second);
        }
        auto const done = session.step(commands);
        recorder.step(commands, done, session.status());
        course.push_back(session.status().instruments);
    }
    EXPECT_TRUE(recorder.finish(last_tick).empty());
    return course;
}

/// The record's commands as an operator's file.
void write_operator(EventLog const& log, std::filesystem::path const& file)
{
    std::ofstream out{file};
    char number[40];
    auto const put = [&](double value) {
        std::snprintf(number, sizeof number, "%.17g", value);
        out << number;
    };
    for (LogEntry const& entry : log.entries) {
        auto const* command = std::get_if<CommandEntry>(&entry);
        if (!command) continue;
        EXPECT_EQ(command->refusal, "");
        out << "- {at_s: ";
        put(seconds(command->tick));
        out << ", do: " << command->name;
        for (auto const& [name, value] : command->arguments) {
            out << ", " << name << ": ";
            if (auto const* text = std::get_if<std::string>(&value))
                out << *text;
            else if (auto const* truth = std::get_if<bool>(&value))
                out << (*truth ? "true" : "false");
            else
                put(std::get<double>(value));
        }
        out << "}\n";
    }
    out << "- {at_s: 100, do: end}\n";
}

TEST(Replay, a_record_of_hands_is_an_operator_that_does_the_same)
{
    test::ScratchFolder const scratch;
    Course const first = by_hand(scratch / "run");
    ASSERT_EQ(first.back().tools.size(), 2u);
    // Fifteen notches of 2 mm, then half a second of a stick at 0.6 of 24 mm/s.
    EXPECT_NEAR(first.back().tools[1].state.inserted_mm, 30 + 7.2, 1e-6);
    EXPECT_GT(first[200].tools[0].state.turned_rad, 1);
    EXPECT_LT(first.back().tools[0].state.inserted_mm, first[340].tools[0].state.inserted_mm - 10);

    EventLog const log = read_run(scratch / "run");
    write_operator(log, scratch / "operator.yaml");
    auto const script = read_operator(scratch / "operator.yaml");
    Session session{settings()};
    std::size_t next = 0;
    for (Tick tick = 0; tick <= last_tick; ++tick) {
        std::vector<Command> commands;
        for (; next < script.size() && script[next].tick <= tick; ++next) commands.push_back(script[next].command);
        session.step(commands);
        InstrumentStatus const &then = first[std::size_t(tick)], &now = session.status().instruments;
        ASSERT_EQ(now.tools.size(), then.tools.size()) << tick;
        for (std::size_t n = 0; n < now.tools.size(); ++n) {
            // Pushes come back bit by bit; turns are written in degrees, whose rounding may cost the last bit.
            ASSERT_NEAR(now.tools[n].state.inserted_mm, then.tools[n].state.inserted_mm, 1e-12) << tick;
            ASSERT_NEAR(now.tools[n].state.turned_rad, then.tools[n].state.turned_rad, 1e-12) << tick;
            ASSERT_NEAR(glm::length(now.tools[n].tip_mm - then.tools[n].tip_mm), 0, 1e-6) << tick;
        }
    }
    EXPECT_GE(next + 1, script.size()); // all but the end were said

    // What lay where is on the record every second, as it was.
    int told = 0;
    for (LogEntry const& entry : log.entries)
        if (auto const* tools = std::get_if<ToolsEntry>(&entry)) {
            ++told;
            ToolStatus const& then = first[std::size_t(tools->tick)].tools.at(0);
            EXPECT_NEAR(tools->tools.at(0).inserted_mm, then.state.inserted_mm, 0.0005 + 1e-9);
            EXPECT_NEAR(tools->tools[0].tip_z_mm, then.tip_rest_mm.z, 0.0005 + 1e-9);
            EXPECT_GE(tools->tools[0].peak_push_n + 1e-4, std::abs(then.state.push_n));
        }
    EXPECT_EQ(told, 4);
}

} // namespace
} // namespace fluoro
