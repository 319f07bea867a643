#pragma once
// Inside the scenario module: values of enumerations by their names.
#include <fluoro/room/commands.hpp>
#include <fluoro/yaml/map_reader.hpp>

namespace fluoro {

inline constexpr std::initializer_list<Rhythm> all_rhythms = {Rhythm::sinus, Rhythm::atrial_fibrillation,
                                                              Rhythm::ventricular_tachycardia,
                                                              Rhythm::ventricular_fibrillation, Rhythm::asystole};

/// The one of `values` whose name the node holds; otherwise a problem that lists them.
template <class Value>
std::optional<Value> named(YamlNode const& node, std::string const& key, std::initializer_list<Value> values,
                           Problems& problems)
{
    std::vector<std::string> names;
    for (Value const value : values) {
        if (node.text == name_of(value)) return value;
        names.emplace_back(name_of(value));
    }
    problems.add(node, key + " is " + one_of(names) + ", not " + in_quotes(node.text));
    return {};
}

} // namespace fluoro
