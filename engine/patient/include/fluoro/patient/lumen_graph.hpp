#pragma once
#include <fluoro/core/geometry.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fluoro {

/// What a lumen's wall is like to a tool and to the flow.
enum class WallClass { elastic_artery, muscular_artery, coronary, vein, chamber, airway, gut, duct };

/// A named piece of a vessel or another hollow organ between two nodes.
struct LumenEdge {
    std::string name;     ///< "left-anterior-descending-proximal", ...; unique in the graph
    int from = 0, to = 0; ///< nodes; blood or content flows from `from` to `to`
    WallClass wall = WallClass::muscular_artery;
    int label = 0;                ///< of the label map, whose voxels it runs through
    std::vector<Vec3> points_mm;  ///< centre line from node to node, about a millimetre apart, patient space
    std::vector<double> radii_mm; ///< one per point, > 0
    double length_mm() const;
};

/// All hollow ways of one kind (blood vessels; airways; the gut), as a graph with centre lines.
struct LumenGraph {
    std::vector<Vec3> nodes_mm;
    std::vector<std::string> node_names; ///< one per node; empty where it has none
    std::vector<LumenEdge> edges;

    std::optional<int> find_edge(std::string_view name) const;
    std::optional<int> find_node(std::string_view name) const;
    /// A new node; returns its number.
    int add_node(Vec3 const& at_mm, std::string const& name = {});
    /// A new piece from node `from` along a smooth curve through `through_mm` to a new node at its last point (or to
    /// `to`, when that is given); radii at the start and at each of the points. Returns its number.
    int add_edge(std::string const& name, int from, std::vector<Vec3> const& through_mm,
                 std::vector<double> const& radii_mm, WallClass wall, int label, int to = -1);
    /// Edges of the shortest way between two nodes, in order; empty when there is none (or they are the same).
    std::vector<int> way(int from_node, int to_node) const;
    /// One line each: edges without length, radii not above 0, points far from their nodes, names that stand twice,
    /// nodes that nothing reaches.
    std::vector<std::string> problems() const;
};

/// The hollow ways of one patient and the places people name.
struct Lumens {
    LumenGraph vessels; ///< arteries and veins, heart chambers included
    LumenGraph airways;
    LumenGraph gut;
    std::map<std::string, Vec3> landmarks; ///< patient space [mm]; for fitting and for people
};

} // namespace fluoro
