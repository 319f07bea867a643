#pragma once
#include <fluoro/body/body.hpp>
#include <fluoro/yaml/yaml.hpp>
#include <optional>

namespace fluoro {

/// The scenario's `body`: how the patient lives, or that it is to stay still (empty); what is wrong becomes a problem.
std::optional<BodySettings> read_body(YamlNode const& node, Problems& problems);

} // namespace fluoro
