#include <chrono>
#include <fluoro/core/expect.hpp>
#include <fluoro/detector/detector.hpp>
#include <fluoro/display/display.hpp>
#include <fluoro/projection/scatter_veil.hpp>
#include <fluoro/session/session.hpp>
#include <fluoro/session/staging.hpp>

namespace fluoro {
namespace {

double ms_since(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

Room make_room(SessionSettings const& settings)
{
    PatientOnTable const lying = lie_down(settings.patient->ct);
    return Room{settings.room, settings.start, settings.isocentre_mm.value_or(settings.patient->ct.grid.centre_mm()),
                lying.back_mm, lying.middle_mm};
}

} // namespace

struct Session::Impl {
    explicit Impl(SessionSettings const& s) : settings{s}, room{make_room(s)}, exposure{s.room}, projector{s.projector}
    {
    }

    SessionSettings settings;
    Room room;
    ExposureControl exposure;
    Projector projector;
    Detector detector{fluoroscopy_detector()};
    Display display;
    Status status;
    Tick next_tick = 0;
    Tick next_pulse = 0;
    Tick fluoroscopy_ticks = 0;
    int pulse_of_run = 0;
    std::optional<Scene> last_scene;
    bool ended = false;

    Scene stage(Tick tick, Technique const& technique) const;
    bool shows_same_view(Scene const& scene) const;
    Pulse fire(Tick tick, std::optional<Picture>& picture);
    std::optional<Picture> follow_pedal(Tick tick, Pedal before);
};

Scene Session::Impl::stage(Tick tick, Technique const& technique) const
{
    Scene scene;
    scene.tick = tick;
    scene.patient = settings.patient;
    scene.view = room.view();
    scene.pixels = {room.state().field_mm, settings.pixels, settings.pixels};
    scene.blades = room.open_field();
    scene.tube = room.kind().tube;
    scene.source_to_blades_mm = room.kind().source_to_blades_mm;
    scene.wedges = room.wedges();
    scene.slabs = room.table_slabs();
    if (room.state().is_grid_in) scene.grid = room.kind().grid;
    scene.exposure = {technique.quality, technique.current_time(), technique.focal_spot};
    return scene;
}

bool Session::Impl::shows_same_view(Scene const& scene) const
{
    return last_scene && last_scene->view.source_mm == scene.view.source_mm &&
           last_scene->view.detector_centre_mm == scene.view.detector_centre_mm &&
           last_scene->view.column_direction == scene.view.column_direction &&
           last_scene->view.row_direction == scene.view.row_direction &&
           last_scene->pixels.field_mm == scene.pixels.field_mm;
}

Pulse Session::Impl::fire(Tick tick, std::optional<Picture>& picture)
{
    Technique const technique = exposure.next(room.state(), pulse_of_run++);
    Scene const scene = stage(tick, technique);
    Pulse pulse;
    pulse.tick = tick;
    pulse.number = ++status.totals.pulses;
    pulse.technique = technique;
    pulse.dose = measure_pulse(scene);
    pulse.opening = scene.blades;
    pulse.field_cm2 = field_area_cm2(scene);

    auto start = std::chrono::steady_clock::now();
    Signal signal = projector.project(scene);
    add_scatter_veil(signal, scene, true);
    pulse.project_ms = ms_since(start);
    pulse.projection_times = projector.last_times();

    start = std::chrono::steady_clock::now();
    pulse.raw = detector.read_out(signal, settings.seed, std::uint32_t(pulse.number), seconds(tick));
    exposure.measured(measuring_field_mean(signal), exposure.target_absorbed_kev_mm2(room.state()), technique);
    pulse.detector_ms = ms_since(start);

    start = std::chrono::steady_clock::now();
    picture = display.process(pulse.raw, shows_same_view(scene));
    pulse.display_ms = ms_since(start);
    last_scene = scene;

    status.technique = technique;
    status.totals.air_kerma_reference_mGy += pulse.dose.reference_air_kerma.value();
    status.totals.kap_Gy_cm2 += pulse.dose.kerma_area.value();
    status.air_kerma_rate_mGy_min = pulse.dose.reference_air_kerma.value() * room.state().pulse_rate * 60;
    status.kap_rate_Gy_cm2_min = pulse.dose.kerma_area.value() * room.state().pulse_rate * 60;
    return pulse;
}

/// The picture that a change of the pedal brings: the last image hold when it is let go.
std::optional<Picture> Session::Impl::follow_pedal(Tick tick, Pedal before)
{
    Pedal const now = room.state().pedal;
    status.is_beam_on = now != Pedal::released;
    if (now == before) return {};
    if (status.is_beam_on) {
        next_pulse = tick;
        pulse_of_run = 0;
        return {};
    }
    status.is_live = false;
    status.air_kerma_rate_mGy_min = status.kap_rate_Gy_cm2_min = 0;
    return display.hold();
}

Session::Session(SessionSettings const& settings) : impl_{std::make_unique<Impl>(settings)}
{
    FLUORO_EXPECT(settings.patient && settings.pixels > 0);
    impl_->status.room = impl_->room.state();
    impl_->status.isocentre_mm = impl_->room.isocentre_mm();
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
        if (!refusal.empty()) i.status.messages.push_back(refusal);
        result.refusals.push_back(std::move(refusal));
    }
    if (i.ended && i.room.state().pedal != Pedal::released)
        if (auto const refusal = i.room.command(PressPedal{Pedal::released}); !refusal.empty())
            i.status.messages.push_back(refusal);
    for (auto& message : i.room.advance()) i.status.messages.push_back(std::move(message));

    result.picture = i.follow_pedal(tick, before);
    if (i.status.is_beam_on) {
        i.status.totals.fluoroscopy_s = seconds(++i.fluoroscopy_ticks);
        if (tick >= i.next_pulse) {
            result.pulse = i.fire(tick, result.picture);
            i.status.is_live = true;
            i.next_pulse = tick + Tick(ticks_per_second / i.room.state().pulse_rate + 0.5);
        }
    }
    i.status.room = i.room.state();
    i.status.isocentre_mm = i.room.isocentre_mm();
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
double Session::dn_per_kev_mm2()
{
    return fluoroscopy_detector().dn_per_kev_mm2;
}

} // namespace fluoro
