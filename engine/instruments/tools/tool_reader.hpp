#pragma once
// Inside the instruments module: tools as YAML writes them. docs/tool-format.md
#include <fluoro/instruments/tool.hpp>
#include <fluoro/yaml/yaml.hpp>

namespace fluoro {

/// The tools of one file; whatever is wrong becomes a problem, and then they are not to be used.
std::vector<Tool> read_tools(YamlNode const& root, Problems& problems);

} // namespace fluoro
