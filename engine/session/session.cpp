#include "body_staging.hpp"
#include "picture_desk.hpp"
#include "tool_staging.hpp"

#include <chrono>
#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>
#include <fluoro/detector/detector.hpp>
#include <fluoro/projection/live_scatter.hpp>
#include <fluoro/session/measuring_field.hpp>
#include <fluoro/session/session.hpp>
#include <fluoro/session/staging.hpp>
#include <fluoro/transport/live_monte_carlo.hpp>

namespace fluoro {
namespace {

/// Of a press of the fluoroscopy pedal: so many pulses may be left unshown while they are below this share of the
/// detector's target.
constexpr int blanked_pulses = 4;
constexpr double least_shown = 0.1;

double ms_since(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

Room make_room(SessionSettings const& settings)
{
    return Room{settings.room, settings.start, settings.isocentre_mm.value_or(settings.patient->ct.grid.centre_mm()),
                lie_down(settings.patient->ct)};
}

/// What the display has to know of a frame.
FrameKind kind_of(ExposureMode mode)
{
    return !is_acquisition(mode)       ? FrameKind::fluoroscopy
           : mode == ExposureMode::dsa ? FrameKind::dsa
                                       : FrameKind::cine;
}

ReadOut read_out_of(ExposureMode mode)
{
    switch (mode) {
    case ExposureMode::cine:
    case ExposureMode::road_map: // as much dose in a frame: fluoroscopy's converter would clip inside the patient
        return ReadOut::cine;
    case ExposureMode::dsa:
        return ReadOut::dsa;
    case ExposureMode::single:
        return ReadOut::single;
    default:
        return ReadOut::fluoroscopy;
    }
}

} // namespace

struct Session::Impl {
    explicit Impl(SessionSettings const& s)
        : settings{s}, room{make_room(s)}, instruments{s.patient,
                                                       s.tools ? s.tools : std::make_shared<ToolLibrary const>(),
                                                       s.seed},
          exposure{s.room}, projector{s.projector}, desk{s.pixels}
    {
        if (s.body) {
            BodySettings living = *s.body;
            living.seed = s.seed;
            body.emplace(s.patient, living);
        }
        if (auto refusal = instruments.begin(s.tools_in, body ? &*body : nullptr); !refusal.empty())
            throw Error{"tools_in: " + refusal};
        // Before the clock starts: the first pulse is to take no longer than others.
        projector.prepare(s.patient);
        scatter.prepare(s.patient);
        if (s.scatter == ScatterMethod::kernels) return;
        LiveMonteCarloSettings live;
        live.device.device = s.projector.device;
        live.seed = s.seed;
        photons.emplace(live);
    }

    SessionSettings settings;
    Room room;
    std::optional<Body> body;
    Instruments instruments;
    std::vector<BodyOrder> effects; ///< of the tools on the body, in a tick
    ExposureControl exposure;
    Projector projector;
    LiveScatter scatter;
    std::optional<LiveMonteCarlo> photons; ///< empty: kernels alone
    Detector detector{flat_panel(ReadOut::fluoroscopy)};
    PictureDesk desk;
    Status status;
    Tick next_tick = 0;
    Tick next_pulse = 0;
    Tick fluoroscopy_ticks = 0, acquisition_ticks = 0;
    int pulse_of_run = 0;
    double body_ms = 0;             ///< since the last pulse
    std::vector<FilledCloud> spare; ///< clouds of the last scene
    /// That the display has seen last.
    struct Seen {
        View view;
        double field_mm;
    };
    std::optional<Seen> last_seen;
    bool ended = false;

