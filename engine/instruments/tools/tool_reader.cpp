#include "tool_reader.hpp"

#include <algorithm>
#include <fluoro/core/error.hpp>
#include <fluoro/yaml/map_reader.hpp>
#include <set>

namespace fluoro {
namespace {

constexpr double longest_mm = 5000;
constexpr double widest_mm = 100; // a paddle
constexpr std::size_t most_sections = 100;

/// `name` in the library of materials; otherwise a problem.
std::optional<MaterialId> material_named(YamlNode const& at, std::string const& name, Problems& problems)
{
    try {
        return find_material(name);
    } catch (Error const& unknown) {
        problems.add(at, unknown.what());
        return {};
    }
}

/// `material: steel` (with `density_g_cm3`, or at its own), or `mix: {polyurethane: 0.9, baso4: 0.5}` in g/cm3.
std::optional<Mixture> content_of(MapReader& map, Problems& problems)
{
    auto const density = map.number("density_g_cm3", 0.01, 25);
    std::optional<Mixture> content;
    if (auto const name = map.text("material")) {
        if (auto const id = material_named(*map.find("material"), *name, problems))
            content = Mixture{{{*id, density.value_or(material(*id).density_g_cm3)}}};
    } else if (density) {
        problems.add(*map.find("density_g_cm3"), "density_g_cm3 belongs to a material; write e.g. material: platinum");
    }
    YamlNode const* const mix = map.find("mix");
    if (!mix) return content;
    if (content) problems.add(*mix, "write material or mix, not both");
    if (mix->kind != YamlNode::Kind::map || mix->entries.empty()) {
        problems.add(*mix, "mix says g/cm3 of each material; write e.g. mix: {polyurethane: 0.9, baso4: 0.5}");
        return {};
    }
    content.emplace();
    for (auto const& [name, amount] : mix->entries) {
        auto const id = material_named(name, name.text, problems);
        auto const g_cm3 = number_of(amount, name.text, problems);
        if (g_cm3 && (*g_cm3 <= 0 || *g_cm3 > 25))
            problems.add(amount, name.text + " " + in_quotes(amount.text) + " is outside 0 to 25 g/cm3");
        if (id && g_cm3) content->g_cm3.emplace_back(*id, *g_cm3);
    }
    return content;
}

/// Diameters of a wall; a hollow that is as wide as its outside is a problem.
void read_diameters(MapReader& map, double& outer_mm, double& inner_mm, Problems& problems)
{
    outer_mm = map.number("outer_mm", 0.05, widest_mm).value_or(outer_mm);
    inner_mm = map.number("inner_mm", 0, widest_mm).value_or(inner_mm);
    if (outer_mm > 0 && inner_mm >= outer_mm)
        problems.add(map.node(), "inner_mm must be less than outer_mm: there is no wall between them");
}

/// What all sections of a tool have unless they say otherwise, and each section.
void read_body(MapReader& map, ToolSection& section, Problems& problems)
{
    read_diameters(map, section.outer_mm, section.inner_mm, problems);
    if (auto const bending = map.number("bending_n_mm2", 1e-3, 1e7)) {
        section.bending_n_mm2 = *bending;
        section.torsion_n_mm2 = *bending / 1.3; // a round section with a Poisson ratio of 0.3
    }
    section.torsion_n_mm2 = map.number("torsion_n_mm2", 1e-3, 1e7).value_or(section.torsion_n_mm2);
    section.friction = map.number("friction", 0, 1).value_or(section.friction);
    if (auto const content = content_of(map, problems)) section.content = *content;
}

ToolSection read_section(YamlNode const& node, ToolSection section, Problems& problems)
{
    std::size_t const before = problems.count();
    MapReader map{node, "a section", problems};
    read_body(map, section, problems);
    auto const length = map.number("length_mm", 0.1, longest_mm);
    auto const radius = map.number("arc_radius_mm", 0.5, 1000);
    auto const angle = map.number("arc_deg", 0.1, 1080);
    section.plane_rad = radians(map.number("plane_deg", -360, 360).value_or(0));
    map.finish();
    if (problems.count() != before) return section;
    if (radius && angle && !length) {
        section.arc_radius_mm = *radius;
        section.length_mm = *radius * radians(*angle);
    } else if (length && !radius && !angle) {
        section.length_mm = *length;
    } else {
        problems.add(node, "a section is straight with length_mm, or an arc with arc_radius_mm and arc_deg");
    }
    if (section.outer_mm <= 0)
        problems.add(node, "a section needs outer_mm, its own or the tool's; write e.g. outer_mm: 2");
    if (section.bending_n_mm2 <= 0)
        problems.add(node, "a section needs bending_n_mm2, its own or the tool's; write e.g. bending_n_mm2: 290");
    if (section.content.g_cm3.empty())
        problems.add(node, "a section needs a material, its own or the tool's; write e.g. material: nitinol");
    return section;
}

ToolMarker read_marker(YamlNode const& node, Problems& problems)
{
    MapReader map{node, "a marker", problems};
    ToolMarker marker;
    map.need("to_tip_mm", "to_tip_mm: 2");
    marker.to_tip_mm = map.number("to_tip_mm", 0, longest_mm).value_or(0);
    marker.length_mm = map.number("length_mm", 0.1, 500).value_or(marker.length_mm);
    map.need("outer_mm", "outer_mm: 0.9");
    read_diameters(map, marker.outer_mm, marker.inner_mm, problems);
    if (auto const content = content_of(map, problems))
        marker.content = *content;
    else
        problems.add(node, "a marker needs a material; write e.g. material: platinum_iridium");
    map.finish();
    return marker;
}

BalloonForm read_balloon(YamlNode const& node, Problems& problems)
{
    MapReader map{node, "a balloon", problems};
    BalloonForm form;
    map.need("nominal_mm", "nominal_mm: 2.5");
    map.need("length_mm", "length_mm: 15");
    map.need("folded_mm", "folded_mm: 0.9");
    form.nominal_mm = map.number("nominal_mm", 0.5, 50).value_or(1);
    form.length_mm = map.number("length_mm", 1, 200).value_or(1);
    form.nominal_atm = map.number("nominal_atm", 0.5, 40).value_or(form.nominal_atm);
    form.rated_atm = map.number("rated_atm", 0.5, 60).value_or(form.rated_atm);
    form.growth_per_atm = map.number("growth_per_atm", 0, 0.5).value_or(form.growth_per_atm);
    form.folded_mm = map.number("folded_mm", 0.2, 20).value_or(0.2);
    form.to_tip_mm = map.number("to_tip_mm", 0, 100).value_or(form.to_tip_mm);
    form.most_ml = map.number("most_ml", 0.1, 50).value_or(form.most_ml);
    map.finish();
    if (form.rated_atm < form.nominal_atm)
        problems.add(node, "rated_atm must not be below nominal_atm: a balloon reaches its size before it may burst");
    if (form.folded_mm >= form.nominal_mm)
        problems.add(node, "folded_mm must be less than nominal_mm: a balloon grows");
    return form;
}

StentForm read_stent(YamlNode const& node, Problems& problems)
{
    MapReader map{node, "a stent", problems};
    StentForm form;
    map.need("length_mm", "length_mm: 18");
    map.need("nominal_mm", "nominal_mm: 3");
    map.need("most_mm", "most_mm: 3.75");
    form.length_mm = map.number("length_mm", 2, 200).value_or(2);
    form.nominal_mm = map.number("nominal_mm", 1, 50).value_or(1);
    form.most_mm = map.number("most_mm", 1, 60).value_or(form.nominal_mm);
    form.strut_mm = map.number("strut_mm", 0.02, 1).value_or(form.strut_mm);
    form.crowns = int(map.whole_number("crowns", 3, 40).value_or(form.crowns));
    form.ring_mm = map.number("ring_mm", 0.3, 20).value_or(form.ring_mm);
    form.holds_n = map.number("holds_n", 0.05, 20).value_or(form.holds_n);
    form.recoil = map.number("recoil", 0, 0.3).value_or(form.recoil);
    if (auto const content = content_of(map, problems))
        form.content = *content;
    else
        problems.add(node, "a stent needs a material; write e.g. material: cocr");
    map.finish();
    if (form.most_mm < form.nominal_mm) problems.add(node, "most_mm must not be below nominal_mm");
    return form;
}

template <class Read> void each_of(YamlNode const* list, std::string const& what, Problems& problems, Read const& read)
{
    if (!list) return;
    if (list->kind != YamlNode::Kind::list || list->items.empty() || list->items.size() > most_sections) {
        problems.add(*list, what + " is a list of 1 to " + std::to_string(most_sections) + " maps");
        return;
    }
    for (YamlNode const& item : list->items) read(item);
}

ToolKind kind_of(MapReader& map, Problems& problems)
{
    YamlNode const* const node = map.need("kind", "kind: catheter");
    if (!node) return ToolKind::wire;
    std::vector<std::string> names;
    for (ToolKind const kind : all_tool_kinds) {
        if (node->text == name_of(kind)) return kind;
        names.emplace_back(name_of(kind));
    }
    problems.add(*node, "kind is " + one_of(names) + ", not " + in_quotes(node->text));
    return ToolKind::wire;
}

/// What must be so for a tool of its kind to be used.
void check(Tool const& tool, YamlNode const& node, Problems& problems)
{
    bool const has_balloon = tool.balloon.has_value(), has_stent = tool.stent.has_value();
    bool const wants_balloon =
        tool.kind == ToolKind::balloon || tool.kind == ToolKind::stent || tool.kind == ToolKind::bone_balloon;
    if (wants_balloon != has_balloon)
        problems.add(node, wants_balloon ? "a " + std::string{name_of(tool.kind)} + " needs a balloon map"
                                         : "only a balloon, a stent or a bone-balloon has a balloon map");
    if ((tool.kind == ToolKind::stent) != has_stent)
        problems.add(node, has_stent ? "only a tool of kind stent has a stent map" : "a stent needs a stent map");
    bool const is_hollow =
        tool.kind == ToolKind::catheter || tool.kind == ToolKind::guide || tool.kind == ToolKind::sheath;
    if (is_hollow && tool.narrowest_inner_mm() <= 0)
        problems.add(node, "a " + std::string{name_of(tool.kind)} + " is hollow: inner_mm must be above 0 all along");
    for (ToolMarker const& marker : tool.markers)
        if (marker.to_tip_mm + marker.length_mm > tool.length_mm() + 1e-9)
            problems.add(node, "a marker lies beyond the tool's hub: to_tip_mm and its length exceed the tool's");
    if (has_balloon && tool.balloon->most_ml > 0 && tool.kind != ToolKind::bone_balloon)
        problems.add(node, "most_ml belongs to a bone-balloon: the others are filled by pressure alone");
    if (has_balloon && tool.balloon->to_tip_mm + tool.balloon->length_mm > tool.length_mm())
        problems.add(node, "the balloon is longer than the tool");
    if (has_balloon && has_stent && tool.stent->length_mm > tool.balloon->length_mm)
        problems.add(node, "the stent is longer than its balloon: its ends would not open");
}

Tool read_tool(YamlNode const& node, Problems& problems)
{
    MapReader map{node, "a tool", problems};
    Tool tool;
    map.need("name", "name: jl4-5f");
    tool.name = map.text("name").value_or("");
    tool.title = map.text("title").value_or(tool.name);
    tool.kind = kind_of(map, problems);
    map.need("source", "source: measured on the bench, 2026");
    tool.source = map.text("source").value_or("");
    ToolSection all;
    read_body(map, all, problems);
    each_of(map.need("sections", "sections: [{length_mm: 1000}]"), "sections", problems,
            [&](YamlNode const& item) { tool.sections.push_back(read_section(item, all, problems)); });
    each_of(map.find("markers"), "markers", problems,
            [&](YamlNode const& item) { tool.markers.push_back(read_marker(item, problems)); });
    if (YamlNode const* const balloon = map.find("balloon")) tool.balloon = read_balloon(*balloon, problems);
    if (YamlNode const* const stent = map.find("stent")) tool.stent = read_stent(*stent, problems);
    map.finish();
    if (tool.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") != std::string::npos)
        problems.add(*map.find("name"), "a tool's name has small letters, digits, '-' and '.' only");
    if (tool.length_mm() > longest_mm) problems.add(node, "a tool longer than 5 m");
    check(tool, node, problems);
    return tool;
}

} // namespace

std::vector<Tool> read_tools(YamlNode const& root, Problems& problems)
{
    std::vector<Tool> tools;
    std::set<std::string> names;
    MapReader map{root, "a tool file", problems};
    if (YamlNode const* const version = map.need("apiVersion", "apiVersion: fluorolab/v1");
        version && version->text != "fluorolab/v1")
        problems.add(*version, "this program reads apiVersion: fluorolab/v1, not " + in_quotes(version->text));
    each_of(map.need("tools", "tools: [{name: jl4-5f, ...}]"), "tools", problems, [&](YamlNode const& item) {
        tools.push_back(read_tool(item, problems));
        if (!names.insert(tools.back().name).second)
            problems.add(item, "a second tool is named " + in_quotes(tools.back().name));
    });
    map.finish();
    return tools;
}

} // namespace fluoro
