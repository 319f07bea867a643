#pragma once
#include <fluoro/yaml/yaml.hpp>

#include <fluoro/scenario/scenario.hpp>

namespace fluoro {

inline constexpr double farthest_place_mm = 10'000;

/// A list of three numbers [mm]; what is wrong becomes a problem.
std::optional<Vec3> point_of(YamlNode const& node, std::string const& what, Problems& problems);

/// The scenario's list of objects; what is wrong becomes a problem.
std::vector<ScenarioObject> read_objects(YamlNode const& list, Problems& problems);

} // namespace fluoro
