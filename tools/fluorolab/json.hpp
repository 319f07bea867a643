#pragma once
#include <filesystem>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace fluoro {

/// One value of the small JSON files that the command line writes.
using JsonValue = std::variant<double, int, std::string, std::vector<double>, std::vector<std::string>>;
/// Keys in the order given.
using JsonFields = std::vector<std::pair<std::string, JsonValue>>;

std::string to_json(JsonFields const& fields);
std::string to_json(std::vector<JsonFields> const& list);
/// Throws Error (failed) if it cannot be written.
void write_text(std::filesystem::path const& file, std::string const& text);

} // namespace fluoro
