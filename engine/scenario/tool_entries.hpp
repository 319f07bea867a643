#pragma once
// Inside the scenario module: what an operator does with tools.
#include <fluoro/instruments/tool_library.hpp>
#include <fluoro/room/commands.hpp>
#include <fluoro/yaml/map_reader.hpp>

namespace fluoro {

/// The entry of one of these verbs; a problem and nothing when it is wrong.
std::optional<Command> take_entry(MapReader& map, Problems& problems);
std::optional<Command> aspirate_entry(MapReader& map, Problems& problems);
std::optional<Command> put_away_entry(MapReader& map, Problems& problems);
std::optional<Command> hand_entry(MapReader& map, Problems& problems);
std::optional<Command> inflate_entry(MapReader& map, Problems& problems);
std::optional<Command> aim_entry(MapReader& map, Problems& problems);
std::optional<Command> hammer_entry(MapReader& map, Problems& problems);
std::optional<Command> mix_cement_entry(MapReader& map, Problems& problems);
std::optional<Command> cement_entry(MapReader& map, Problems& problems);

/// `tools_in:` of a scenario: what lies in the patient when it begins.
std::vector<ToolInPlace> tools_in_place(YamlNode const& list, ToolLibrary const& tools, Problems& problems);

/// A problem where the command takes a tool that is not in the library.
void check_tool(Command const& command, ToolLibrary const& tools, YamlNode const& entry, Problems& problems);

} // namespace fluoro
