#include <fluoro/fitting/landmarks.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fluoro/core/error.hpp>
#include <fluoro/yaml/map_reader.hpp>

namespace fluoro {

namespace {

constexpr double apart_mm = 1; ///< nearer than this, two landmarks are at the same place

std::optional<Vec3> place_of(YamlNode const& node, std::string const& what, Problems& problems)
{
    if (node.kind != YamlNode::Kind::list || node.items.size() != 3) {
        problems.add(node, what + " is a place; write its x, y and z in mm as [-12.0, 14.5, -109.0]");
        return {};
    }
    Vec3 place{0};
    for (int axis = 0; axis < 3; ++axis) {
        auto const value = number_of(node.items[std::size_t(axis)], what, problems);
        if (!value) return {};
        place[axis] = *value;
    }
    return place;
}

bool is_in(Grid const& grid, Vec3 const& p)
{
    Vec3 const index = map_point(grid.index_from_patient(), p);
    for (int axis = 0; axis < 3; ++axis)
        if (index[axis] < -0.5 || index[axis] > grid.size[axis] - 0.5) return false;
    return true;
}

} // namespace

std::string other_side(std::string const& name)
{
    for (auto const& [side, other] : {std::pair{"left", "right"}, {"right", "left"}})
        if (auto const at = name.find(side); at != std::string::npos) {
            std::string result = name;
            return result.replace(at, std::string{side}.size(), other);
        }
    return {};
}

std::map<std::string, Vec3> read_landmarks(std::filesystem::path const& file, std::vector<std::string> const& names,
                                           Grid const& ct)
{
    Problems problems{file};
    YamlNode const root = read_yaml(file, problems);
    std::map<std::string, Vec3> landmarks;
    std::map<std::string, YamlNode const*> nodes;
    if (problems.count() == 0 && root.kind != YamlNode::Kind::map)
        problems.add(root, "a landmark file is a map with one key: landmarks");
    if (problems.count() == 0) {
        MapReader reader{root, "a landmark file", problems};
        reader.text("apiVersion");
        YamlNode const* const map = reader.need("landmarks", "{carina: [-12.0, 14.5, -109.0]}");
        reader.finish();
        if (map && map->kind != YamlNode::Kind::map)
            problems.add(*map, "landmarks is a map of names and places: {carina: [-12.0, 14.5, -109.0]}");
        else if (map)
            for (auto const& [key, value] : map->entries) {
                if (std::ranges::find(names, key.text) == names.end()) {
                    std::string const near = nearest_name(key.text, names);
                    problems.add(key, "no landmark is called " + in_quotes(key.text) +
                                          (near.empty() ? "; `fluorolab fit` without landmarks lists what there is"
                                                        : "; did you mean '" + near + "'?"));
                    continue;
                }
                auto const place = place_of(value, in_quotes(key.text), problems);
                if (!place) continue;
                if (!is_in(ct, *place)) {
                    problems.add(value, in_quotes(key.text) + " is outside the CT (" + describe(ct) +
                                            "); places are patient coordinates in mm: left, back, head");
                    continue;
                }
                for (auto const& [other, where] : landmarks)
                    if (glm::length(where - *place) < apart_mm)
                        problems.add(value, in_quotes(key.text) + " and '" + other +
                                                "' are at the same place; one of them is elsewhere");
                landmarks[key.text] = *place;
                nodes[key.text] = &value;
            }
    }
    for (auto const& [name, place] : landmarks)
        if (auto const other = landmarks.find(other_side(name));
            name.find("left") != std::string::npos && other != landmarks.end() && place.x <= other->second.x)
            problems.add(*nodes[name], "'" + name + "' is on the right of '" + other->first +
                                           "'; +x is the patient's left: swap the two");
    auto const lines = problems.lines();
    if (!lines.empty())
        throw Error{lines.front() +
                    (lines.size() > 1 ? " (and " + std::to_string(lines.size() - 1) + " more like it)" : "")};
    return landmarks;
}

std::string landmarks_as_yaml(std::map<std::string, Vec3> const& landmarks)
{
    std::string text = "# Patient coordinates in mm: x to the left, y to the back, z to the head.\nlandmarks:\n";
    for (auto const& [name, p] : landmarks) {
        char line[128];
        std::snprintf(line, sizeof line, ": [%.1f, %.1f, %.1f]\n", p.x, p.y, p.z);
        text += "  " + name + line;
    }
    return text;
}

} // namespace fluoro
