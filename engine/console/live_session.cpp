#include <fluoro/console/live_session.hpp>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <exception>
#include <iterator>
#include <mutex>
#include <thread>
#include <tuple>
#include <utility>

namespace fluoro {
namespace {

using WallClock = std::chrono::steady_clock;
constexpr WallClock::duration tick_length = std::chrono::nanoseconds{1'000'000'000 / ticks_per_second};
// A redraw costs the simulation processor time: pictures, the lamp and messages at once, creeping figures when they can
// wait.
constexpr WallClock::duration urgent_interval = std::chrono::milliseconds{33};
constexpr WallClock::duration news_interval = std::chrono::milliseconds{80};

bool looks_different(Status const& a, Status const& b)
{
    auto const room = [](RoomState const& s) {
        return std::tuple{s.angles.primary_rad,
                          s.angles.secondary_rad,
                          s.source_to_detector_mm,
                          s.table_longitudinal_mm,
                          s.table_lateral_mm,
                          s.table_height_mm,
                          s.table_tilt_rad,
                          s.patient_turn_rad,
                          s.blades.left_mm,
                          s.blades.right_mm,
                          s.blades.top_mm,
                          s.blades.bottom_mm,
                          s.field_mm,
                          s.pulse_rate,
                          s.pedal,
                          s.technique.automatic,
                          s.fluoroscopy_level,
                          s.acquisition_kind,
                          s.acquisition_per_second,
                          s.is_high_level,
                          s.is_exposure_locked,
                          s.is_grid_in,
                          s.wedges[0].edge_mm,
                          s.wedges[0].angle_rad,
                          s.wedges[1].edge_mm,
                          s.wedges[1].angle_rad,
                          s.is_moving};
    };
    auto const dose = [](Status const& s) {
        return std::tuple{s.is_beam_on,
                          s.is_live,
                          s.is_high_level_tone,
                          s.is_technique_frozen,
                          std::floor(100 * s.anode_heat),
                          s.is_tube_hot,
                          s.picture,
                          s.totals.pulses,
                          std::floor(s.totals.fluoroscopy_s),
                          s.air_kerma_rate_mGy_min,
                          s.kap_rate_Gy_cm2_min};
    };
    // A hand sees millimetres and hundredths of a newton.
    auto const hands = [](Status const& s) {
        double sum = double(s.instruments.breaches.size());
        for (ToolStatus const& tool : s.instruments.tools)
            sum += 1e3 + std::floor(tool.state.inserted_mm) + 1e-2 * std::floor(50 * tool.state.turned_rad) +
                   1e-4 * std::floor(50 * tool.state.push_n) + 1e-6 * std::floor(10 * tool.pressure_atm);
        for (NeedleStatus const& needle : s.instruments.needles)
            sum += 1e3 + std::floor(10 * needle.depth_mm) + 1e-3 * std::floor(5 * needle.force_n);
        return sum + (s.instruments.cement ? std::floor(s.instruments.cement->age_s) : 0);
    };
    // A living patient's curves move on with every tick.
    bool const is_body_moved = b.body && (!a.body || a.body->curves.taken != b.body->curves.taken);
    return is_body_moved || room(a.room) != room(b.room) || dose(a) != dose(b) || hands(a) != hands(b);
}

} // namespace

struct LiveSession::Impl {
    Impl(SessionSettings const& settings, LiveHooks hooks_, LiveSettings const& live_)
        : session{settings}, hooks{std::move(hooks_)}, live{live_}, device{session.device_name()}
    {
        shared.status = session.status();
        shared.status.messages.clear();
        shared.pictured = shared.status.room;
        shared.is_script_running = bool(hooks.script);
        last_heartbeat = last_tick = WallClock::now();
        thread = std::thread{[this] { run(); }};
    }

    // What the two threads share; guarded by `mutex`.
    mutable std::mutex mutex;
    std::condition_variable stop_asked;
    bool is_stopping = false;
    std::vector<Command> waiting;
    std::size_t taken = 0; ///< commands that the tick under way has taken from `waiting`
    LiveSnapshot shared;
    std::shared_ptr<Picture const> newest, newest_reference;
    std::vector<std::string> messages;
    WallClock::time_point last_heartbeat, last_tick;

