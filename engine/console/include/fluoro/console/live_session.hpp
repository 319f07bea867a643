#pragma once
#include <chrono>
#include <cstdint>
#include <fluoro/session/session.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace fluoro {

/// What a live session does for others while it runs. Every function is called on the session's own thread.
struct LiveHooks {
    /// After every tick, in order, none left out: the tick, the commands stamped for it with their refusals in `step`,
    /// what came of it, and the status after it. All that a record needs. It may throw: the session then stops with the
    /// beam off and says why.
    std::function<void(Tick tick, std::vector<Command> const& commands, Session::Step const& step,
                       Status const& status)>
        on_step;
    /// After every on_step: lines that the recorder has for the person, e.g. of a full disk.
    std::function<std::vector<std::string>()> take_messages;
    /// A scripted operator: the commands for this tick, in place of a person's. Its EndSession ends the script and
    /// leaves the session to the person at the console; so does the person's first command.
    std::function<std::vector<Command>(Tick tick)> script;
    /// Something visible changed; at most 30 times a second. For waking the thread that shows it.
    std::function<void()> on_news;
};

struct LiveSettings {
    std::chrono::milliseconds heartbeat_limit{500}; ///< longest silence of the console before the beam is cut
    /// longest silence of the session's thread before the console lets go of everything; far above the slowest frame,
    /// the first of a software device included (4 s for a trunk of 1 mm on two cores), since no pulse is fired while a
    /// tick is under way
    std::chrono::milliseconds tick_limit{10000};
    std::chrono::milliseconds catch_up{250}; ///< a longer delay than this is given up, not caught up
};

/// What the console shows; plain values, taken at one instant.
struct LiveSnapshot {
    std::uint64_t version = 0;          ///< grows whenever something visible changed
    Status status;                      ///< after the newest tick; its messages are handed out by take_messages()
    std::uint64_t picture_number = 0;   ///< 0 = no picture yet
    std::uint64_t reference_number = 0; ///< 0 = nothing on the reference monitor yet
    RoomState pictured;                 ///< the room when the newest pulse was fired
    double speed = 1;                   ///< simulated seconds per second of the wall clock, over the last second
    bool is_script_running = false;
    bool are_commands_done = true; ///< every command sent so far has met its tick
    std::uint64_t beam_cuts = 0;   ///< how often a silent console had its beam cut
    bool is_running = true;
    bool is_silent = false;      ///< running, and no tick has ended for longer than `tick_limit`
    std::string stopped_because; ///< when not running: one line for the person; empty = it simply ended
};

/// Runs a Session on a thread of its own against the wall clock, 120 ticks a second. Where a frame takes longer than
/// its interval the session falls behind and `speed` says so. The beam ends when the console falls silent: whoever
/// shows the session calls heartbeat() all the time.
class LiveSession {
public:
    /// Throws what Session's constructor throws. `hooks` are copied.
    LiveSession(SessionSettings const& settings, LiveHooks const& hooks, LiveSettings const& live = {});
    /// Releases the pedal, lets one last tick record it, and ends the thread.
    ~LiveSession();
    LiveSession(LiveSession const&) = delete;
    LiveSession& operator=(LiveSession const&) = delete;

    /// In order, all at the next tick.
    void send(std::vector<Command> const& commands);
    void heartbeat();
    LiveSnapshot snapshot() const;
    /// The newest picture; nothing before the first pulse. Its number is the snapshot's or newer.
    std::shared_ptr<Picture const> picture() const;
    /// What the reference monitor shows; nothing before the first picture was put there.
    std::shared_ptr<Picture const> reference() const;
    /// Lines for the person since the last call: refusals, limits, why the beam was cut.
    std::vector<std::string> take_messages();
    std::string device_name() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace fluoro
