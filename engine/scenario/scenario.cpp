#include <fluoro/scenario/scenario.hpp>

#include "body_wish.hpp"
#include "objects.hpp"
#include "operator.hpp"
#include "tool_entries.hpp"

#include <algorithm>
#include <fluoro/anatomy/voxelise.hpp>
#include <fluoro/core/error.hpp>
#include <fluoro/instruments/tool_library.hpp>
#include <fluoro/yaml/map_reader.hpp>
#include <numbers>

namespace fluoro {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t most_pixels = 2048, least_pixels = 64;

/// A built-in name stays; a path is relative to the scenario's folder.
std::string patient_of(std::string const& written, fs::path const& file)
{
    fs::path const beside = file.parent_path() / written;
    std::error_code error;
    bool const is_path = written.find('/') != std::string::npos || written.find('.') != std::string::npos;
    return is_path || fs::exists(beside, error) ? beside.lexically_normal().string() : written;
}

/// Each value is put to the machine as the command that would ask for it.
void read_start(YamlNode const& node, RoomKind const& kind, Scenario& scenario, Problems& problems)
{
    MapReader map{node, "start", problems};
    RoomState& start = scenario.start;
    auto const set = [&](std::string const& key, double& value, double to_inside, auto command_for) {
        YamlNode const* const at = map.find(key);
        auto const number = map.number(key, -farthest_place_mm, farthest_place_mm);
        if (!number) return;
        if (std::string const why = refusal(kind, start, command_for(*number * to_inside)); !why.empty())
            problems.add(*at, why);
        else
            value = *number * to_inside;
    };
    set("lao_deg", start.angles.primary_rad, radians(1), [](double v) { return MoveCArm{v, {}, {}}; });
    set("cran_deg", start.angles.secondary_rad, radians(1), [](double v) { return MoveCArm{{}, v, {}}; });
    set("sid_mm", start.source_to_detector_mm, 1, [](double v) { return MoveCArm{{}, {}, v}; });
    set("table_longitudinal_mm", start.table_longitudinal_mm, 1, [](double v) { return MoveTable{v}; });
    set("table_lateral_mm", start.table_lateral_mm, 1, [](double v) { return MoveTable{{}, v}; });
    set("table_height_mm", start.table_height_mm, 1, [](double v) { return MoveTable{{}, {}, v}; });
    set("tilt_deg", start.table_tilt_rad, radians(1), [](double v) { return MoveTable{{}, {}, {}, v}; });
    set("turn_lao_deg", start.patient_turn_rad, radians(1), [](double v) { return MoveTable{{}, {}, {}, {}, v}; });
    if (auto const lying = map.text("lying")) {
        if (*lying != "supine" && *lying != "prone")
            problems.add(*map.find("lying"), "lying is supine or prone, not " + in_quotes(*lying));
        else if (map.find("turn_lao_deg"))
            problems.add(*map.find("lying"), "lying and turn_lao_deg say the same; keep one of them");
        start.patient_turn_rad = *lying == "prone" ? std::numbers::pi : 0;
    }
    set("field_mm", start.field_mm, 1, [](double v) { return SelectField{v}; });
    set("pulse_rate", start.pulse_rate, 1, [](double v) { return SelectPulseRate{v}; });
    if (YamlNode const* const at = map.find("isocentre_mm"))
        scenario.isocentre_mm = point_of(*at, "isocentre_mm", problems);
    if (YamlNode const* const at = map.find("isocentre")) {
        if (at->kind == YamlNode::Kind::scalar)
            scenario.isocentre = at->text;
        else
            problems.add(*at, "isocentre is a landmark's name; a point is isocentre_mm");
    }
    if (scenario.isocentre_mm && !scenario.isocentre.empty())
        problems.add(*map.find("isocentre"), "isocentre and isocentre_mm say the same; keep one of them");
    map.finish();
}

/// Drawn once, so that values which only the anatomy understands are refused here.
void read_anatomy(YamlNode const& node, Scenario& scenario, Problems& problems)
{
    auto const names = built_in_patient_names();
    if (std::ranges::find(names, scenario.patient) == names.end()) {
        problems.add(node, "anatomy belongs to a built-in patient: " + one_of(names));
        return;
    }
    BuiltInWish wish;
    PatientParameters parameters = built_in_patient(scenario.patient);
    MapReader map{node, "anatomy", problems};
    if (auto const spacing = map.number("spacing_mm", 0.2, 10)) wish.spacing_mm = *spacing;
    if (auto const region = map.text("region")) wish.region = *region;
    for (auto const& [key, value] : node.entries) {
        if (key.text == "spacing_mm" || key.text == "region") continue;
        auto const text = map.text(key.text);
        if (!text) continue;
        try {
            wish.set.push_back(key.text + "=" + *text);
            set(parameters, wish.set.back());
        } catch (Error const& wrong) {
            problems.add(value, wrong.what());
        }
    }
    map.finish();
    if (problems.count() > 0) return;
    try {
        region_named(build_anatomy(parameters).plan, wish.region);
    } catch (Error const& wrong) {
        problems.add(node, wrong.what());
    }
    scenario.anatomy = std::move(wish);
}

RoomKind room_of(Scenario& scenario, MapReader& map, Problems& problems)
{
    if (auto const name = map.text("room")) {
        try {
            RoomKind const& kind = find_room_kind(*name);
            scenario.room = *name;
            return kind;
        } catch (Error const& unknown) {
            problems.add(*map.find("room"), unknown.what());
        }
    }
    return find_room_kind(scenario.room);
}

void read_tool_files(YamlNode const& list, Scenario& scenario, ToolLibrary& tools, Problems& problems)
{
    if (list.kind != YamlNode::Kind::list) {
        problems.add(list, "tools is a list of files; write e.g. tools: [my-catheters.yaml]");
        return;
    }
    for (YamlNode const& item : list.items) {
        scenario.tool_files.push_back(scenario.file.parent_path() / item.text);
        try {
            tools.add_file(scenario.tool_files.back());
        } catch (Error const& wrong) {
            problems.add(item, wrong.what());
        }
    }
}

Scenario parse(fs::path const& path, Problems& problems)
{
    Scenario scenario;
    scenario.file = path;
    YamlNode const root = read_yaml(path, problems);
    if (problems.count() > 0 && root.kind == YamlNode::Kind::nothing) return scenario;

    MapReader map{root, "a scenario", problems};
    if (root.kind != YamlNode::Kind::map) return scenario;
    if (YamlNode const* const version = map.need("apiVersion", "apiVersion: fluorolab/v1");
        version && version->text != "fluorolab/v1")
        problems.add(*version, "this program reads apiVersion: fluorolab/v1, not " + in_quotes(version->text));
    scenario.title = map.text("title").value_or(path.stem().string());
    scenario.procedure = map.text("procedure").value_or("");
    scenario.text = map.text("text").value_or("");
    map.need("patient", "patient: adult-male");
    if (auto const patient = map.text("patient")) {
        if (patient->empty())
            problems.add(*map.find("patient"), "patient is empty; write a built-in name or the path of a CT");
        scenario.patient = patient_of(*patient, path);
    }
    if (YamlNode const* const anatomy = map.find("anatomy")) read_anatomy(*anatomy, scenario, problems);
    if (YamlNode const* const body = map.find("body")) scenario.body = read_body(*body, problems);
    RoomKind const kind = room_of(scenario, map, problems);
    double const half = kind.fields_mm.front() / 2;
    scenario.start.field_mm = kind.fields_mm.front();
    scenario.start.blades = {-half, half, -half, half};
    if (YamlNode const* const start = map.find("start")) read_start(*start, kind, scenario, problems);
    if (auto const pixels = map.whole_number("pixels", least_pixels, most_pixels)) scenario.pixels = int(*pixels);
    if (auto const seed = map.whole_number("seed", 0, std::numeric_limits<std::int64_t>::max()))
        scenario.seed = std::uint64_t(*seed);

    if (YamlNode const* const objects = map.find("objects")) scenario.objects = read_objects(*objects, problems);

    ToolLibrary tools;
    if (YamlNode const* const files = map.find("tools")) read_tool_files(*files, scenario, tools, problems);

    if (YamlNode const* const placed = map.find("tools_in"))
        scenario.tools_in = tools_in_place(*placed, tools, problems);

    if (YamlNode const* const operators = map.find("operators")) {
        if (operators->kind != YamlNode::Kind::map)
            problems.add(*operators, "operators is a map: a name, and the list of what it does");
        for (auto const& [name, list] : operators->entries) {
            Room room{kind, scenario.start, Vec3{0}, {}};
            scenario.operators[name.text] =
                operator_commands(list, "operator " + in_quotes(name.text), problems, &room, &tools, scenario.warnings);
        }
    }
    map.finish();
    return scenario;
}

} // namespace

