// A Session without patient, physics or GPU: the real room, a drawn picture and round figures, for tests of what stands
// around a session. With SessionSettings::body a real heart beats and a real chest breathes, under a drawn pressure.
// Link it into a test program in place of the session module's own.
//
// SessionSettings::projector.device chooses how it behaves: "slow" takes 200 ms for each pulse, "lost" throws at the
// fifth pulse, anything else is quick.
#include <fluoro/core/error.hpp>
#include <fluoro/core/random.hpp>
#include <fluoro/session/session.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <numbers>
#include <thread>
#include <utility>

namespace fluoro {
namespace {

// Of one pulse; round on purpose, so that a test can count pulses by any of them.
constexpr double pulse_kerma_mGy = 0.01, pulse_kap_Gy_cm2 = 0.002;

/// Something head-like that turns with the C-arm and moves with the table: skull, brain, a row of teeth, a bead.
Picture draw(RoomState const& room, int pixels, int number)
{
    Picture picture{Image<std::uint16_t>{pixels, pixels}};
    double const pitch = room.field_mm / pixels, turn = std::sin(room.angles.primary_rad),
                 tilt = std::sin(room.angles.secondary_rad);
    double const magnification = room.source_to_detector_mm / 750;
    for (int row = 0; row < pixels; ++row)
        for (int column = 0; column < pixels; ++column) {
            double const u = (column + 0.5 - pixels / 2.0) * pitch, v = (row + 0.5 - pixels / 2.0) * pitch;
            std::uint16_t& grey = picture.grey.at(column, row);
            if (u < room.blades.left_mm || u > room.blades.right_mm || v < room.blades.top_mm ||
                v > room.blades.bottom_mm) {
                grey = 0;
                continue;
            }
            double const x = u / magnification - room.table_lateral_mm,
                         y = v / magnification + room.table_longitudinal_mm;
            auto const ball = [&](double cx, double cy, double rx, double ry) {
                double const d = std::pow((x - cx) / rx, 2) + std::pow((y - cy) / ry, 2);
                return d < 1 ? std::sqrt(1 - d) : 0.0;
            };
            double thickness =
                1.6 * ball(0, 0, 78 + 14 * std::abs(turn), 98) - 1.1 * ball(0, 0, 71 + 14 * std::abs(turn), 91);
            thickness += 0.5 * ball(28 * turn, 70 + 30 * tilt, 45, 40) + 0.4 * ball(0, 150, 40, 70);
            for (int tooth = -4; tooth <= 4; ++tooth)
                thickness += 0.35 * ball(tooth * 8.0 + 30 * turn, 68 + 0.6 * tooth * tooth + 30 * tilt, 3.4, 9);
            thickness += 2.0 * ball(40 * std::cos(room.angles.primary_rad), -30, 5, 5);
            std::uint32_t const noise =
                philox({std::uint32_t(number), std::uint32_t(row * pixels + column), 0, 0}, {1, 2})[0] >> 24;
            double const value = 3500 * std::exp(-1.1 * thickness) + (double(noise) - 128) * 1.2;
            grey = std::uint16_t(std::clamp(value, 0.0, 4095.0));
        }
    return picture;
}

/// What a monitor shows of somebody who has no body: heart and breath, a pressure that follows the beat.
class DrawnBody {
public:
    void order(Command const& command)
    {
        if (auto const* breath = std::get_if<Breathe>(&command)) breathing_.command(breath->how);
        if (auto const* heart = std::get_if<SetHeart>(&command)) {
            HeartbeatSettings to = heart_.settings();
            to.rhythm = heart->rhythm.value_or(to.rhythm);
            heart_.change(to);
        }
        if (auto const* inject = std::get_if<Inject>(&command)) {
            left_ml_ = inject->volume_ml;
            rate_ml_s_ = inject->rate_ml_s;
        }
        if (auto const* mouthful = std::get_if<TakeMouthful>(&command)) status_.in_mouth_ml += mouthful->volume_ml;
        if (std::holds_alternative<SwallowNow>(command))
            status_.swallowed_ml += std::exchange(status_.in_mouth_ml, 0.0);
        if (auto const* oxygen = std::get_if<GiveOxygen>(&command)) status_.oxygen_l_min = oxygen->l_min;
    }
    BodyStatus const& advance()
    {
        constexpr double tick_s = 1.0 / ticks_per_second;
        status_.heart = heart_.advance(tick_s);
        status_.breath = breathing_.advance(tick_s);
        status_.aortic_mmhg = 75 + 45 * std::sin(std::numbers::pi * std::pow(status_.heart.cycle, 0.5));
        double const push_ml = std::min(left_ml_, rate_ml_s_ * tick_s);
        left_ml_ -= push_ml;
        status_.injected_ml += push_ml;
        status_.is_injecting = left_ml_ > 0;
        status_.injection_psi = status_.is_injecting ? 480 : 0;
        status_.breath_asked = breathing_.asked();
        bool const is_paused = status_.breath.is_held || status_.breath.is_apnoea;
        status_.breath_pause_s = is_paused ? status_.breath_pause_s + tick_s : 0;
        status_.has_pressure = status_.has_gullet = true;
        MonitorCurves& curves = status_.curves;
        auto const at = std::size_t(curves.taken++ % MonitorCurves::samples);
        curves.ecg_mv[at] = float(ecg_mv(status_.heart));
        curves.pressure_mmhg[at] = float(status_.aortic_mmhg);
        curves.dome_mm[at] = float(status_.breath.dome_mm);
        return status_;
    }

private:
    Heartbeat heart_{{}};
    Breathing breathing_{{}};
    double left_ml_ = 0, rate_ml_s_ = 0;
    BodyStatus status_;
};

/// Tools that go as far as they are pushed and feel what is pushed: the further in, the harder.
class DrawnTools {
public:
    void order(Command const& command)
    {
        if (auto const* take = std::get_if<TakeTool>(&command)) {
            ToolStatus tool;
            tool.name = take->tool;
            auto const known = library_.find(take->tool);
            tool.title = known->title;
            tool.kind = known->kind;
            tool.access = take->access;
            tool.tip_vessel = "thoracic-aorta";
            tool.wall_stands_n = 0.4;
            status_.tools.push_back(tool);
            moves_.push_back({take->tool});
        }
        if (auto const* aim = std::get_if<AimNeedle>(&command)) {
            NeedleStatus needle;
            needle.name = aim->tool;
            needle.title = library_.find(aim->tool)->title;
            status_.needles.push_back(needle);
        }
        if (std::holds_alternative<MixCement>(command)) status_.cement.emplace();
        for (std::size_t n = 0; n < moves_.size(); ++n) {
            if (auto const* move = std::get_if<MoveTool>(&command); move && move->tool == moves_[n].tool)
                moves_[n] = *move;
            if (auto const* inflate = std::get_if<InflateBalloon>(&command); inflate && inflate->tool == moves_[n].tool)
                status_.tools[n].pressure_atm = inflate->atm;
        }
    }
    InstrumentStatus const& advance()
    {
        constexpr double tick_s = 1.0 / ticks_per_second;
        for (std::size_t n = 0; n < moves_.size(); ++n) {
            MoveTool& move = moves_[n];
            ToolState& state = status_.tools[n].state;
            double way = move.push_mm_s * tick_s, turn = move.turn_rad_s * tick_s;
            if (move.until_mm) way = std::clamp(*move.until_mm - state.inserted_mm, -std::abs(way), std::abs(way));
            if (move.until_rad) turn = std::clamp(*move.until_rad - state.turned_rad, -std::abs(turn), std::abs(turn));
            state.inserted_mm += way;
            state.turned_rad += turn;
            state.push_n = (way > 0 ? 1 : way < 0 ? -0.6 : 0.2) * (0.1 + state.inserted_mm / 500);
            state.torque_n_mm = 0.4 * state.turned_rad;
            state.tip_force_n = way > 0 ? state.inserted_mm / 500 : 0;
            status_.tools[n].tip_rest_mm = status_.tools[n].tip_mm = {0, 0, std::min(state.inserted_mm, 180.0)};
        }
        return status_;
    }

private:
    ToolLibrary library_;
    InstrumentStatus status_;
    std::vector<MoveTool> moves_;
};

} // namespace

struct Session::Impl {
    explicit Impl(SessionSettings const& s)
        : settings{s}, room{s.room, s.start, s.isocentre_mm.value_or(Vec3{0}), {100, {0, 0}}}
    {
        status.room = room.state();
        if (s.body) body.emplace();
    }
    SessionSettings settings;
    Room room;
    std::optional<DrawnBody> body;
    DrawnTools tools;
    Status status;
    Tick tick = 0, next_pulse = 0;
    bool has_ended = false;
};

Session::Session(SessionSettings const& settings) : impl_{std::make_unique<Impl>(settings)} {}
Session::~Session() = default;

Session::Step Session::step(std::vector<Command> const& commands)
{
    Impl& s = *impl_;
    Step step;
    s.status.messages.clear();
    for (Command const& command : commands) {
        if (std::holds_alternative<EndSession>(command)) s.has_ended = true;
        step.refusals.push_back(s.room.command(command));
        if (!step.refusals.back().empty()) s.status.messages.push_back(step.refusals.back());
        if (s.body) s.body->order(command);
        s.tools.order(command);
        if (auto const* store = std::get_if<StorePicture>(&command); store && store->as_reference)
            step.reference = draw(s.room.state(), s.settings.pixels, 0);
    }
    std::ranges::move(s.room.advance(), std::back_inserter(s.status.messages));
    if (s.body) s.status.body = s.body->advance();
    s.status.instruments = s.tools.advance();
    RoomState const& room = s.room.state();
    bool const was_on = s.status.is_beam_on;
    bool const is_on = room.pedal != Pedal::released;
    if (is_on && !was_on) s.next_pulse = s.tick;
    s.status.room = room;
    s.status.tick = s.tick;
    s.status.isocentre_mm = s.room.isocentre_mm();
    s.status.is_beam_on = s.status.is_live = is_on;
    s.status.air_kerma_rate_mGy_min = is_on ? pulse_kerma_mGy * room.pulse_rate * 60 : 0;
    s.status.kap_rate_Gy_cm2_min = is_on ? pulse_kap_Gy_cm2 * room.pulse_rate * 60 : 0;
    if (is_on) {
        s.status.totals.fluoroscopy_s += 1.0 / ticks_per_second;
        if (s.tick >= s.next_pulse) {
            s.next_pulse = s.tick + Tick(ticks_per_second / room.pulse_rate);
            int const number = ++s.status.totals.pulses;
            if (s.settings.projector.device == "slow") std::this_thread::sleep_for(std::chrono::milliseconds{200});
            if (s.settings.projector.device == "lost" && number == 5)
                throw Error{"the device that makes the pictures was lost", Error::Kind::failed};
            s.status.totals.air_kerma_reference_mGy += pulse_kerma_mGy;
            s.status.totals.kap_Gy_cm2 += pulse_kap_Gy_cm2;
            s.status.technique = {BeamQuality{TubeVoltage{76}, Thickness{0.3}, Thickness{0}}, TubeCurrent{62},
                                  PulseWidth{6.4}};
            Pulse pulse;
            pulse.tick = s.tick;
            pulse.number = number;
            pulse.technique = s.status.technique;
            pulse.dose = {AirKerma{pulse_kerma_mGy}, KermaArea{pulse_kap_Gy_cm2}};
            step.pulse = pulse;
            step.picture = draw(room, s.settings.pixels, number);
        }
    } else if (was_on) {
        step.picture = draw(room, s.settings.pixels, 0);
    }
    ++s.tick;
    return step;
}

Status const& Session::status() const
{
    return impl_->status;
}
bool Session::has_ended() const
{
    return impl_->has_ended;
}
std::string Session::device_name() const
{
    return "no device (drawn pictures)";
}
} // namespace fluoro
