#include "tool_entries.hpp"

#include "objects.hpp"

#include <algorithm>
#include <fluoro/core/error.hpp>

namespace fluoro {
namespace {

std::optional<std::string> tool_of(MapReader& map)
{
    map.need("tool", "tool: jl4-5f");
    return map.text("tool");
}

/// `through: pedicle-right-L1` or `through: [-15, 31, 69]`, with `through_offset_mm: [0, 0, 2]`.
std::optional<AimPoint> aim_point(MapReader& map, std::string const& key, Problems& problems)
{
    YamlNode const* const at = map.need(key, key + ": L1");
    if (!at) return {};
    AimPoint point;
    if (at->kind == YamlNode::Kind::list) {
        auto const place = point_of(*at, key, problems);
        if (!place) return {};
        point.offset_mm = *place;
    } else {
        auto const landmark = map.text(key);
        if (!landmark) return {};
        point.landmark = *landmark;
    }
    if (YamlNode const* const offset = map.find(key + "_offset_mm")) {
        auto const way = point_of(*offset, key + "_offset_mm", problems);
        if (!way) return {};
        point.offset_mm += *way;
    }
    return point;
}

} // namespace

void check_tool(Command const& command, ToolLibrary const& tools, YamlNode const& entry, Problems& problems)
{
    std::string name;
    if (auto const* take = std::get_if<TakeTool>(&command)) name = take->tool;
    if (auto const* aim = std::get_if<AimNeedle>(&command)) name = aim->tool;
    if (name.empty()) return;
    try {
        (void)tools.find(name);
    } catch (Error const& unknown) {
        problems.add(entry, unknown.what());
    }
}

std::vector<ToolInPlace> tools_in_place(YamlNode const& list, ToolLibrary const& tools, Problems& problems)
{
    std::vector<ToolInPlace> placed;
    if (list.kind != YamlNode::Kind::list) {
        problems.add(list, "tools_in is a list; write e.g. - {tool: ebu3.5-6f, access: right-femoral, to: left-main}");
        return placed;
    }
    for (YamlNode const& item : list.items) {
        MapReader map{item, "a tool that lies in", problems};
        if (item.kind != YamlNode::Kind::map) continue;
        auto const tool = tool_of(map);
        map.need("access", "access: right-femoral");
        auto const access = map.text("access");
        ToolInPlace wish;
        wish.to = map.text("to").value_or("");
        wish.beyond_mm = map.number("beyond_mm", -1000, 300).value_or(0);
        wish.eased_mm = map.number("eased_mm", -50, 50).value_or(0);
        map.finish();
        if (!tool || !access) continue;
        wish.tool = *tool;
        wish.access = *access;
        check_tool(TakeTool{*tool, *access, true}, tools, item, problems);
        bool const is_first = std::ranges::none_of(placed, [&](auto const& p) { return p.access == wish.access; });
        if (is_first == wish.to.empty())
            problems.add(item, is_first ? "the first tool at an access needs its place; write to: left-main"
                                        : "a tool in another has no place of its own: leave `to` out");
        placed.push_back(std::move(wish));
    }
    return placed;
}

std::optional<Command> take_entry(MapReader& map, Problems&)
{
    auto const tool = tool_of(map);
    map.need("access", "access: right-femoral");
    auto const access = map.text("access");
    auto const flushed = map.truth("flushed");
    if (!tool || !access) return {};
    return TakeTool{*tool, *access, flushed.value_or(true)};
}

std::optional<Command> aspirate_entry(MapReader& map, Problems&)
{
    auto const tool = tool_of(map);
    if (!tool) return {};
    return Aspirate{*tool};
}

std::optional<Command> put_away_entry(MapReader& map, Problems&)
{
    auto const tool = tool_of(map);
    if (!tool) return {};
    return PutToolAway{*tool};
}

std::optional<Command> hand_entry(MapReader& map, Problems& problems)
{
    auto const tool = tool_of(map);
    auto const push = map.number("push_mm_s", -200, 200), turn = map.number("turn_deg_s", -1440, 1440);
    auto const until = map.number("until_mm", 0, 5000), until_deg = map.number("until_deg", -36000, 36000);
    auto const at = map.text("until_at");
    auto const within = map.number("within_mm", 0.5, 50), astray = map.number("astray_turn_deg", -360, 360),
               beyond = map.number("beyond_mm", 0.5, 500);
    auto const aim = map.text("aim_at"), markers = map.text("markers_at");
    if (!tool) return {};
    if (!at && (within || astray || beyond)) {
        problems.add(map.node(),
                     "within_mm, beyond_mm and astray_turn_deg need until_at: the vessel or landmark to be reached");
        return {};
    }
    if (aim && (turn.value_or(0) == 0 || until_deg)) {
        problems.add(map.node(),
                     "aim_at needs turn_deg_s, the speed, and no until_deg: it ends where the tip looks there");
        return {};
    }
    if (markers && (at || push.value_or(0) == 0)) {
        problems.add(map.node(), "markers_at needs push_mm_s, the speed to get there, and no until_at");
        return {};
    }
    if (at && push.value_or(0) == 0 && turn.value_or(0) == 0) {
        problems.add(map.node(), "until_at needs push_mm_s or turn_deg_s: the speed to get there");
        return {};
    }
    if (beyond && (push.value_or(0) == 0 || until)) {
        problems.add(map.node(), "beyond_mm needs push_mm_s, the speed to get there, and no until_mm");
        return {};
    }
    if (astray && push.value_or(0) <= 0) {
        problems.add(map.node(), "astray_turn_deg is for a tool that is pushed on: write push_mm_s above 0");
        return {};
    }
    if ((until && push.value_or(0) == 0) || (until_deg && turn.value_or(0) == 0)) {
        problems.add(map.node(), "until_mm needs push_mm_s and until_deg needs turn_deg_s: the speed to get there");
        return {};
    }
    MoveTool move{*tool, push.value_or(0), radians(turn.value_or(0)), until, {}};
    if (until_deg) move.until_rad = radians(*until_deg);
    move.until_at = at.value_or("");
    move.within_mm = within.value_or(move.within_mm);
    move.beyond_mm = beyond.value_or(0);
    if (astray) move.astray_rad = radians(*astray);
    move.aim_at = aim.value_or("");
    move.markers_at = markers.value_or("");
    return move;
}

std::optional<Command> inflate_entry(MapReader& map, Problems&)
{
    auto const tool = tool_of(map);
    map.need("atm", "atm: 10");
    auto const atm = map.number("atm", 0, 60);
    if (!tool || !atm) return {};
    return InflateBalloon{*tool, *atm};
}

std::optional<Command> aim_entry(MapReader& map, Problems& problems)
{
    auto const tool = tool_of(map);
    auto const through = aim_point(map, "through", problems), to = aim_point(map, "to", problems);
    if (!tool || !through || !to) return {};
    return AimNeedle{*tool, *through, *to};
}

std::optional<Command> hammer_entry(MapReader& map, Problems&)
{
    auto const tool = tool_of(map);
    auto const blow = map.number("blow_j", 0.01, 5);
    if (!tool) return {};
    return HammerNeedle{*tool, blow.value_or(HammerNeedle{}.blow_j)};
}

std::optional<Command> mix_cement_entry(MapReader& map, Problems& problems)
{
    auto const viscosity = map.text("viscosity").value_or("low");
    if (viscosity == "low" || viscosity == "high") return MixCement{viscosity == "high"};
    problems.add(*map.find("viscosity"), "viscosity is low or high, not " + in_quotes(viscosity));
    return {};
}

std::optional<Command> cement_entry(MapReader& map, Problems&)
{
    auto const tool = tool_of(map);
    map.need("rate_ml_s", "rate_ml_s: 0.05");
    auto const rate = map.number("rate_ml_s", 0, 1);
    if (!tool || !rate) return {};
    return PushCement{*tool, *rate};
}

} // namespace fluoro
