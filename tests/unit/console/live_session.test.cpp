#include <fluoro/console/live_session.hpp>
#include <fluoro/core/error.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <utility>

using namespace fluoro;
using namespace std::chrono_literals;

namespace {

SessionSettings drawn_session(std::string const& how = "")
{
    SessionSettings settings;
    settings.room = find_room_kind("c-arm-suite");
    settings.pixels = 32;
    settings.start.field_mm = settings.room.fields_mm.front();
    settings.start.pulse_rate = 15;
    settings.projector.device = how;
    return settings;
}

/// What the hooks saw, written on the session's thread.
struct Log {
    mutable std::mutex mutex;
    std::vector<Tick> ticks;
    std::vector<Command> commands;
    std::vector<bool> beam;
    int pulses = 0;
    std::vector<std::string> lines; ///< handed to the person at the next tick
    LiveHooks hooks()
    {
        LiveHooks hooks;
        hooks.on_step = [this](Tick tick, std::vector<Command> const& sent, Session::Step const& step,
                               Status const& status) {
            std::lock_guard const lock{mutex};
            ticks.push_back(tick);
            commands.insert(commands.end(), sent.begin(), sent.end());
            beam.push_back(status.is_beam_on);
            pulses += step.pulse ? 1 : 0;
        };
        hooks.take_messages = [this] { return std::exchange(lines, {}); };
        return hooks;
    }
};

/// Waits, with the console's heartbeat, until `condition` or 20 s: far beyond what a busy machine needs.
template <class Condition> bool eventually(LiveSession& live, Condition condition, bool has_heartbeat = true)
{
    for (int i = 0; i < 2000; ++i) {
        if (has_heartbeat) live.heartbeat();
        if (condition()) return true;
        std::this_thread::sleep_for(10ms);
    }
    return false;
}

LiveSettings patient_watchdog()
{
    LiveSettings live;
    live.heartbeat_limit = 30s; // out of the way: the machine may be busy with other tests
    return live;
}

} // namespace

TEST(LiveSession, runs_a_hundred_and_twenty_ticks_a_second)
{
    Log log;
    LiveSession live{drawn_session(), log.hooks(), patient_watchdog()};
    auto const start = std::chrono::steady_clock::now();
    EXPECT_TRUE(eventually(live, [&] { return live.snapshot().status.tick >= 120; }));
    std::chrono::duration<double> const passed = std::chrono::steady_clock::now() - start;
    // Never faster than the clock. Slower only where the machine is busy, so that side is wide.
    EXPECT_GT(passed.count(), 0.95);
    EXPECT_LT(passed.count(), 10);
}

TEST(LiveSession, commands_arrive_in_order_and_no_tick_is_left_out)
{
    Log log;
    {
        LiveSession live{drawn_session(), log.hooks(), patient_watchdog()};
        for (int i = 1; i <= 200; ++i) {
            MoveTable move;
            move.height_mm = 0.01 * i;
            live.send({move, StopMotion{}});
            if (i % 20 == 0) std::this_thread::sleep_for(5ms);
        }
        EXPECT_TRUE(eventually(live, [&] { return live.snapshot().are_commands_done; }));
    }
    ASSERT_EQ(log.commands.size(), 400u);
    for (int i = 1; i <= 200; ++i) {
        EXPECT_EQ(*std::get<MoveTable>(log.commands[std::size_t(2 * i - 2)]).height_mm, 0.01 * i);
        EXPECT_TRUE(std::holds_alternative<StopMotion>(log.commands[std::size_t(2 * i - 1)]));
    }
    for (std::size_t i = 0; i < log.ticks.size(); ++i) ASSERT_EQ(log.ticks[i], Tick(i));
}

TEST(LiveSession, pedal_gives_pictures_and_its_release_a_held_one)
{
    Log log;
    std::atomic<int> news = 0;
    LiveHooks hooks = log.hooks();
    hooks.on_news = [&] { ++news; };
    LiveSession live{drawn_session(), hooks, patient_watchdog()};
    EXPECT_FALSE(live.picture());
    live.send({PressPedal{Pedal::fluoroscopy}});
    EXPECT_TRUE(eventually(live, [&] { return live.snapshot().status.totals.pulses >= 3; }));
    EXPECT_TRUE(live.snapshot().status.is_beam_on);
    live.send({PressPedal{Pedal::released}});
    EXPECT_TRUE(eventually(live, [&] { return !live.snapshot().status.is_beam_on; }));
    auto const held = live.snapshot();
    EXPECT_FALSE(held.status.is_live);
    EXPECT_EQ(held.picture_number, std::uint64_t(held.status.totals.pulses) + 1); // one per pulse, and the hold
    ASSERT_TRUE(live.picture());
    EXPECT_EQ(live.picture()->grey.columns, 32);
    EXPECT_GT(news.load(), 0);
}

