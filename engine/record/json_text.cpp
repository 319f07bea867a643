#include "json_text.hpp"
#include "tools_json.hpp"

#include <cmath>
#include <fluoro/core/expect.hpp>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace fluoro {
namespace {

using Json = nlohmann::ordered_json;

// A name may hold any bytes (file names do): what is not UTF-8 is shown as U+FFFD instead of losing the line.
std::string one_line(Json const& json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}
std::string pretty(Json const& json)
{
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::int64_t whole(Json const& object, char const* key)
{
    Json const& value = object.at(key);
    if (!value.is_number_integer()) throw std::runtime_error{std::string{"'"} + key + "' is not a whole number"};
    if (value.is_number_unsigned() &&
        value.get<std::uint64_t>() > std::uint64_t(std::numeric_limits<std::int64_t>::max()))
        throw std::runtime_error{std::string{"'"} + key + "' is out of range"};
    return value.get<std::int64_t>();
}

int small_whole(Json const& object, char const* key)
{
    std::int64_t const value = whole(object, key);
    if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max())
        throw std::runtime_error{std::string{"'"} + key + "' is out of range"};
    return int(value);
}

// JSON has no word for "not a number"; it is written as null.
double real_of(Json const& value)
{
    return value.is_null() ? std::nan("") : value.get<double>();
}
double real(Json const& object, char const* key)
{
    return real_of(object.at(key));
}
std::string text(Json const& object, char const* key)
{
    return object.at(key).get<std::string>();
}

Json info_object(RunInfo const& info)
{
    Json versions = Json::object();
    for (auto const& [name, version] : info.versions) versions[name] = version;
    return {{"program_version", info.program_version},
            {"versions", versions},
            {"started_utc", info.started_utc},
            {"seed", info.seed},
            {"scenario", info.scenario},
            {"operator", info.operator_name},
            {"patient", info.patient},
            {"room_kind", info.room_kind},
            {"device", info.device},
            {"columns", info.columns},
            {"rows", info.rows},
            {"ticks_per_second", ticks_per_second},
            {"command_line", info.command_line}};
}

struct ToJson {
    Json operator()(CommandEntry const& entry) const
    {
        Json arguments = Json::object();
        for (auto const& [name, value] : entry.arguments)
            arguments[name] = std::visit([](auto const& plain) { return Json(plain); }, value);
        Json json{{"event", "command"}, {"tick", entry.tick}, {"name", entry.name}, {"arguments", arguments}};
        if (!entry.refusal.empty()) json["refused"] = entry.refusal;
        return json;
    }
    Json operator()(PulseEntry const& p) const
    {
        return {{"event", "pulse"},
                {"tick", p.tick},
                {"number", p.number},
                {"kv", p.kv},
                {"ma", p.ma},
                {"pulse_ms", p.pulse_ms},
                {"copper_mm", p.copper_mm},
                {"charge_nAs", p.charge_nAs},
                {"air_kerma_reference_pGy", p.air_kerma_pGy},
                {"kap_pGy_cm2", p.kap_pGy_cm2},
                {"primary_deg", p.primary_deg},
                {"secondary_deg", p.secondary_deg},
                {"sid_mm", p.sid_mm},
                {"table_mm", {p.table_longitudinal_mm, p.table_lateral_mm, p.table_height_mm}},
                {"field_mm", p.field_mm},
                {"blades_mm", {p.blade_left_mm, p.blade_right_mm, p.blade_top_mm, p.blade_bottom_mm}},
                {"field_cm2", p.field_cm2},
                {"pulse_rate", p.pulse_rate},
                {"programme", p.programme},
                {"run", p.run},
                {"dn_per_kev_mm2", p.dn_per_kev_mm2},
                {"focal_spot_mm", p.focal_spot_mm},
                {"grid", p.is_grid_in}};
    }
    Json operator()(BeamEntry const& entry) const
    {
        Json json{{"event", "beam"}, {"tick", entry.tick}, {"on", entry.is_on}};
        if (!entry.programme.empty()) json["programme"] = entry.programme;
        return json;
    }
    Json operator()(MessageEntry const& entry) const
    {
        return {{"event", "message"}, {"tick", entry.tick}, {"text", entry.text}};
    }
    Json operator()(ToolsEntry const& entry) const { return json_of(entry); }
    Json operator()(BreachEntry const& entry) const { return json_of(entry); }
    Json operator()(EndEntry const& entry) const { return {{"event", "end"}, {"tick", entry.tick}}; }
};

CommandEntry command_of(Json const& json)
{
    CommandEntry entry{.tick = whole(json, "tick"), .name = text(json, "name"), .arguments = {}, .refusal = {}};
    Json const& arguments = json.at("arguments");
    if (!arguments.is_object()) throw std::runtime_error{"'arguments' is not an object"};
    for (auto const& [name, value] : arguments.items()) {
        if (value.is_boolean())
            entry.arguments.emplace_back(name, value.get<bool>());
        else if (value.is_string())
            entry.arguments.emplace_back(name, value.get<std::string>());
        else
            entry.arguments.emplace_back(name, real_of(value));
    }
    if (json.contains("refused")) entry.refusal = text(json, "refused");
    return entry;
}

PulseEntry pulse_of(Json const& json)
{
    Json const& table = json.at("table_mm");
    Json const& blades = json.at("blades_mm");
    PulseEntry p;
    p.tick = whole(json, "tick");
    p.number = small_whole(json, "number");
    p.kv = real(json, "kv");
    p.ma = real(json, "ma");
    p.pulse_ms = real(json, "pulse_ms");
    p.copper_mm = real(json, "copper_mm");
    p.charge_nAs = whole(json, "charge_nAs");
    p.air_kerma_pGy = whole(json, "air_kerma_reference_pGy");
    p.kap_pGy_cm2 = whole(json, "kap_pGy_cm2");
    p.primary_deg = real(json, "primary_deg");
    p.secondary_deg = real(json, "secondary_deg");
    p.sid_mm = real(json, "sid_mm");
    p.table_longitudinal_mm = real_of(table.at(0));
    p.table_lateral_mm = real_of(table.at(1));
    p.table_height_mm = real_of(table.at(2));
    p.field_mm = real(json, "field_mm");
    p.blade_left_mm = real_of(blades.at(0));
    p.blade_right_mm = real_of(blades.at(1));
    p.blade_top_mm = real_of(blades.at(2));
    p.blade_bottom_mm = real_of(blades.at(3));
    p.field_cm2 = real(json, "field_cm2");
    p.pulse_rate = real(json, "pulse_rate");
    if (!json.contains("programme")) return p; // version 1 knew fluoroscopy alone
    p.programme = text(json, "programme");
    p.run = small_whole(json, "run");
    p.dn_per_kev_mm2 = real(json, "dn_per_kev_mm2");
    p.focal_spot_mm = real(json, "focal_spot_mm");
    p.is_grid_in = json.at("grid").get<bool>();
    return p;
}

/// mGy, Gy cm2 and mAs for people, and the whole numbers that sum exactly.
void put_dose(Json& json, std::int64_t kerma_pGy, std::int64_t kap_pGy_cm2, std::int64_t charge_nAs)
{
    json["air_kerma_reference_mGy"] = air_kerma_of(kerma_pGy).value();
    json["kap_Gy_cm2"] = kerma_area_of(kap_pGy_cm2).value();
    json["mas"] = current_time_of(charge_nAs).value();
    json["air_kerma_reference_pGy"] = kerma_pGy;
    json["kap_pGy_cm2"] = kap_pGy_cm2;
    json["charge_nAs"] = charge_nAs;
}

Json press_object(PedalPress const& press)
{
    // A press too short for a pulse has no technique and no frame.
    auto const if_any = [&](auto value) { return press.pulses > 0 ? Json(value) : Json(nullptr); };
    Json json{{"start_s", seconds(press.start)},
              {"end_s", seconds(press.end)},
              {"programme", press.programme},
              {"beam_s", seconds(press.end - press.start)},
              {"closed", press.is_closed},
              {"pulses", press.pulses},
              {"frame_first", if_any(press.frame_first)},
              {"frame_last", if_any(press.frame_last)},
              {"kv", if_any(press.kv)},
              {"ma", if_any(press.ma)},
              {"pulse_ms", if_any(press.pulse_ms)},
              {"copper_mm", if_any(press.copper_mm)}};
    put_dose(json, press.air_kerma_pGy, press.kap_pGy_cm2, press.charge_nAs);
    json["primary_deg"] = if_any(press.primary_deg);
    json["primary_end_deg"] = if_any(press.primary_end_deg);
    json["secondary_deg"] = if_any(press.secondary_deg);
    json["secondary_end_deg"] = if_any(press.secondary_end_deg);
    json["sid_mm"] = if_any(press.sid_mm);
    json["sid_end_mm"] = if_any(press.sid_end_mm);
    json["field_cm2"] = if_any(press.field_cm2);
    json["pulse_rate"] = if_any(press.pulse_rate);
    return json;
}

std::int64_t whole_units(double value)
{
    FLUORO_EXPECT(std::isfinite(value) && value >= 0 && value < 0x1p53);
    return std::llround(value);
}

} // namespace

