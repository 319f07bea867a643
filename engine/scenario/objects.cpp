#include "objects.hpp"

#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/yaml/map_reader.hpp>

namespace fluoro {

namespace {

constexpr double longest_session_s = 24 * 3600;
constexpr double largest_radius_mm = 200;
constexpr std::size_t most_points = 1000;

/// What fills an object, written as exactly one of these.
struct Content {
    char const* key;
    char const* example;
    double least, most;
    Mixture (*mixture)(double);
};

constexpr Content contents[] = {
    {"iodine_mg_ml", "iodine_mg_ml: 300", 0, 400, iodine_solution},
    {"gadolinium_mg_ml", "gadolinium_mg_ml: 80", 0, 160, gadolinium_solution},
    {"barium_g_100ml", "barium_g_100ml: 100", 0, 250, barium_suspension},
    {"cement_baso4_share", "cement_baso4_share: 0.3", 0, 0.9, bone_cement},
};

std::optional<MaterialId> material_of(MapReader& map, std::string const& key, Problems& problems)
{
    auto const name = map.text(key);
    if (!name) return {};
    try {
        return find_material(*name);
    } catch (Error const& unknown) {
        problems.add(*map.find(key), unknown.what());
        return {};
    }
}

std::optional<Mixture> content_of(MapReader& map, Problems& problems)
{
    std::optional<Mixture> content;
    int written = 0;
    std::vector<std::string> names;
    for (Content const& kind : contents) {
        names.emplace_back(kind.key);
        if (!map.find(kind.key)) continue;
        ++written;
        if (auto const value = map.number(kind.key, kind.least, kind.most)) content = kind.mixture(*value);
    }
    names.insert(names.end(), {"gas", "material"});
    if (YamlNode const* const gas = map.find("gas")) {
        ++written;
        if (gas->text == "co2")
            content = carbon_dioxide();
        else if (gas->text == "air")
            content = air_bubble();
        else
            problems.add(*gas, "gas is co2 or air, not " + in_quotes(gas->text));
    }
    if (map.find("material")) {
        ++written;
        if (auto const id = material_of(map, "material", problems)) content = pure(*id);
    }
    if (written == 1) return content;
    problems.add(map.node(),
                 "an object is filled with exactly one of " + one_of(names) + "; write e.g. " + contents[0].example);
    return {};
}

std::vector<Vec3> path_of(YamlNode const& list, Problems& problems)
{
    std::vector<Vec3> path;
    if (list.kind != YamlNode::Kind::list || list.items.size() < 2 || list.items.size() > most_points) {
        problems.add(list, "path_mm is a list of 2 to " + std::to_string(most_points) +
                               " patient points; write e.g. path_mm: [[0, 0, 0], [0, 0, 40]]");
        return path;
    }
    for (YamlNode const& item : list.items)
        if (auto const point = point_of(item, "path_mm", problems)) {
            if (!path.empty() && path.back() == *point)
                problems.add(item, "the same point twice in a row; leave one out");
            path.push_back(*point);
        }
    return path;
}

std::vector<double> radii_of(MapReader& map, std::size_t points, Problems& problems)
{
    YamlNode const* const list = map.find("radii_mm");
    if (!list) {
        if (!map.find("radius_mm")) {
            problems.add(map.node(), "an object needs radius_mm, or radii_mm with one radius per point");
            return {};
        }
        auto const radius = map.number("radius_mm", 0.05, largest_radius_mm);
        return std::vector<double>(points, radius.value_or(1));
    }
    std::vector<double> radii;
    if (map.find("radius_mm")) problems.add(*list, "radius_mm and radii_mm: write one of them");
    if (list->kind != YamlNode::Kind::list || list->items.size() != points) {
        problems.add(*list, "radii_mm has one radius for each of the " + std::to_string(points) + " points");
        return radii;
    }
    for (YamlNode const& item : list->items) {
        auto const radius = number_of(item, "radii_mm", problems);
        if (radius && !(*radius >= 0.05 && *radius <= largest_radius_mm))
            problems.add(item, "a radius goes from 0.05 to 200 mm");
        radii.push_back(radius.value_or(1));
    }
    return radii;
}

} // namespace

std::optional<Vec3> point_of(YamlNode const& node, std::string const& what, Problems& problems)
{
    if (node.kind != YamlNode::Kind::list || node.items.size() != 3) {
        problems.add(node, what + " is a point; write its x, y and z as [10, -20, 150]");
        return {};
    }
    Vec3 point{0};
    for (int axis = 0; axis < 3; ++axis) {
        auto const value = number_of(node.items[std::size_t(axis)], what, problems);
        if (!value) return {};
        if (std::abs(*value) > farthest_place_mm) {
            problems.add(node, what + " lies more than 10 m away");
            return {};
        }
        point[axis] = *value;
    }
    return point;
}

std::vector<ScenarioObject> read_objects(YamlNode const& list, Problems& problems)
{
    std::vector<ScenarioObject> objects;
    if (list.kind != YamlNode::Kind::list) {
        problems.add(list, "objects is a list; write e.g. - {name: vessel, path_mm: [[0, 0, 0], [0, 0, 40]], "
                           "radius_mm: 2, iodine_mg_ml: 300}");
        return objects;
    }
    for (YamlNode const& entry : list.items) {
        MapReader map{entry, "an object", problems};
        if (entry.kind != YamlNode::Kind::map) continue;
        std::size_t const before = problems.count();
        ScenarioObject object;
        object.name = map.text("name").value_or("object " + std::to_string(objects.size() + 1));
        if (YamlNode const* const path = map.need("path_mm", "path_mm: [[0, 0, 0], [0, 0, 40]]"))
            object.path_mm = path_of(*path, problems);
        object.radii_mm = radii_of(map, object.path_mm.size(), problems);
        if (auto const content = content_of(map, problems)) object.content = *content;
        object.displaces = material_of(map, "displaces", problems).value_or(find_material("blood"));
        auto const from_s = map.number("from_s", 0, longest_session_s);
        auto const until_s = map.number("until_s", 0, longest_session_s);
        if (from_s) object.from = tick_at(*from_s);
        if (until_s) object.until = tick_at(*until_s);
        if (object.until && *object.until <= object.from)
            problems.add(*map.find("until_s"), "until_s must come after from_s");
        map.finish();
        if (problems.count() == before) objects.push_back(std::move(object));
    }
    return objects;
}

} // namespace fluoro
