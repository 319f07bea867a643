#pragma once
// Inside the record module: what tools did, as JSON.
#include <fluoro/record/entries.hpp>
#include <nlohmann/json.hpp>

namespace fluoro {

nlohmann::ordered_json json_of(ToolsEntry const& entry);
nlohmann::ordered_json json_of(BreachEntry const& entry);
/// Throw std::exception where the object is not such an entry.
ToolsEntry tools_of(nlohmann::ordered_json const& json);
BreachEntry breach_of(nlohmann::ordered_json const& json);

} // namespace fluoro
