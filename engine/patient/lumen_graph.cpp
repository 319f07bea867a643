#include <fluoro/patient/lumen_graph.hpp>

#include <algorithm>
#include <fluoro/core/curve.hpp>
#include <fluoro/core/expect.hpp>
#include <limits>
#include <set>

namespace fluoro {

namespace {

/// Distance of the points on a centre line.
constexpr double step_mm = 1;

} // namespace

double LumenEdge::length_mm() const
{
    double sum = 0;
    for (std::size_t i = 1; i < points_mm.size(); ++i) sum += glm::length(points_mm[i] - points_mm[i - 1]);
    return sum;
}

std::optional<int> LumenGraph::find_edge(std::string_view name) const
{
    auto const found = std::ranges::find(edges, name, &LumenEdge::name);
    return found == edges.end() ? std::nullopt : std::optional{int(found - edges.begin())};
}

std::optional<int> LumenGraph::find_node(std::string_view name) const
{
    auto const found = std::ranges::find(node_names, name);
    return found == node_names.end() ? std::nullopt : std::optional{int(found - node_names.begin())};
}

int LumenGraph::add_node(Vec3 const& at_mm, std::string const& name)
{
    nodes_mm.push_back(at_mm);
    node_names.push_back(name);
    return int(nodes_mm.size()) - 1;
}

int LumenGraph::add_edge(std::string const& name, int from, std::vector<Vec3> const& through_mm,
                         std::vector<double> const& radii_mm, WallClass wall, int label, int to)
{
    FLUORO_EXPECT(from >= 0 && from < int(nodes_mm.size()) && to < int(nodes_mm.size()));
    FLUORO_EXPECT(!through_mm.empty() && radii_mm.size() == through_mm.size() + 1);
    std::vector<Vec3> through{nodes_mm[std::size_t(from)]};
    through.insert(through.end(), through_mm.begin(), through_mm.end());
    if (to >= 0) through.back() = nodes_mm[std::size_t(to)];
    LumenEdge edge;
    edge.name = name;
    edge.wall = wall;
    edge.label = label;
    edge.points_mm = curve(through, step_mm, radii_mm, edge.radii_mm);
    edge.from = from;
    edge.to = to >= 0 ? to : add_node(through.back());
    edges.push_back(std::move(edge));
    return int(edges.size()) - 1;
}

std::vector<int> LumenGraph::way(int from_node, int to_node) const
{
    std::size_t const count = nodes_mm.size();
    std::vector<double> best(count, std::numeric_limits<double>::max());
    std::vector<int> by(count, -1);
    std::set<std::pair<double, int>> open{{0.0, from_node}};
    best[std::size_t(from_node)] = 0;
    while (!open.empty()) {
        auto const [far, node] = *open.begin();
        open.erase(open.begin());
        if (node == to_node) break;
        for (std::size_t e = 0; e < edges.size(); ++e) {
            LumenEdge const& edge = edges[e];
            if (edge.from != node && edge.to != node) continue;
            int const next = edge.from == node ? edge.to : edge.from;
            double const length = far + edge.length_mm();
            if (length >= best[std::size_t(next)]) continue;
            open.erase({best[std::size_t(next)], next});
            best[std::size_t(next)] = length;
            by[std::size_t(next)] = int(e);
            open.insert({length, next});
        }
    }
    std::vector<int> way;
    for (int node = to_node; node != from_node;) {
        int const e = by[std::size_t(node)];
        if (e < 0) return {};
        way.push_back(e);
        node = edges[std::size_t(e)].from == node ? edges[std::size_t(e)].to : edges[std::size_t(e)].from;
    }
    std::ranges::reverse(way);
    return way;
}

std::vector<std::string> LumenGraph::problems() const
{
    std::vector<std::string> lines;
    std::set<std::string> names;
    std::vector<bool> is_reached(nodes_mm.size(), false);
    for (LumenEdge const& edge : edges) {
        std::string const who = "'" + edge.name + "'";
        if (!names.insert(edge.name).second) lines.push_back(who + " stands twice");
        if (edge.points_mm.size() < 2 || edge.points_mm.size() != edge.radii_mm.size()) {
            lines.push_back(who + " has no centre line");
            continue;
        }
        if (!(edge.length_mm() > 0)) lines.push_back(who + " has no length");
        if (std::ranges::any_of(edge.radii_mm, [](double r) { return !(r > 0); }))
            lines.push_back(who + " has a radius that is not above 0");
        if (glm::length(edge.points_mm.front() - nodes_mm[std::size_t(edge.from)]) > 1e-6 ||
            glm::length(edge.points_mm.back() - nodes_mm[std::size_t(edge.to)]) > 1e-6)
            lines.push_back(who + " does not end at its nodes");
        is_reached[std::size_t(edge.from)] = is_reached[std::size_t(edge.to)] = true;
    }
    for (std::size_t node = 0; node < is_reached.size(); ++node)
        if (!is_reached[node]) lines.push_back("node " + std::to_string(node) + " '" + node_names[node] + "' is alone");
    return lines;
}

} // namespace fluoro
