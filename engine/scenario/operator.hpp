#pragma once
#include <fluoro/yaml/yaml.hpp>

#include <fluoro/instruments/tool_library.hpp>
#include <fluoro/scenario/scenario.hpp>

namespace fluoro {

/// An operator's list as commands, with the end of the session; what is wrong becomes a problem. With a room, commands
/// that it will refuse are told as warnings; with a library, tools that are not in it are problems.
std::vector<TimedCommand> operator_commands(YamlNode const& list, std::string const& what, Problems& problems,
                                            Room* room, ToolLibrary const* tools, std::vector<std::string>& warnings);

} // namespace fluoro
