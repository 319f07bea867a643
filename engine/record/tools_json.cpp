#include "tools_json.hpp"

#include <cmath>

namespace fluoro {
namespace {

using Json = nlohmann::ordered_json;

// JSON has no word for "not a number"; it is written as null.
void get(Json const& value, double& number)
{
    number = value.is_null() ? std::nan("") : value.get<double>();
}
template <class Value> void get(Json const& value, Value& out)
{
    out = value.get<Value>();
}
template <class Entry> void get_place(Json const& json, Entry& entry)
{
    get(json.at(0), entry.tip_x_mm);
    get(json.at(1), entry.tip_y_mm);
    get(json.at(2), entry.tip_z_mm);
}

Json json_of(ToolEntry const& tool)
{
    return {{"name", tool.name},
            {"access", tool.access},
            {"vessel", tool.vessel},
            {"inserted_mm", tool.inserted_mm},
            {"turned_deg", tool.turned_deg},
            {"tip_mm", {tool.tip_x_mm, tool.tip_y_mm, tool.tip_z_mm}},
            {"push_n", tool.push_n},
            {"torque_n_mm", tool.torque_n_mm},
            {"tip_force_n", tool.tip_force_n},
            {"peak_push_n", tool.peak_push_n},
            {"peak_torque_n_mm", tool.peak_torque_n_mm},
            {"peak_tip_force_n", tool.peak_tip_force_n},
            {"balloon_atm", tool.balloon_atm},
            {"balloon_mm", tool.balloon_mm}};
}
ToolEntry tool_of(Json const& json)
{
    ToolEntry tool;
    get(json.at("name"), tool.name);
    get(json.at("access"), tool.access);
    get(json.at("vessel"), tool.vessel);
    get(json.at("inserted_mm"), tool.inserted_mm);
    get(json.at("turned_deg"), tool.turned_deg);
    get_place(json.at("tip_mm"), tool);
    get(json.at("push_n"), tool.push_n);
    get(json.at("torque_n_mm"), tool.torque_n_mm);
    get(json.at("tip_force_n"), tool.tip_force_n);
    get(json.at("peak_push_n"), tool.peak_push_n);
    get(json.at("peak_torque_n_mm"), tool.peak_torque_n_mm);
    get(json.at("peak_tip_force_n"), tool.peak_tip_force_n);
    get(json.at("balloon_atm"), tool.balloon_atm);
    get(json.at("balloon_mm"), tool.balloon_mm);
    return tool;
}

Json json_of(NeedleEntry const& needle)
{
    return {{"name", needle.name},
            {"tissue", needle.tissue},
            {"depth_mm", needle.depth_mm},
            {"tip_mm", {needle.tip_x_mm, needle.tip_y_mm, needle.tip_z_mm}},
            {"force_n", needle.force_n},
            {"peak_force_n", needle.peak_force_n},
            {"blood_return", needle.has_blood_return}};
}
NeedleEntry needle_of(Json const& json)
{
    NeedleEntry needle;
    get(json.at("name"), needle.name);
    get(json.at("tissue"), needle.tissue);
    get(json.at("depth_mm"), needle.depth_mm);
    get_place(json.at("tip_mm"), needle);
    get(json.at("force_n"), needle.force_n);
    get(json.at("peak_force_n"), needle.peak_force_n);
    get(json.at("blood_return"), needle.has_blood_return);
    return needle;
}

} // namespace

Json json_of(ToolsEntry const& entry)
{
    Json tools = Json::array(), needles = Json::array();
    for (ToolEntry const& tool : entry.tools) tools.push_back(json_of(tool));
    for (NeedleEntry const& needle : entry.needles) needles.push_back(json_of(needle));
    return {{"event", "tools"},
            {"tick", entry.tick},
            {"pulse", entry.pulse},
            {"tools", tools},
            {"needles", needles},
            {"cement_level", entry.cement_level},
            {"cement_ml", entry.cement_ml},
            {"cement_leaked_ml", entry.cement_leaked_ml}};
}

Json json_of(BreachEntry const& entry)
{
    return {{"event", "breach"},       {"tick", entry.tick},     {"what", entry.what},
            {"tool", entry.tool},      {"vessel", entry.vessel}, {"at_mm", {entry.x_mm, entry.y_mm, entry.z_mm}},
            {"force_n", entry.force_n}};
}

ToolsEntry tools_of(Json const& json)
{
    ToolsEntry entry;
    get(json.at("tick"), entry.tick);
    get(json.at("pulse"), entry.pulse);
    for (Json const& tool : json.at("tools")) entry.tools.push_back(tool_of(tool));
    for (Json const& needle : json.at("needles")) entry.needles.push_back(needle_of(needle));
    get(json.at("cement_level"), entry.cement_level);
    get(json.at("cement_ml"), entry.cement_ml);
    get(json.at("cement_leaked_ml"), entry.cement_leaked_ml);
    return entry;
}

BreachEntry breach_of(Json const& json)
{
    BreachEntry entry;
    get(json.at("tick"), entry.tick);
    get(json.at("what"), entry.what);
    get(json.at("tool"), entry.tool);
    get(json.at("vessel"), entry.vessel);
    get(json.at("at_mm").at(0), entry.x_mm);
    get(json.at("at_mm").at(1), entry.y_mm);
    get(json.at("at_mm").at(2), entry.z_mm);
    get(json.at("force_n"), entry.force_n);
    return entry;
}

} // namespace fluoro
