#include "blood/blood_stream.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/body/body.hpp>
#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>
#include <xxhash.h>

namespace fluoro {
namespace {

constexpr double tick_s = 1.0 / ticks_per_second;
/// The circulation's own steps in a tick: 4.2 ms each.
constexpr int blood_steps = 2;

/// The breath that a CT was taken in, from how low its right dome stands: at the end of quiet expiration it lies
/// before the ninth thoracic vertebra in a supine adult (typical), in a full breath before the eleventh.
double reference_dome_mm(Patient const& patient)
{
    auto const& places = patient.lumens.landmarks;
    auto const dome = places.find("diaphragm-dome-right"), level = places.find("T9");
    if (dome == places.end() || level == places.end()) return 0;
    return std::clamp(level->second.z - dome->second.z, -10.0, 60.0);
}

BodySettings seeded(BodySettings settings)
{
    settings.heart.seed = settings.breath.seed = settings.swallow.seed = settings.seed;
    return settings;
}

/// Lets the blood's pressures and volumes find their cycle in even sinus rhythm; returns the chambers' volumes at the
/// last R wave.
std::array<double, chamber_count> settle(Circulation& circulation, Heartbeat& heart)
{
    constexpr int beats = 24;
    std::array<double, chamber_count> at_r_ml{};
    for (std::int64_t last = -1; heart.now().beat < beats;) {
        circulation.advance(tick_s / blood_steps, heart.advance(tick_s / blood_steps));
        if (heart.now().beat == last) continue;
        last = heart.now().beat;
        at_r_ml = circulation.chamber_ml();
    }
    return at_r_ml;
}

Heartbeat even_heartbeat(HeartbeatSettings settings)
{
    settings.rhythm = Rhythm::sinus;
    settings.variability = settings.ectopic_share = 0;
    return Heartbeat{settings};
}

std::array<double, chamber_count> shares(std::array<double, chamber_count> const& now_ml,
                                         std::array<double, chamber_count> const& rest_ml)
{
    std::array<double, chamber_count> share{};
    for (std::size_t c = 0; c < share.size(); ++c) share[c] = rest_ml[c] > 0 ? now_ml[c] / rest_ml[c] : 1;
    return share;
}

OrganMotionSettings motion_of(Patient const& patient, BodySettings const& settings)
{
    OrganMotionSettings wanted = settings.motion;
    wanted.reference_dome_mm = settings.reference_dome_mm.value_or(reference_dome_mm(patient));
    return wanted;
}

} // namespace

struct Body::Impl {
    Impl(std::shared_ptr<Patient const> p, BodySettings const& s)
        : patient{std::move(p)}, settings{seeded(s)}, heart{settings.heart}, breathing{settings.breath},
          physiology{settings.seed}, motion{*patient, motion_of(*patient, settings)}
    {
        FLUORO_EXPECT(patient);
        if (!patient->lumens.vessels.edges.empty())
            blood.emplace(*patient, s.circulation, s.fill_spacing_mm, settings.seed);
        if (!patient->lumens.gut.edges.empty()) gullet.emplace(*patient, settings.swallow);
        aortic_node = patient->lumens.vessels.find_node("sinotubular-junction");
        status.has_pressure = blood && aortic_node;
        status.has_gullet = gullet.has_value();
        if (blood) {
            Heartbeat settling = even_heartbeat(settings.heart);
            rest_ml = settle(blood->circulation(), settling);
        }
        breathe();
    }

    void breathe()
    {
        status.breath = breathing.now();
        pose.dome_mm = status.breath.dome_mm;
        pose.dome_mm_s = status.breath.dome_mm_s;
    }
    void beat(Vec3 const& down);
    void swallow(Vec3 const& down);
    void take_pose();
    void feel();
    void watch();
    void apply_drive();
    std::optional<std::string> order_blood(BodyOrder const& order);
    std::string carry_out(BodyOrder const& order);

