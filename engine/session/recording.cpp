#include "tool_tally.hpp"

#include <fluoro/core/geometry.hpp>
#include <fluoro/display/display.hpp>
#include <fluoro/session/recording.hpp>

namespace fluoro {
namespace {

using Arguments = std::vector<std::pair<std::string, ArgumentValue>>;

void put(Arguments& arguments, char const* name, std::optional<double> const& value)
{
    if (value) arguments.emplace_back(name, *value);
}
void put_degrees(Arguments& arguments, char const* name, std::optional<double> const& radians)
{
    if (radians) arguments.emplace_back(name, degrees(*radians));
}

struct ArgumentsOf {
    Arguments operator()(PressPedal const& c) const { return {{"press", std::string{name_of(c.pedal)}}}; }
    Arguments operator()(MoveCArm const& c) const
    {
        Arguments a;
        put_degrees(a, "lao_deg", c.primary_rad);
        put_degrees(a, "cran_deg", c.secondary_rad);
        put(a, "sid_mm", c.source_to_detector_mm);
        return a;
    }
    Arguments operator()(JogCArm const& c) const
    {
        return {{"primary", c.primary}, {"secondary", c.secondary}, {"source_to_detector", c.source_to_detector}};
    }
    Arguments operator()(MoveTable const& c) const
    {
        Arguments a;
        put(a, "longitudinal_mm", c.longitudinal_mm);
        put(a, "lateral_mm", c.lateral_mm);
        put(a, "height_mm", c.height_mm);
        put_degrees(a, "tilt_deg", c.tilt_rad);
        put_degrees(a, "turn_lao_deg", c.turn_rad);
        return a;
    }
    Arguments operator()(JogTable const& c) const
    {
        return {{"longitudinal", c.longitudinal},
                {"lateral", c.lateral},
                {"height", c.height},
                {"tilt", c.tilt},
                {"turn", c.turn}};
    }
    Arguments operator()(MoveBlades const& c) const
    {
        Arguments a;
        put(a, "left_mm", c.left_mm);
        put(a, "right_mm", c.right_mm);
        put(a, "top_mm", c.top_mm);
        put(a, "bottom_mm", c.bottom_mm);
        return a;
    }
    Arguments operator()(SelectField const& c) const { return {{"field_mm", c.field_mm}}; }
    Arguments operator()(SelectPulseRate const& c) const { return {{"per_second", c.per_second}}; }
    Arguments operator()(SelectTechnique const& c) const
    {
        Arguments a{{"automatic", c.automatic}};
        if (!c.automatic) {
            a.emplace_back("voltage_kv", c.voltage_kv);
            a.emplace_back("current_ma", c.current_ma);
            a.emplace_back("pulse_ms", c.pulse_ms);
            a.emplace_back("copper_mm", c.copper_mm);
        }
        return a;
    }
    Arguments operator()(SelectProgramme const& c) const
    {
        Arguments a;
        if (c.fluoroscopy) a.emplace_back("fluoroscopy", std::string{name_of(*c.fluoroscopy)});
        if (c.acquisition) a.emplace_back("acquisition", std::string{name_of(*c.acquisition)});
        put(a, "acquisition_per_second", c.acquisition_per_second);
        return a;
    }
    Arguments operator()(SetHighLevel const& c) const { return {{"on", c.on}}; }
    Arguments operator()(LockExposure const& c) const { return {{"locked", c.locked}}; }
    Arguments operator()(PlaceGrid const& c) const { return {{"in", c.in}}; }
    Arguments operator()(MoveWedge const& c) const
    {
        Arguments a{{"wedge", double(c.wedge)}};
        put(a, "edge_mm", c.edge_mm);
        put_degrees(a, "angle_deg", c.angle_rad);
        return a;
    }
    Arguments operator()(Subtract const& c) const
    {
        Arguments a;
        if (c.on) a.emplace_back("on", *c.on);
        if (c.mask_first) a.emplace_back("mask_first", double(*c.mask_first));
        if (c.mask_frames) a.emplace_back("mask_frames", double(*c.mask_frames));
        put(a, "shift_columns", c.shift_columns);
        put(a, "shift_rows", c.shift_rows);
        if (c.peak) a.emplace_back("peak", *c.peak);
        put(a, "landmark", c.landmark);
        return a;
    }
    Arguments operator()(SetRoadMap const& c) const { return {{"on", c.on}}; }
    Arguments operator()(ShowPicture const& c) const
    {
        Arguments a;
        if (c.inverted) a.emplace_back("inverted", *c.inverted);
        put(a, "edge_gain", c.edge_gain);
        put(a, "brightness", c.brightness);
        put(a, "contrast", c.contrast);
        put(a, "zoom", c.zoom);
        put(a, "centre_column", c.centre_column);
        put(a, "centre_row", c.centre_row);
        return a;
    }
    Arguments operator()(ReviewRun const& c) const { return {{"run", double(c.run)}, {"frame", double(c.frame)}}; }
    Arguments operator()(StorePicture const& c) const { return {{"as_reference", c.as_reference}}; }
    Arguments operator()(StopMotion const&) const { return {}; }
    Arguments operator()(Inject const& c) const
    {
        return {{"through", c.through},
                {"vessel", c.vessel},
                {"along", c.along},
                {"volume_ml", c.volume_ml},
                {"rate_ml_s", c.rate_ml_s},
                {"iodine_mg_ml", c.iodine_mg_ml},
                {"rise_s", c.rise_s},
                {"pressure_psi", c.pressure_psi},
                {"catheter_inner_mm", c.catheter_inner_mm},
                {"catheter_length_mm", c.catheter_length_mm}};
    }
    Arguments operator()(StopInjection const&) const { return {}; }
    Arguments operator()(Breathe const& c) const { return {{"how", std::string{name_of(c.how)}}}; }
    Arguments operator()(SetHeart const& c) const
    {
        Arguments a;
        if (c.rhythm) a.emplace_back("rhythm", std::string{name_of(*c.rhythm)});
        put(a, "rate_per_min", c.rate_per_min);
        put(a, "ectopic_share", c.ectopic_share);
        return a;
    }
    Arguments operator()(TakeMouthful const& c) const
    {
        return {
            {"volume_ml", c.volume_ml}, {"barium_g_100ml", c.barium_g_100ml}, {"viscosity_mpa_s", c.viscosity_mpa_s}};
    }
    Arguments operator()(SwallowNow const&) const { return {}; }
    Arguments operator()(TakeGranules const& c) const { return {{"gas_ml", c.gas_ml}}; }
    Arguments operator()(GiveMedicine const& c) const { return {{"name", c.name}, {"mg", c.mg}}; }
    Arguments operator()(GiveOxygen const& c) const { return {{"l_min", c.l_min}}; }
    Arguments operator()(CauseReaction const& c) const { return {{"kind", std::string{name_of(c.reaction)}}}; }
    Arguments operator()(PerforateVessel const& c) const
    {
        return {{"number", double(c.number)},
                {"vessel", c.vessel},
                {"along", c.along},
                {"hole_mm", c.hole_mm},
                {"side", std::string{name_of(c.side)}}};
    }
    Arguments operator()(DissectVessel const& c) const
    {
        return {{"number", double(c.number)},
                {"vessel", c.vessel},
                {"from", c.from},
                {"to", c.to},
                {"depth_mm", c.depth_mm},
                {"side", std::string{name_of(c.side)}}};
    }
    Arguments operator()(InjectAir const& c) const
    {
        return {{"vessel", c.vessel}, {"along", c.along}, {"volume_ml", c.volume_ml}};
    }
    Arguments operator()(SetLumen const& c) const
    {
        Arguments a{{"number", double(c.number)}, {"vessel", c.vessel}, {"from", c.from}, {"to", c.to}};
        put(a, "at_most_mm", c.at_most_mm);
        put(a, "at_least_mm", c.at_least_mm);
        a.emplace_back("over_s", c.over_s);
        return a;
    }
    Arguments operator()(TouchHeart const& c) const { return {{"beats", double(c.beats)}}; }
    Arguments operator()(PlacePressureTip const& c) const
    {
        return {{"vessel", c.vessel}, {"along", c.along}, {"blocked", c.blocked}};
    }
    Arguments operator()(TakeTool const& c) const
    {
        return {{"tool", c.tool}, {"access", c.access}, {"flushed", c.is_flushed}};
    }
    Arguments operator()(Aspirate const& c) const { return {{"tool", c.tool}}; }
    Arguments operator()(PutToolAway const& c) const { return {{"tool", c.tool}}; }
    Arguments operator()(MoveTool const& c) const
    {
        Arguments a{{"tool", c.tool}, {"push_mm_s", c.push_mm_s}, {"turn_deg_s", degrees(c.turn_rad_s)}};
        put(a, "until_mm", c.until_mm);
        put_degrees(a, "until_deg", c.until_rad);
        if (!c.aim_at.empty()) a.emplace_back("aim_at", c.aim_at);
        if (!c.markers_at.empty()) a.emplace_back("markers_at", c.markers_at);
        if (c.until_at.empty()) return a;
        a.emplace_back("until_at", c.until_at);
        a.emplace_back("within_mm", c.within_mm);
        if (c.beyond_mm > 0) a.emplace_back("beyond_mm", c.beyond_mm);
        put_degrees(a, "astray_turn_deg", c.astray_rad);
        return a;
    }
    Arguments operator()(InflateBalloon const& c) const { return {{"tool", c.tool}, {"atm", c.atm}}; }
    Arguments operator()(AimNeedle const& c) const
    {
        Arguments a{{"tool", c.tool}};
        auto const point = [&](std::string const& what, AimPoint const& p) {
            if (!p.landmark.empty()) a.emplace_back(what, p.landmark);
            a.emplace_back(what + "_x_mm", p.offset_mm.x);
            a.emplace_back(what + "_y_mm", p.offset_mm.y);
            a.emplace_back(what + "_z_mm", p.offset_mm.z);
        };
        point("through", c.through);
        point("to", c.to);
        return a;
    }
    Arguments operator()(HammerNeedle const& c) const { return {{"tool", c.tool}, {"blow_j", c.blow_j}}; }
    Arguments operator()(MixCement const& c) const
    {
        return {{"viscosity", std::string{c.is_high_viscosity ? "high" : "low"}}};
    }
    Arguments operator()(PushCement const& c) const { return {{"tool", c.tool}, {"rate_ml_s", c.rate_ml_s}}; }
    Arguments operator()(EndSession const&) const { return {}; }
};

PulseEntry entry_of(Pulse const& pulse, RoomState const& room, BladeOpening const& open)
{
    PulseEntry entry;
    entry.tick = pulse.tick;
    entry.number = pulse.number;
    entry.kv = pulse.technique.quality.voltage.value();
    entry.ma = pulse.technique.current.value();
    entry.pulse_ms = pulse.technique.width.value();
    entry.copper_mm = pulse.technique.quality.added_copper.value();
    entry.charge_nAs = nanoampere_seconds(pulse.technique.current_time());
    entry.air_kerma_pGy = picograys(pulse.dose.reference_air_kerma);
    entry.kap_pGy_cm2 = picogray_square_centimetres(pulse.dose.kerma_area);
    // Of the patient, as the format has it: a prone one is seen from behind.
    entry.primary_deg = degrees(std::remainder(room.angles.primary_rad + room.patient_turn_rad, 2 * std::numbers::pi));
    entry.secondary_deg = degrees(room.angles.secondary_rad);
    entry.sid_mm = room.source_to_detector_mm;
    entry.table_longitudinal_mm = room.table_longitudinal_mm;
    entry.table_lateral_mm = room.table_lateral_mm;
    entry.table_height_mm = room.table_height_mm;
    entry.field_mm = room.field_mm;
    entry.blade_left_mm = open.left_mm;
    entry.blade_right_mm = open.right_mm;
    entry.blade_top_mm = open.top_mm;
    entry.blade_bottom_mm = open.bottom_mm;
    entry.field_cm2 = pulse.field_cm2;
    entry.pulse_rate = pulses_per_second(room);
    entry.programme = pulse.programme;
    entry.run = pulse.run;
    entry.dn_per_kev_mm2 = pulse.raw.dn_per_kev_mm2;
    entry.focal_spot_mm = pulse.focal_spot_mm;
    entry.is_grid_in = room.is_grid_in;
    return entry;
}

} // namespace

SessionRecorder::SessionRecorder(std::filesystem::path const& folder, RunInfo const& info,
                                 RecorderSettings const& settings)
    : recorder_{folder, info, settings}, tally_{std::make_unique<ToolTally>()}
{
}
SessionRecorder::~SessionRecorder() = default;

void SessionRecorder::step(std::vector<Command> const& commands, Session::Step const& step, Status const& status)
{
    for (std::size_t i = 0; i < commands.size(); ++i)
        recorder_.command(
            {status.tick, name_of(commands[i]), std::visit(ArgumentsOf{}, commands[i]), step.refusals[i]});
    recorder_.beam(status.tick, status.is_beam_on, status.programme);
    for (auto const& message : status.messages) recorder_.message(status.tick, message);
    if (step.pulse) recorder_.pulse(entry_of(*step.pulse, status.room, step.pulse->opening), step.pulse->raw);
    log_tools(step, status);
    if (step.picture) recorder_.picture(status.tick, to_8bit(*step.picture));
}

void SessionRecorder::log_tools(Session::Step const& step, Status const& status)
{
    tally_->add(status.instruments);
    for (BreachEntry const& breach : tally_->take_breaches(status.tick)) recorder_.breach(breach);
    bool const is_due = step.pulse || status.tick - last_tools_ >= ticks_per_second;
    if (!is_due || tally_->is_empty()) return;
    last_tools_ = status.tick;
    recorder_.tools(tally_->take(status.tick, step.pulse ? step.pulse->number : 0));
}

std::vector<std::string> SessionRecorder::finish(Tick end)
{
    return recorder_.finish(end);
}
std::vector<std::string> SessionRecorder::take_messages()
{
    return recorder_.take_messages();
}
std::filesystem::path const& SessionRecorder::folder() const
{
    return recorder_.folder();
}

} // namespace fluoro