std::int64_t picograys(AirKerma kerma)
{
    return whole_units(kerma.value() * 1e9);
}
std::int64_t picogray_square_centimetres(KermaArea kerma_area)
{
    return whole_units(kerma_area.value() * 1e12);
}
std::int64_t nanoampere_seconds(CurrentTime charge)
{
    return whole_units(charge.value() * 1e6);
}
AirKerma air_kerma_of(std::int64_t picograys)
{
    return AirKerma{double(picograys) / 1e9};
}
KermaArea kerma_area_of(std::int64_t units)
{
    return KermaArea{double(units) / 1e12};
}
CurrentTime current_time_of(std::int64_t nanoampere_seconds)
{
    return CurrentTime{double(nanoampere_seconds) / 1e6};
}

std::string log_text(RunInfo const& info)
{
    Json json{{"event", "run"}, {"log_version", log_version}};
    json.update(info_object(info));
    return one_line(json);
}

std::string log_text(LogEntry const& entry)
{
    return one_line(std::visit(ToJson{}, entry));
}

RunInfo run_info_of(std::string_view line)
{
    Json const json = Json::parse(line);
    if (text(json, "event") != "run") throw std::runtime_error{"the first line does not say what was run"};
    if (std::int64_t const version = whole(json, "log_version"); version > log_version)
        throw std::runtime_error{"the log has version " + std::to_string(version) + ", this program reads up to " +
                                 std::to_string(log_version) + "; use a newer one"};
    if (whole(json, "ticks_per_second") != ticks_per_second)
        throw std::runtime_error{"the log counts other ticks per second than this program"};
    RunInfo info;
    info.program_version = text(json, "program_version");
    Json const& versions = json.at("versions");
    if (!versions.is_object()) throw std::runtime_error{"'versions' is not an object"};
    for (auto const& [name, version] : versions.items()) info.versions.emplace_back(name, version.get<std::string>());
    info.started_utc = text(json, "started_utc");
    info.seed = json.at("seed").get<std::uint64_t>();
    info.scenario = text(json, "scenario");
    info.operator_name = text(json, "operator");
    info.patient = text(json, "patient");
    info.room_kind = text(json, "room_kind");
    info.device = text(json, "device");
    info.columns = small_whole(json, "columns");
    info.rows = small_whole(json, "rows");
    info.command_line = json.at("command_line").get<std::vector<std::string>>();
    return info;
}