    std::shared_ptr<Patient const> patient;
    BodySettings settings;
    Heartbeat heart;
    Breathing breathing;
    Physiology physiology;
    OrganMotion motion;
    std::optional<BloodStream> blood;
    std::optional<Gullet> gullet;
    std::array<double, chamber_count> rest_ml{}; ///< of the chambers at the end of diastole, as the CT shows them
    double diastolic_mmhg = 80;                  ///< lowest in the aorta since the last beat
    std::optional<int> aortic_node;              ///< of the graph, where its pressure is told
    std::int64_t ticks = 0;
    int touches = 0; ///< premature beats that a tip in a ventricle has yet to provoke
    BodyDrive told;  ///< to the parts, last
    BodyPose pose;
    PressureLine line; ///< of the invasive pressure
    BeatReader reader; ///< of what it shows
    BodyStatus status;
    mutable std::shared_ptr<Displacement const> displacement; ///< of `pose`, once asked for
};

void Body::Impl::beat(Vec3 const& down)
{
    if (blood)
        blood->advance(tick_s, blood_steps, heart, down);
    else
        heart.advance(tick_s);
    // A tip that still touches the wall provokes the next beat too.
    if (heart.now().beat != status.heart.beat && heart.now().is_premature && touches > 0 && --touches > 0)
        heart.provoke();
    status.heart = heart.now();
    if (!blood) return;
    BloodStream const& b = *blood;
    status.left_ventricle_ml = b.circulation().chamber_ml()[std::size_t(Chamber::left_ventricle)];
    status.is_injecting = b.injector().is_running();
    status.injection_ml = b.injector().delivered_ml();
    status.injection_psi = status.is_injecting ? b.injector().pressure_psi() : 0;
    status.injected_ml = b.contrast().injected_ml();
    status.leaked_ml = b.stains().leaked_ml();
    status.air_ml = b.stains().air_ml();
    status.tip_blocked = b.tip_blocked();
}

void Body::Impl::swallow(Vec3 const& down)
{
    if (!gullet) return;
    gullet->advance(tick_s, down);
    SwallowPose const throat = gullet->pose();
    pose.hyoid_forward_mm = throat.hyoid_forward_mm;
    pose.hyoid_up_mm = throat.hyoid_up_mm;
    pose.epiglottis = throat.epiglottis;
    status.swallowed_ml = gullet->swallowed_ml();
    status.in_mouth_ml = gullet->in_mouth_ml();
}

void Body::Impl::take_pose()
{
    breathe();
    if (blood) {
        pose.chamber_share = shares(blood->circulation().chamber_ml(), rest_ml);
        pose.untwist = untwist_of(status.heart);
        constexpr double pulse_mmhg = 40; // a normal pulse pressure: pose.pulse is 1 there
        if (aortic_node) {
            status.aortic_mmhg = blood->circulation().pressure_mmhg()[std::size_t(*aortic_node)];
            // Creeps up to follow a diastolic pressure that rises from beat to beat.
            diastolic_mmhg = std::min(diastolic_mmhg + tick_s, status.aortic_mmhg);
            pose.pulse = (status.aortic_mmhg - diastolic_mmhg) / pulse_mmhg;
        }
    }
    bool const is_throat_still = pose.hyoid_forward_mm == 0 && pose.hyoid_up_mm == 0 && pose.epiglottis == 0;
    pose.cycle.reset();
    if (status.heart.is_regular && status.breath.is_even && is_throat_still && pose.shift_mm == Vec3{0})
        pose.cycle = Displacement::Cycle{status.heart.cycle, pose.dome_mm};
}

/// The patient as a whole: what heart, breath and blood do to him, and he to them.
void Body::Impl::feel()
{
    physiology.advance(tick_s, status.heart, status.breath, status.aortic_mmhg);
    status.signs = physiology.signs();
    pose.shift_mm = physiology.drive().shift_mm;
    constexpr int ticks_between = 12; // medicines act over seconds
    if (++ticks % ticks_between == 0) apply_drive();
}

/// Draws the monitor's curves on.
void Body::Impl::watch()
{
    status.breath_asked = breathing.asked();
    bool const is_paused = status.breath.is_held || status.breath.is_apnoea;
    status.breath_pause_s = is_paused ? status.breath_pause_s + tick_s : 0;
    MonitorCurves& curves = status.curves;
    auto const at = std::size_t(curves.taken++ % MonitorCurves::samples);
    double tip_mmhg = status.aortic_mmhg, blocked = 0, ventricle_mmhg = 0;
    if (blood) {
        tip_mmhg = blood->tip_mmhg().value_or(tip_mmhg);
        blocked = blood->tip_blocked();
        ventricle_mmhg = blood->circulation().chamber_mmhg()[std::size_t(Chamber::left_ventricle)];
    }
    curves.ecg_mv[at] = float(ecg_mv(status.heart));
    double const shown_mmhg = line.advance(tick_s, tip_mmhg, blocked, ventricle_mmhg);
    curves.pressure_mmhg[at] = float(shown_mmhg);
    if (reader.advance(tick_s, status.heart.beat, shown_mmhg)) status.line = reader.last();
    curves.dome_mm[at] = float(status.breath.dome_mm);
}

/// Tells the parts what the patient's state makes of their settings.
void Body::Impl::apply_drive()
{
    BodyDrive const& drive = physiology.drive();
    HeartbeatSettings beat = settings.heart;
    beat.rate_per_min = std::clamp(beat.rate_per_min + drive.rate_per_min, 20.0, 250.0);
    if (beat.rate_per_min != heart.settings().rate_per_min || beat.rhythm != heart.settings().rhythm ||
        beat.ectopic_share != heart.settings().ectopic_share)
        heart.change(beat);
    if (drive == told) return;
    BreathingSettings breath = settings.breath;
    breath.rate_per_min *= drive.breath_rate;
    breath.quiet_dome_mm *= drive.breath_depth;
    breath.endurance_s *= drive.endurance;
    breathing.change(breath);
    if (drive.is_apnoea != told.is_apnoea)
        breathing.command(drive.is_apnoea ? BreathCommand::stop : BreathCommand::quiet);
    if (blood) {
        CirculationSettings flow = settings.circulation;
        flow.mean_pressure_mmhg *= drive.resistance;
        flow.coronary_dilation *= drive.coronary_dilation;
        blood->circulation().change(flow);
    }
    if (gullet) {
        SwallowSettings throat = settings.swallow;
        throat.wave_strength *= 1 - drive.gut_rest;
        throat.antral_strength *= 1 - drive.gut_rest;
        gullet->change(throat);
    }
    told = drive;
}

/// What concerns the blood; nothing for other orders.
std::optional<std::string> Body::Impl::order_blood(BodyOrder const& order)
{
    auto const done = [&](char const* what, auto const* wish, auto doer) -> std::optional<std::string> {
        if (!wish) return {};
        if (!blood)
            return std::string{what} + ": this patient has no vessels; fit the anatomy to the CT first (fluorolab fit)";
        return ((*blood).*doer)(*wish);
    };
    if (auto said = done("Injection", std::get_if<Inject>(&order), &BloodStream::inject)) return said;
    if (auto said = done("Perforation", std::get_if<PerforateVessel>(&order), &BloodStream::perforate)) return said;
    if (auto said = done("Dissection", std::get_if<DissectVessel>(&order), &BloodStream::dissect)) return said;
    if (auto said = done("Air", std::get_if<InjectAir>(&order), &BloodStream::inject_air)) return said;
    if (auto said = done("Lumen", std::get_if<SetLumen>(&order), &BloodStream::set_lumen)) return said;
    auto const* tip = std::get_if<PlacePressureTip>(&order);
    auto said = done("Pressure", tip, &BloodStream::place_tip);
    if (said && said->empty()) status.line_in = tip->vessel;
    return said;
}

std::string Body::Impl::carry_out(BodyOrder const& order)
{
    if (auto const said = order_blood(order)) return *said;
    if (std::holds_alternative<StopInjection>(order) && blood) blood->stop_injection();
    if (auto const* touch = std::get_if<TouchHeart>(&order)) {
        touches = touch->beats;
        heart.provoke();
    }
    if (auto const* breath = std::get_if<Breathe>(&order)) breathing.command(breath->how);
    if (auto const* wish = std::get_if<SetHeart>(&order)) {
        HeartbeatSettings to = settings.heart;
        to.rhythm = wish->rhythm.value_or(to.rhythm);
        to.rate_per_min = wish->rate_per_min.value_or(to.rate_per_min);
        to.ectopic_share = wish->ectopic_share.value_or(to.ectopic_share);
        settings.heart = to;
        apply_drive();
    }
    if (auto const* give = std::get_if<GiveMedicine>(&order)) return physiology.give(give->name, give->mg);
    if (auto const* oxygen = std::get_if<GiveOxygen>(&order)) {
        physiology.give_oxygen(oxygen->l_min);
        status.oxygen_l_min = oxygen->l_min;
    }
    if (auto const* cause = std::get_if<CauseReaction>(&order)) physiology.begin(cause->reaction);
    if (std::holds_alternative<TakeMouthful>(order) || std::holds_alternative<SwallowNow>(order) ||
        std::holds_alternative<TakeGranules>(order)) {
        if (!gullet) return "Swallow: this patient has no gullet; fit the anatomy to the CT first (fluorolab fit)";
        if (auto const* take = std::get_if<TakeMouthful>(&order))
            gullet->take(take->volume_ml, {take->barium_g_100ml, take->viscosity_mpa_s});
        else if (auto const* granules = std::get_if<TakeGranules>(&order))
            gullet->take_granules(granules->gas_ml);
        else
            gullet->swallow();
    }
    return {};
}

Body::Body(std::shared_ptr<Patient const> patient, BodySettings const& settings)
    : impl_{std::make_unique<Impl>(std::move(patient), settings)}
{
}
Body::~Body() = default;

std::string Body::order(BodyOrder const& order)
{
    return impl_->carry_out(order);
}

void Body::advance(Vec3 const& down)
{
    Impl& i = *impl_;
    i.beat(down);
    i.breathing.advance(tick_s);
    i.swallow(down);
    i.take_pose();
    i.feel();
    i.watch();
    i.displacement.reset();
}

BodyStatus const& Body::status() const
{
    return impl_->status;
}
BodyPose const& Body::pose() const
{
    return impl_->pose;
}
OrganMotion const& Body::motion() const
{
    return impl_->motion;
}

std::shared_ptr<Displacement const> Body::displacement() const
{
    Impl const& i = *impl_;
    if (!i.displacement) i.displacement = std::make_shared<Displacement const>(i.motion.displacement(i.pose));
    // A patient without landmarks has nothing that could move.
    return i.displacement->grid.size == glm::ivec3{0} ? nullptr : i.displacement;
}

std::vector<Content> Body::contents() const
{
    Impl const& i = *impl_;
    std::vector<Content> contents;
    if (i.blood) i.blood->add_contents(contents);
    if (i.gullet)
        for (auto& content : i.gullet->contents()) contents.push_back(std::move(content));
    return contents;
}

std::uint64_t Body::state_hash() const
{
    Impl const& i = *impl_;
    std::uint64_t hash = 0; // each part's is the seed of the next
    auto const add = [&](auto const& values) {
        hash = XXH3_64bits_withSeed(values.data(), values.size() * sizeof values[0], hash);
    };
    BodyPose const& p = i.pose;
    add(std::array{p.dome_mm, p.dome_mm_s, p.untwist, p.pulse, p.hyoid_forward_mm, p.hyoid_up_mm, p.epiglottis,
                   i.status.heart.time_s, i.status.heart.cycle, i.status.heart.since_r_s});
    add(p.chamber_share);
    VitalSigns const& signs = i.physiology.signs();
    add(std::array{p.shift_mm.x, p.shift_mm.y, p.shift_mm.z, signs.spo2, signs.end_tidal_co2_mmhg, signs.pain});
    if (i.blood) {
        add(i.blood->circulation().pressure_mmhg());
        add(i.blood->circulation().flow_in_ml_s());
        add(i.blood->contrast().share());
        add(i.blood->contrast().lean());
        add(i.blood->contrast().bed_share());
        add(i.blood->room());
        add(std::array{
            i.status.leaked_ml, i.status.air_ml,
            double(i.status.curves.pressure_mmhg[std::size_t(i.status.curves.taken - 1) % MonitorCurves::samples])});
    }
    if (i.gullet)
        add(std::array{i.gullet->in_mouth_ml(), i.gullet->in_oesophagus_ml(), i.gullet->in_stomach_ml(),
                       i.gullet->gas_ml(), i.gullet->aspirated_ml(), i.gullet->left_ml(), i.gullet->tail_mm()});
    return hash;
}

Displacement displacement_at(Patient const& patient, double heart, double dome_mm)
{
    BodySettings const settings;
    BodyPose pose;
    pose.dome_mm = dome_mm;
    heart -= std::floor(heart);
    if (!patient.lumens.vessels.edges.empty()) {
        Circulation circulation{patient.lumens.vessels, settings.circulation};
        Heartbeat beating = even_heartbeat(settings.heart);
        auto const rest_ml = settle(circulation, beating);
        while (beating.now().cycle < heart)
            circulation.advance(tick_s / blood_steps, beating.advance(tick_s / blood_steps));
        pose.chamber_share = shares(circulation.chamber_ml(), rest_ml);
        pose.untwist = untwist_of(beating.now());
    }
    return OrganMotion{patient, motion_of(patient, settings)}.displacement(pose);
}

} // namespace fluoro