TEST(LiveSession, a_living_patient_is_news_without_a_picture)
{
    auto const versions_in_a_second = [](SessionSettings const& settings) {
        LiveSession live{settings, {}, patient_watchdog()};
        EXPECT_TRUE(eventually(live, [&] { return live.snapshot().status.tick > ticks_per_second / 4; }));
        auto const before = live.snapshot();
        EXPECT_TRUE(
            eventually(live, [&] { return live.snapshot().status.tick > before.status.tick + ticks_per_second; }));
        auto const after = live.snapshot();
        EXPECT_EQ(after.picture_number, 0u);
        EXPECT_EQ(bool(after.status.body), bool(settings.body));
        return int(after.version - before.version);
    };
    // The pace alone, told once a second of the wall clock, which may run ahead of a busy machine's session.
    EXPECT_LE(versions_in_a_second(drawn_session()), 3);
    SessionSettings alive = drawn_session();
    alive.body.emplace();
    int const versions = versions_in_a_second(alive);
    // About 12: enough for a sweep, little for the processor. Fewer where the machine is busy.
    EXPECT_GT(versions, 4);
    EXPECT_LE(versions, 40); // not one for every tick
}

TEST(LiveSession, beam_is_cut_when_the_console_falls_silent)
{
    Log log;
    LiveSettings settings;
    settings.heartbeat_limit = 300ms;
    LiveSession live{drawn_session(), log.hooks(), settings};
    live.heartbeat();
    live.send({PressPedal{Pedal::fluoroscopy}, JogCArm{1, 0, 0}});
    // From here on nobody calls heartbeat().
    EXPECT_TRUE(eventually(
        live, [&] { return live.snapshot().status.totals.pulses > 0; }, false));
    EXPECT_TRUE(eventually(
        live, [&] { return !live.snapshot().status.is_beam_on; }, false));
    auto const status = live.snapshot().status;
    EXPECT_EQ(status.room.pedal, Pedal::released);
    EXPECT_EQ(status.room.c_arm_jog.primary, 0);
    EXPECT_EQ(live.snapshot().beam_cuts, 1u);
    auto const messages = live.take_messages();
    ASSERT_EQ(messages.size(), 1u);
    EXPECT_NE(messages[0].find("Beam off"), std::string::npos);
    // The beam stays off when the console is back, until the pedal is pressed anew.
    std::this_thread::sleep_for(50ms);
    live.heartbeat();
    std::this_thread::sleep_for(100ms);
    EXPECT_FALSE(live.snapshot().status.is_beam_on);
}

TEST(LiveSession, closing_it_releases_the_pedal_on_the_record)
{
    Log log;
    {
        LiveSession live{drawn_session(), log.hooks(), patient_watchdog()};
        live.send({PressPedal{Pedal::fluoroscopy}});
        EXPECT_TRUE(eventually(live, [&] { return live.snapshot().status.is_beam_on; }));
    }
    EXPECT_FALSE(log.beam.back());
    bool was_released = false;
    for (Command const& command : log.commands)
        if (auto const* press = std::get_if<PressPedal>(&command)) was_released = press->pedal == Pedal::released;
    EXPECT_TRUE(was_released);
}

TEST(LiveSession, slow_frames_are_admitted_and_do_not_pile_up)
{
    Log log;
    LiveSession live{drawn_session("slow"), log.hooks(), patient_watchdog()};
    live.send({PressPedal{Pedal::fluoroscopy}});
    // 200 ms a pulse, 15 pulses/s asked for: a third of real time at best.
    EXPECT_TRUE(eventually(live, [&] { return live.snapshot().speed < 0.5; }));
    live.send({PressPedal{Pedal::released}});
    EXPECT_TRUE(eventually(live, [&] { return !live.snapshot().status.is_beam_on; }));
    // What was lost is not made up for: at most a quarter of a second, and then the clock's pace again.
    EXPECT_TRUE(eventually(live, [&] { return live.snapshot().speed > 0.7; }));
    EXPECT_LT(live.snapshot().speed, 1.35);
}

TEST(LiveSession, a_tick_that_takes_longer_than_the_limit_is_told)
{
    LiveSettings settings = patient_watchdog();
    settings.tick_limit = 60ms; // a pulse of the slow session takes 200 ms
    LiveSession live{drawn_session("slow"), {}, settings};
    live.send({PressPedal{Pedal::fluoroscopy}});
    EXPECT_TRUE(eventually(live, [&] { return live.snapshot().is_silent; }));
    live.send({PressPedal{Pedal::released}});
    EXPECT_TRUE(eventually(live, [&] { return !live.snapshot().is_silent && !live.snapshot().status.is_beam_on; }));
}

TEST(LiveSession, a_slow_frame_is_not_silence)
{
    LiveSession live{drawn_session("slow"), {}, patient_watchdog()};
    live.send({PressPedal{Pedal::fluoroscopy}});
    bool was_silent = false;
    EXPECT_TRUE(eventually(live, [&] {
        auto const now = live.snapshot();
        was_silent = was_silent || now.is_silent;
        return now.status.totals.pulses >= 4;
    }));
    EXPECT_FALSE(was_silent);
}