Scenario read_scenario(fs::path const& path)
{
    Problems problems{path};
    Scenario scenario = parse(path, problems);
    problems.throw_first();
    return scenario;
}

std::vector<std::string> scenario_problems(fs::path const& path)
{
    Problems problems{path};
    parse(path, problems);
    return problems.lines();
}

std::vector<TimedCommand> read_operator(fs::path const& path)
{
    Problems problems{path};
    std::vector<std::string> warnings;
    YamlNode const root = read_yaml(path, problems);
    problems.throw_first();
    std::vector<TimedCommand> script = operator_commands(root, "an operator", problems, nullptr, nullptr, warnings);
    problems.throw_first();
    return script;
}

std::vector<TimedCommand> operator_script(Scenario const& scenario, std::string const& name_or_file)
{
    if (auto const own = scenario.operators.find(name_or_file); own != scenario.operators.end()) return own->second;
    std::error_code error;
    if (fs::is_regular_file(name_or_file, error)) return read_operator(name_or_file);
    std::vector<std::string> names;
    for (auto const& [name, script] : scenario.operators) names.push_back(name);
    throw Error{
        scenario.file.string() + ": no operator and no file called " + in_quotes(name_or_file) + "; " +
        (names.empty() ? "the scenario has no operators of its own" : "choose " + one_of(names) + ", or a YAML file")};
}

} // namespace fluoro
