#pragma once
#include <fluoro/yaml/yaml.hpp>

#include <optional>
#include <string_view>

namespace fluoro {

/// The one of `names` that `written` was probably meant to be; empty when none is near.
std::string nearest_name(std::string_view written, std::vector<std::string> const& names);
/// "a, b or c".
std::string one_of(std::vector<std::string> const& names);

/// A scalar as a finite number; adds a problem and gives nothing otherwise. `what` begins the message.
std::optional<double> number_of(YamlNode const& node, std::string const& what, Problems& problems);

/// Takes the values of one map by name and type; whatever is wrong becomes a problem. What was not asked for when
/// `finish` is called is an unknown key.
class MapReader {
public:
    /// `what` says in a message what the map is, e.g. "a scenario".
    MapReader(YamlNode const& map, std::string what, Problems& problems);

    YamlNode const& node() const { return map_; }
    /// Empty when the key is absent (or null); `need` makes that a problem.
    YamlNode const* find(std::string const& key);
    YamlNode const* need(std::string const& key, std::string const& example);
    std::optional<double> number(std::string const& key, double least, double most);
    std::optional<std::int64_t> whole_number(std::string const& key, std::int64_t least, std::int64_t most);
    std::optional<bool> truth(std::string const& key);
    std::optional<std::string> text(std::string const& key);
    void finish();

private:
    YamlNode const& map_;
    std::string what_;
    Problems& problems_;
    std::vector<std::string> asked_;
};

} // namespace fluoro