TEST(LiveSession, a_lost_device_ends_the_session_with_the_beam_off_and_a_reason)
{
    Log log;
    LiveSession live{drawn_session("lost"), log.hooks(), patient_watchdog()};
    live.send({PressPedal{Pedal::fluoroscopy}});
    EXPECT_TRUE(eventually(live, [&] { return !live.snapshot().is_running; }));
    auto const last = live.snapshot();
    EXPECT_FALSE(last.status.is_beam_on);
    EXPECT_EQ(last.status.air_kerma_rate_mGy_min, 0);
    EXPECT_NE(last.stopped_because.find("was lost"), std::string::npos);
    live.send({PressPedal{Pedal::fluoroscopy}}); // changes nothing, harms nothing
    EXPECT_EQ(log.pulses, 4);
}

TEST(LiveSession, a_recorder_that_fails_stops_the_session)
{
    LiveHooks hooks;
    hooks.on_step = [](Tick tick, auto const&, auto const&, auto const&) {
        if (tick == 10) throw Error{"the disk is full", Error::Kind::failed};
    };
    LiveSession live{drawn_session(), hooks, patient_watchdog()};
    EXPECT_TRUE(eventually(live, [&] { return !live.snapshot().is_running; }));
    EXPECT_EQ(live.snapshot().stopped_because, "the disk is full");
}

TEST(LiveSession, a_script_plays_until_its_end_and_leaves_the_session_running)
{
    Log log;
    LiveHooks hooks = log.hooks();
    hooks.script = [](Tick tick) {
        std::vector<Command> commands;
        if (tick == 5) commands = {PressPedal{Pedal::fluoroscopy}};
        if (tick == 60) commands = {EndSession{}};
        return commands;
    };
    LiveSession live{drawn_session(), hooks, patient_watchdog()};
    EXPECT_TRUE(live.snapshot().is_script_running);
    EXPECT_TRUE(eventually(live, [&] { return !live.snapshot().is_script_running; }));
    EXPECT_TRUE(eventually(live, [&] { return live.snapshot().status.tick > 70; }));
    auto const after = live.snapshot();
    EXPECT_TRUE(after.is_running);
    EXPECT_FALSE(after.status.is_beam_on); // what the script held down ended with it
    EXPECT_GT(after.status.totals.pulses, 0);
}

TEST(LiveSession, a_person_takes_over_from_a_script)
{
    Log log;
    LiveHooks hooks = log.hooks();
    hooks.script = [](Tick tick) {
        std::vector<Command> commands;
        if (tick == 5) commands = {PressPedal{Pedal::fluoroscopy}, JogCArm{1, 0, 0}};
        return commands;
    };
    LiveSession live{drawn_session(), hooks, patient_watchdog()};
    EXPECT_TRUE(eventually(live, [&] { return live.snapshot().status.is_beam_on; }));
    live.send({SelectPulseRate{30}});
    EXPECT_TRUE(eventually(live, [&] { return !live.snapshot().is_script_running; }));
    EXPECT_TRUE(eventually(live, [&] { return live.snapshot().are_commands_done; }));
    auto const status = live.snapshot().status;
    EXPECT_FALSE(status.is_beam_on);
    EXPECT_EQ(status.room.c_arm_jog.primary, 0);
    EXPECT_EQ(status.room.pulse_rate, 30);
}

TEST(LiveSession, lines_of_the_recorder_reach_the_person)
{
    Log log;
    log.lines = {"the video is left out"};
    LiveSession live{drawn_session(), log.hooks(), patient_watchdog()};
    std::vector<std::string> messages;
    EXPECT_TRUE(eventually(live, [&] { return !(messages = live.take_messages()).empty(); }));
    EXPECT_EQ(messages.at(0), "the video is left out");
}

TEST(LiveSession, refusals_reach_the_person)
{
    LiveSession live{drawn_session(), {}, patient_watchdog()};
    live.send({SelectField{123}}); // no such format
    std::vector<std::string> messages;
    EXPECT_TRUE(eventually(live, [&] { return !(messages = live.take_messages()).empty(); }));
}

TEST(LiveSession, a_picture_put_on_the_reference_monitor_stays_there)
{
    LiveSession live{drawn_session(), {}};
    EXPECT_FALSE(live.reference());
    live.send({StorePicture{true}});
    ASSERT_TRUE(eventually(live, [&] { return live.snapshot().reference_number == 1; }));
    auto const reference = live.reference();
    ASSERT_TRUE(reference);
    EXPECT_EQ(reference->grey.columns, 32);
    live.send({PressPedal{Pedal::fluoroscopy}});
    ASSERT_TRUE(eventually(live, [&] { return live.snapshot().picture_number > 1; }));
    EXPECT_EQ(live.snapshot().reference_number, 1u);
    EXPECT_EQ(live.reference(), reference);
}