    Scene stage(Tick tick, Technique const& technique);
    bool shows_same_view(Scene const& scene) const;
    void add_scatter(Signal& signal, Scene const& scene);
    Pulse fire(Tick tick, std::optional<Picture>& picture);
    std::optional<Picture> follow_pedal(Tick tick, Pedal before);
    std::string order_body(Command const& command);
    std::string order_tools(Command const& command);
    void live();
    void count_beam_time();
    void tell_status();
};

Scene Session::Impl::stage(Tick tick, Technique const& technique)
{
    Scene scene;
    scene.tick = tick;
    scene.patient = settings.patient;
    scene.view = room.view();
    scene.pixels = {room.state().field_mm, settings.pixels, settings.pixels};
    scene.tube = room.kind().tube;
    scene.blades = room.open_field();
    scene.source_to_blades_mm = room.kind().source_to_blades_mm;
    scene.wedges = room.wedges();
    scene.slabs = room.table_slabs();
    PlacedObjects objects = place(settings.objects, tick);
    scene.fillings = std::move(objects.fillings);
    scene.tubes = std::move(objects.tubes);
    if (room.state().is_grid_in) scene.grid = room.kind().grid;
    scene.exposure = {technique.quality, technique.current_time(), technique.focal_spot};
    if (body) stage_body(*body, spare, scene);
    stage_tools(instruments.picture(body ? &*body : nullptr), technique.width.value() / 1000, scene);
    return scene;
}

bool Session::Impl::shows_same_view(Scene const& scene) const
{
    return last_seen && last_seen->view.source_mm == scene.view.source_mm &&
           last_seen->view.detector_centre_mm == scene.view.detector_centre_mm &&
           last_seen->view.column_direction == scene.view.column_direction &&
           last_seen->view.row_direction == scene.view.row_direction && last_seen->field_mm == scene.pixels.field_mm;
}

/// Followed photons take the kernels' place as they become sure: at equal errors each has half of the weight.
void Session::Impl::add_scatter(Signal& signal, Scene const& scene)
{
    scatter.add(signal, scene);
    if (!photons) return;
    constexpr double kernel_error = 0.1; // of the mean over the field: docs/theory/live-scatter.md
    ScatterPicture const followed = photons->accumulate(scene, settings.histories_per_pulse);
    double const ratio = followed.relative_error / kernel_error;
    float const weight = float(1 / (1 + ratio * ratio));
    auto const blend = [weight](Image<float>& kernels, Image<float> const& counted) {
        for (std::size_t i = 0; i < kernels.values.size(); ++i)
            kernels.values[i] += weight * (counted.values[i] - kernels.values[i]);
    };
    blend(signal.scatter, followed.mean_kev_mm2);
    blend(signal.scatter_second_moment, followed.second_kev2_mm2);
}

Pulse Session::Impl::fire(Tick tick, std::optional<Picture>& picture)
{
    RoomState const& state = room.state();
    ExposureMode const mode = exposure_mode(state);
    Technique const technique = exposure.next(state, pulse_of_run);
    auto start = std::chrono::steady_clock::now();
    Scene scene = stage(tick, technique);
    Pulse pulse;
    pulse.body_ms = body_ms + ms_since(start);
    body_ms = 0;
    pulse.tick = tick;
    pulse.number = ++status.totals.pulses;
    pulse.programme = name_of(mode);
    pulse.frame_of_run = pulse_of_run + 1;
    pulse.focal_spot_mm = scene.focal_spot_mm();
    pulse.technique = technique;
    pulse.dose = measure_pulse(scene);
    pulse.opening = scene.blades;
    pulse.field_cm2 = field_area_cm2(scene);

    start = std::chrono::steady_clock::now();
    Signal signal = projector.project(scene);
    pulse.project_ms = ms_since(start);
    pulse.projection_times = projector.last_times();

    start = std::chrono::steady_clock::now();
    add_scatter(signal, scene);
    pulse.scatter_ms = ms_since(start);

    start = std::chrono::steady_clock::now();
    detector.select(detector_mode(read_out_of(mode)));
    pulse.raw = detector.read_out(signal, settings.seed, std::uint32_t(pulse.number), seconds(tick));
    double const reading = measuring_field_mean(signal, room.kind().exposure.measuring_field_share,
                                                pulse.raw.saturation / pulse.raw.dn_per_kev_mm2);
    exposure.measured(state, pulse_of_run, reading, technique);
    pulse.detector_ms = ms_since(start);

    start = std::chrono::steady_clock::now();
    // The first pulses feel their way up from a dose that would show nothing but noise.
    bool const is_blanked = state.technique.automatic && pulse_of_run < blanked_pulses && !is_acquisition(mode) &&
                            reading < least_shown * exposure.target_absorbed_kev_mm2(state);
    if (!is_blanked) {
        picture = desk.process(pulse.raw, {kind_of(mode), shows_same_view(scene), pulse.frame_of_run, seconds(tick)});
        last_seen = Seen{scene.view, scene.pixels.field_mm};
    }
    pulse.display_ms = ms_since(start);
    if (is_acquisition(mode)) {
        pulse.run = desk.newest_run();
        if (pulse_of_run == 0) ++status.totals.acquisition_runs;
    }
    ++pulse_of_run;
    spare = std::move(scene.clouds);

    status.technique = technique;
    status.totals.air_kerma_reference_mGy += pulse.dose.reference_air_kerma.value();
    status.totals.kap_Gy_cm2 += pulse.dose.kerma_area.value();
    double const per_minute = 60 * pulses_per_second(state);
    status.air_kerma_rate_mGy_min = pulse.dose.reference_air_kerma.value() * per_minute;
    status.kap_rate_Gy_cm2_min = pulse.dose.kerma_area.value() * per_minute;
    return pulse;
}

/// The picture that a change of the pedal brings: the last image hold when it is let go.
std::optional<Picture> Session::Impl::follow_pedal(Tick tick, Pedal before)
{
    Pedal const now = room.state().pedal;
    status.is_beam_on = now != Pedal::released;
    if (now == before) return {};
    std::optional<Picture> held;
    if (before != Pedal::released) held = desk.hold(); // the run is over, whatever comes next
    if (status.is_beam_on) {
        next_pulse = tick;
        pulse_of_run = 0;
        return {};
    }
    status.is_live = false;
    status.air_kerma_rate_mGy_min = status.kap_rate_Gy_cm2_min = 0;
    return held;
}

/// Why the patient's body cannot do what is asked; empty = done, or nothing of the body's.
std::string Session::Impl::order_body(Command const& command)
{
    return std::visit(
        [this](auto const& c) -> std::string {
            if constexpr (std::is_constructible_v<BodyOrder, decltype(c)>) {
                if (!body) return "The patient is a still picture: the session runs without a living body";
                if constexpr (std::is_same_v<std::decay_t<decltype(c)>, Inject>)
                    if (!c.through.empty()) {
                        Inject aimed = c;
                        std::string refusal = instruments.aim_injection(c.through, aimed);
                        return refusal.empty() ? body->order(aimed) : refusal;
                    }
                return body->order(c);
            } else {
                return {};
            }
        },
        command);
}

std::string Session::Impl::order_tools(Command const& command)
{
    return std::visit(
        [this](auto const& c) -> std::string {
            if constexpr (std::is_constructible_v<ToolOrder, decltype(c)>)
                return instruments.order(c);
            else
                return {};
        },
        command);
}

/// One tick of the patient's life, and of the tools in him.
void Session::Impl::live()
{
    auto const start = std::chrono::steady_clock::now();
    effects.clear();
    instruments.advance(body ? &*body : nullptr, effects);
    status.instruments = instruments.status();
    for (std::string const& note : status.instruments.notes) status.messages.push_back(note);
    if (body) {
        for (BodyOrder const& effect : effects)
            if (auto refusal = body->order(effect); !refusal.empty()) status.messages.push_back(std::move(refusal));
        body->advance(room.down());
        status.body = body->status();
    }
    body_ms += ms_since(start);
}

void Session::Impl::count_beam_time()
{
    if (room.state().pedal == Pedal::fluoroscopy)
        status.totals.fluoroscopy_s = seconds(++fluoroscopy_ticks);
    else
        status.totals.acquisition_s = seconds(++acquisition_ticks);
}

void Session::Impl::tell_status()
{
    RoomState const& state = room.state();
    status.room = state;
    status.isocentre_mm = room.isocentre_mm();
    status.programme = status.is_beam_on ? name_of(exposure_mode(state)) : std::string_view{};
    status.is_high_level_tone = is_high_level_tone(state);
    status.is_technique_frozen = exposure.is_held(state, pulse_of_run);
    TubeLoad const load = exposure.tube_load(state);
    status.anode_heat = load.anode_heat_share;
    status.is_tube_hot = load.is_warning;
    status.picture = desk.state();
}

Session::Session(SessionSettings const& settings) : impl_{std::make_unique<Impl>(settings)}
{
    FLUORO_EXPECT(settings.patient && settings.pixels > 0);
    impl_->tell_status();
}
Session::~Session() = default;

Session::Step Session::step(std::vector<Command> const& commands)
{
    Impl& i = *impl_;
    Tick const tick = i.next_tick++;
    i.status.tick = tick;
    i.status.messages.clear();
    Step result;
    Pedal const before = i.room.state().pedal;
    for (auto const& command : commands) {
        if (std::holds_alternative<EndSession>(command)) i.ended = true;
        std::string refusal = i.room.command(command);
        if (refusal.empty()) refusal = i.desk.command(command, tick);
        if (refusal.empty()) refusal = i.order_body(command);
        if (refusal.empty()) refusal = i.order_tools(command);
        if (!refusal.empty()) i.status.messages.push_back(refusal);
        result.refusals.push_back(std::move(refusal));
    }
    if (i.ended && i.room.state().pedal != Pedal::released)
        if (auto const refusal = i.room.command(PressPedal{Pedal::released}); !refusal.empty())
            i.status.messages.push_back(refusal);
    for (auto& message : i.room.advance()) i.status.messages.push_back(std::move(message));
    i.exposure.rest(1.0 / ticks_per_second);
    i.live();

    result.picture = i.follow_pedal(tick, before);
    if (i.status.is_beam_on) {
        i.count_beam_time();
        if (tick >= i.next_pulse && fires(i.room.state(), i.pulse_of_run)) {
            result.pulse = i.fire(tick, result.picture);
            i.status.is_live = i.status.is_live || result.picture;
            i.next_pulse = tick + Tick(ticks_per_second / pulses_per_second(i.room.state()) + 0.5);
        }
    } else if (auto changed = i.desk.refreshed(tick)) {
        result.picture = std::move(changed);
    }
    result.reference = i.desk.take_reference();
    i.tell_status();
    return result;
}

Status const& Session::status() const
{
    return impl_->status;
}
bool Session::has_ended() const
{
    return impl_->ended;
}
std::string Session::device_name() const
{
    return impl_->projector.device_name();
}

} // namespace fluoro