    // The session thread's own.
    Session session;
    LiveHooks hooks;
    LiveSettings live;
    std::string device;
    Tick tick = 0;
    bool is_pedal_down = false;
    std::vector<std::string> moving_tools; ///< that hands push or turn without an end
    bool has_untold_news = false, has_urgent_news = false;
    WallClock::time_point last_news{};

    std::thread thread; // last: it starts when all above is there

    void run();
    void play();
    std::vector<Command> next_commands(WallClock::time_point now);
    void end_script(std::vector<Command>& commands);
    void note_held(std::vector<Command> const& commands);
    void step(std::vector<Command> const& commands);
    void tell_news();
};

void LiveSession::Impl::note_held(std::vector<Command> const& commands)
{
    for (Command const& command : commands) {
        if (auto const* press = std::get_if<PressPedal>(&command)) is_pedal_down = press->pedal != Pedal::released;
        auto const* move = std::get_if<MoveTool>(&command);
        if (!move) continue;
        std::erase(moving_tools, move->tool);
        bool const is_endless =
            (move->push_mm_s != 0 && !move->until_mm) || (move->turn_rad_s != 0 && !move->until_rad);
        if (is_endless) moving_tools.push_back(move->tool);
    }
}

/// What the script still holds down or turns ends with it, before anything else in `commands`.
void LiveSession::Impl::end_script(std::vector<Command>& commands)
{
    std::vector<Command> ends{PressPedal{Pedal::released}, StopMotion{}};
    for (std::string const& tool : moving_tools) ends.emplace_back(MoveTool{tool});
    commands.insert(commands.begin(), ends.begin(), ends.end());
    hooks.script = nullptr;
    std::lock_guard const lock{mutex};
    shared.is_script_running = false;
    messages.emplace_back("The demonstration has ended: the console is yours.");
}

std::vector<Command> LiveSession::Impl::next_commands(WallClock::time_point now)
{
    std::vector<Command> commands;
    WallClock::duration silence{};
    {
        std::lock_guard const lock{mutex};
        commands.swap(waiting);
        taken = commands.size();
        silence = now - last_heartbeat;
    }
    if (hooks.script && !commands.empty()) end_script(commands);
    if (hooks.script) {
        commands = hooks.script(tick);
        auto const end = std::find_if(commands.begin(), commands.end(),
                                      [](Command const& c) { return std::holds_alternative<EndSession>(c); });
        if (end != commands.end()) {
            commands.clear();
            end_script(commands);
        }
    }
    note_held(commands);
    if ((is_pedal_down || !moving_tools.empty()) && silence > live.heartbeat_limit) {
        commands.insert(commands.end(), {PressPedal{Pedal::released}, JogCArm{}, JogTable{}});
        for (std::string const& tool : moving_tools) commands.emplace_back(MoveTool{tool});
        is_pedal_down = false;
        moving_tools.clear();
        std::lock_guard const lock{mutex};
        ++shared.beam_cuts;
        has_urgent_news = true;
        messages.emplace_back("Beam off, hands still: the window stopped responding. Press the pedal again to go on.");
    }
    return commands;
}

void LiveSession::Impl::step(std::vector<Command> const& commands)
{
    Session::Step const result = session.step(commands);
    Status const& status = session.status();
    std::vector<std::string> lines = status.messages;
    if (hooks.on_step) hooks.on_step(tick, commands, result, status);
    if (hooks.take_messages) std::ranges::move(hooks.take_messages(), std::back_inserter(lines));
    ++tick;

    std::lock_guard const lock{mutex};
    has_urgent_news = has_urgent_news || result.picture || result.reference || !lines.empty() ||
                      status.is_beam_on != shared.status.is_beam_on;
    has_untold_news = has_untold_news || has_urgent_news || looks_different(shared.status, status);
    shared.status = status;
    shared.status.messages.clear();
    if (result.pulse) shared.pictured = status.room;
    if (result.picture) {
        newest = std::make_shared<Picture const>(*result.picture);
        ++shared.picture_number;
    }
    if (result.reference) {
        newest_reference = std::make_shared<Picture const>(*result.reference);
        ++shared.reference_number;
    }
    std::ranges::move(lines, std::back_inserter(messages));
    taken = 0;
    last_tick = WallClock::now();
}

void LiveSession::Impl::tell_news()
{
    auto const now = WallClock::now();
    if (!has_untold_news || now - last_news < (has_urgent_news ? urgent_interval : news_interval)) return;
    has_untold_news = has_urgent_news = false;
    last_news = now;
    {
        std::lock_guard const lock{mutex};
        ++shared.version;
    }
    if (hooks.on_news) hooks.on_news();
}

void LiveSession::Impl::play()
{
    auto due = WallClock::now();
    auto window_start = due;
    Tick window_tick = tick;
    while (!session.has_ended()) {
        {
            std::unique_lock lock{mutex};
            if (stop_asked.wait_until(lock, due, [this] { return is_stopping; })) break;
        }
        auto const now = WallClock::now();
        step(next_commands(now));
        tell_news();

        due += tick_length;
        auto const after = WallClock::now();
        if (after - due > live.catch_up) due = after - live.catch_up;
        if (after - window_start >= std::chrono::seconds{1}) {
            std::chrono::duration<double> const passed = after - window_start;
            std::lock_guard const lock{mutex};
            shared.speed = seconds(tick - window_tick) / passed.count();
            ++shared.version;
            window_start = after;
            window_tick = tick;
        }
    }
    if (is_pedal_down && !session.has_ended()) step({PressPedal{Pedal::released}, StopMotion{}});
}

void LiveSession::Impl::run()
{
    std::string reason;
    try {
        play();
    } catch (std::exception const& error) {
        reason = error.what();
    }
    {
        std::lock_guard const lock{mutex};
        shared.is_running = false;
        shared.is_script_running = false;
        shared.stopped_because = reason;
        // No tick follows, so no pulse follows.
        shared.status.is_beam_on = shared.status.is_live = false;
        shared.status.air_kerma_rate_mGy_min = shared.status.kap_rate_Gy_cm2_min = 0;
        ++shared.version;
    }
    if (hooks.on_news) hooks.on_news();
}

LiveSession::LiveSession(SessionSettings const& settings, LiveHooks const& hooks, LiveSettings const& live)
    : impl_{std::make_unique<Impl>(settings, hooks, live)}
{
}

LiveSession::~LiveSession()
{
    {
        std::lock_guard const lock{impl_->mutex};
        impl_->is_stopping = true;
    }
    impl_->stop_asked.notify_one();
    impl_->thread.join();
}

void LiveSession::send(std::vector<Command> const& commands)
{
    std::lock_guard const lock{impl_->mutex};
    impl_->waiting.insert(impl_->waiting.end(), commands.begin(), commands.end());
}

void LiveSession::heartbeat()
{
    std::lock_guard const lock{impl_->mutex};
    impl_->last_heartbeat = WallClock::now();
}

LiveSnapshot LiveSession::snapshot() const
{
    std::lock_guard const lock{impl_->mutex};
    LiveSnapshot snapshot = impl_->shared;
    snapshot.are_commands_done = impl_->waiting.empty() && impl_->taken == 0;
    snapshot.is_silent = snapshot.is_running && WallClock::now() - impl_->last_tick > impl_->live.tick_limit;
    return snapshot;
}

std::shared_ptr<Picture const> LiveSession::picture() const
{
    std::lock_guard const lock{impl_->mutex};
    return impl_->newest;
}

std::shared_ptr<Picture const> LiveSession::reference() const
{
    std::lock_guard const lock{impl_->mutex};
    return impl_->newest_reference;
}

std::vector<std::string> LiveSession::take_messages()
{
    std::lock_guard const lock{impl_->mutex};
    return std::exchange(impl_->messages, {});
}

std::string LiveSession::device_name() const
{
    return impl_->device;
}

} // namespace fluoro
