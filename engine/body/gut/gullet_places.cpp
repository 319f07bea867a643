#include "gullet_parts.hpp"

#include <algorithm>
#include <fluoro/core/error.hpp>

// Where the parts of the swallow lie in a patient.
namespace fluoro {

namespace {

constexpr double cell_mm = 2.5;
constexpr std::uint16_t pharynx = 1033; ///< of the label map

int node_named(LumenGraph const& gut, char const* name)
{
    if (auto const node = gut.find_node(name)) return *node;
    throw Error{std::string{"the patient cannot swallow: his gut has no node '"} + name +
                "'; take one whose anatomy reaches from the mouth to the stomach"};
}

double length_of(LumenGraph const& gut, char const* from, char const* to)
{
    double sum = 0;
    for (int e : gut.way(node_named(gut, from), node_named(gut, to))) sum += gut.edges[std::size_t(e)].length_mm();
    return sum;
}

int nearest_cell(TubeCells const& cells, Vec3 const& at)
{
    int best = 0;
    for (int i = 1; i < cells.count(); ++i)
        if (glm::length(cells.middle_mm[std::size_t(i)] - at) < glm::length(cells.middle_mm[std::size_t(best)] - at))
            best = i;
    return best;
}

/// From a node along `first` and on, each time into the widest edge that leads away.
std::optional<TubeCells> way_on(LumenGraph const& graph, int from, double least_radius_mm)
{
    std::vector<int> way;
    for (int node = from;;) {
        int next = -1;
        for (int e = 0; e < int(graph.edges.size()); ++e) {
            LumenEdge const& edge = graph.edges[std::size_t(e)];
            if (edge.from != node || edge.radii_mm.front() < least_radius_mm) continue;
            if (next < 0 || edge.radii_mm.front() > graph.edges[std::size_t(next)].radii_mm.front()) next = e;
        }
        if (next < 0 || way.size() > 20) break;
        way.push_back(next);
        node = graph.edges[std::size_t(next)].to;
    }
    if (way.empty()) return std::nullopt;
    return cut_tube(graph, way, from, cell_mm);
}

/// Where the throat's lumen is, by the patient's label map.
std::function<bool(Vec3 const&)> lumen_of(Patient const& patient)
{
    return [&patient, index_from_patient = patient.ct.grid.index_from_patient()](Vec3 const& p) {
        glm::ivec3 const at{glm::round(map_point(index_from_patient, p))}, size = patient.ct.grid.size;
        if (glm::any(glm::lessThan(at, glm::ivec3{0})) || glm::any(glm::greaterThanEqual(at, size))) return false;
        return patient.labels[(std::size_t(at.z) * std::size_t(size.y) + std::size_t(at.y)) * std::size_t(size.x) +
                              std::size_t(at.x)] == pharynx;
    };
}

} // namespace

TubeCells way_down(LumenGraph const& gut)
{
    int const lips = node_named(gut, "lips"), cardia = node_named(gut, "cardia");
    std::vector<int> const way = gut.way(lips, cardia);
    if (way.empty()) throw Error{"the patient cannot swallow: no way leads from his lips to the cardia"};
    return cut_tube(gut, way, lips, cell_mm);
}

SwallowWay swallow_way(LumenGraph const& gut)
{
    return {length_of(gut, "lips", "fauces"), length_of(gut, "lips", "upper-sphincter"),
            length_of(gut, "lips", "cardia")};
}

std::optional<TubeCells> windpipe(LumenGraph const& airways)
{
    auto const inlet = airways.find_node("laryngeal-inlet");
    constexpr double narrow_mm = 3;
    return inlet ? way_on(airways, *inlet, narrow_mm) : std::nullopt;
}

std::optional<TubeCells> duodenum(LumenGraph const& gut)
{
    auto const pylorus = gut.find_node("pylorus");
    return pylorus ? way_on(gut, *pylorus, 0) : std::nullopt;
}

SidePouch throat_recesses(Patient const& patient, TubeCells const& cells)
{
    std::vector<SidePouch::Entrance> entrances;
    for (char const* name : {"vallecula-left", "vallecula-right", "pyriform-sinus-left", "pyriform-sinus-right"})
        if (auto const mark = patient.lumens.landmarks.find(name); mark != patient.lumens.landmarks.end())
            entrances.push_back({mark->second, nearest_cell(cells, mark->second)});
    constexpr double box_mm = 1, reach_mm = 9;
    HollowVoxels hollow = hollow_voxels(patient, box_mm, 0, [&](std::uint16_t label, Vec3 const& at) {
        if (label != pharynx) return VoxelPart::outside;
        bool const is_near = std::ranges::any_of(
            entrances, [&](SidePouch::Entrance const& e) { return glm::length(at - e.at_mm) < reach_mm; });
        return is_near ? VoxelPart::hollow : VoxelPart::outside;
    });
    return {std::move(hollow), entrances, std::nullopt, lumen_of(patient)};
}

std::optional<SidePouch> throat_pouch(Patient const& patient, int cell)
{
    auto const found = patient.lumens.gut.find_edge("zenker-diverticulum");
    if (!found) return std::nullopt;
    LumenEdge const& edge = patient.lumens.gut.edges[std::size_t(*found)];
    // Its neck belongs to the throat.
    constexpr double neck_mm = 5, box_mm = 2.5;
    std::size_t first = 0;
    while (first + 1 < edge.points_mm.size() && glm::length(edge.points_mm[first] - edge.points_mm[0]) < neck_mm)
        ++first;
    HollowVoxels hollow = hollow_voxels(patient, box_mm, 0, [&](std::uint16_t label, Vec3 const& at) {
        if (label != pharynx) return VoxelPart::outside;
        for (std::size_t i = first; i < edge.points_mm.size(); ++i)
            if (glm::length(at - edge.points_mm[i]) < 1.4 * edge.radii_mm[i]) return VoxelPart::hollow;
        return VoxelPart::outside;
    });
    // Its mouth is wide: it catches from the whole centimetre above the sphincter.
    std::vector<SidePouch::Entrance> entrances;
    for (int i = std::max(0, cell - 3); i <= cell; ++i) entrances.push_back({edge.points_mm[first], i});
    return SidePouch{std::move(hollow), entrances, edge.points_mm[first], lumen_of(patient)};
}

} // namespace fluoro