LogEntry log_entry_of(std::string_view line)
{
    Json const json = Json::parse(line);
    std::string const event = text(json, "event");
    if (event == "command") return command_of(json);
    if (event == "pulse") return pulse_of(json);
    if (event == "beam")
        return BeamEntry{whole(json, "tick"), json.at("on").get<bool>(),
                         json.contains("programme") ? text(json, "programme") : std::string{}};
    if (event == "message") return MessageEntry{whole(json, "tick"), text(json, "text")};
    if (event == "tools") return tools_of(json);
    if (event == "breach") return breach_of(json);
    if (event == "end") return EndEntry{whole(json, "tick")};
    throw std::runtime_error{"the event '" + event + "' is not known"};
}

std::string run_json(RunInfo const& info, RunOutcome const& outcome)
{
    Json json{{"state", outcome.is_complete ? "complete" : "incomplete"}};
    json.update(info_object(info));
    if (!outcome.ended_utc.empty()) {
        json["ended_utc"] = outcome.ended_utc;
        json["duration_s"] = seconds(outcome.end);
        json["log"] = {{"lines", outcome.log_lines}, {"checksum", hex(outcome.log_checksum)}};
        json["frames"] = outcome.frames;
        json["pictures_left_out"] = outcome.pictures_left_out;
        if (outcome.has_video) json["video_start_s"] = seconds(outcome.video_start);
        json["notes"] = outcome.notes;
        json["trouble"] = outcome.troubles;
    }
    return pretty(json);
}

std::optional<LogExtent> log_extent_of(std::string_view run_json)
{
    Json const json = Json::parse(run_json);
    if (text(json, "state") != "complete") return std::nullopt;
    Json const& log = json.at("log");
    return LogExtent{log.at("lines").get<std::size_t>(), std::stoull(text(log, "checksum"), nullptr, 16)};
}

std::string dose_json(DoseSummary const& summary)
{
    Json json{{"state", summary.is_complete ? "complete" : "incomplete"}};
    put_dose(json, summary.air_kerma_pGy, summary.kap_pGy_cm2, summary.charge_nAs);
    json["fluoroscopy_s"] = seconds(summary.fluoroscopy_ticks);
    json["acquisition_s"] = seconds(summary.acquisition_ticks);
    json["acquisition_runs"] = summary.acquisition_runs;
    json["acquisition_air_kerma_reference_mGy"] = air_kerma_of(summary.acquisition_air_kerma_pGy).value();
    json["acquisition_kap_Gy_cm2"] = kerma_area_of(summary.acquisition_kap_pGy_cm2).value();
    json["pulses"] = summary.pulses;
    json["pulses_outside_beam"] = summary.pulses_outside_beam;
    json["events"] = Json::array();
    for (PedalPress const& press : summary.presses) json["events"].push_back(press_object(press));
    return pretty(json);
}

std::string hex(std::uint64_t value)
{
    std::string digits(16, '0');
    for (std::size_t i = 16; i-- > 0; value >>= 4) digits[i] = "0123456789abcdef"[value & 15];
    return digits;
}

} // namespace fluoro
