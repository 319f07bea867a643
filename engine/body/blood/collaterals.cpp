#include "collaterals.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>

namespace fluoro {

namespace {

constexpr char const* prefix = "collateral-";
constexpr double widest_mm = 0.33;            ///< radius of well grown ones (typical, up to 1 mm wide)
constexpr double nearest_mm = 8, far_mm = 70; ///< between the vessels that they join
constexpr int of_each_pair = 3;
constexpr double winds_mm = 3; ///< off the straight line: they are crooked

enum class Territory { descending, circumflex, right };
constexpr std::array<char const*, 3> short_names{"lad", "circumflex", "rca"};

struct Spot {
    int node;
    Territory territory;
};

/// Whose the nodes before the ends of the coronary arteries are.
std::vector<Spot> spots(LumenGraph const& vessels)
{
    std::vector<int> into(vessels.nodes_mm.size(), -1);
    std::vector<char> goes_on(vessels.nodes_mm.size(), 0);
    for (int e = 0; e < int(vessels.edges.size()); ++e) {
        LumenEdge const& edge = vessels.edges[std::size_t(e)];
        if (into[std::size_t(edge.to)] < 0) into[std::size_t(edge.to)] = e;
        goes_on[std::size_t(edge.from)] = 1;
    }
    std::vector<Spot> all;
    for (LumenEdge const& last : vessels.edges) {
        if (last.wall != WallClass::coronary || goes_on[std::size_t(last.to)]) continue;
        std::optional<Territory> whose;
        int node = last.from;
        for (std::size_t steps = 0; steps < vessels.edges.size() && !whose && into[std::size_t(node)] >= 0; ++steps) {
            LumenEdge const& edge = vessels.edges[std::size_t(into[std::size_t(node)])];
            if (edge.wall != WallClass::coronary) break;
            if (edge.name.starts_with("lad-")) whose = Territory::descending;
            if (edge.name.starts_with("circumflex")) whose = Territory::circumflex;
            if (edge.name.starts_with("rca-")) whose = Territory::right;
            node = edge.from;
        }
        bool const is_known = std::ranges::any_of(all, [&](Spot const& spot) { return spot.node == last.from; });
        if (whose && !is_known) all.push_back({last.from, *whose});
    }
    return all;
}

} // namespace

bool is_collateral(LumenEdge const& edge)
{
    return edge.name.starts_with(prefix);
}

LumenGraph with_collaterals(LumenGraph vessels, double grown)
{
    if (!(grown > 0)) return vessels;
    std::vector<Spot> const from = spots(vessels);
    double const radius_mm = widest_mm * std::pow(grown, 0.25); // what they carry grows evenly
    struct Way {
        double mm;
        int a, b;
    };
    for (std::size_t first = 0; first < short_names.size(); ++first)
        for (std::size_t second = first + 1; second < short_names.size(); ++second) {
            std::vector<Way> ways;
            for (Spot const& a : from)
                for (Spot const& b : from) {
                    if (std::size_t(a.territory) != first || std::size_t(b.territory) != second) continue;
                    double const mm =
                        glm::length(vessels.nodes_mm[std::size_t(a.node)] - vessels.nodes_mm[std::size_t(b.node)]);
                    if (mm > nearest_mm && mm < far_mm) ways.push_back({mm, a.node, b.node});
                }
            std::ranges::stable_sort(ways, {}, &Way::mm);
            std::vector<int> used;
            for (Way const& way : ways) {
                auto const is_used = [&](int node) { return std::ranges::find(used, node) != used.end(); };
                if (int(used.size()) == 2 * of_each_pair || is_used(way.a) || is_used(way.b)) continue;
                used.insert(used.end(), {way.a, way.b});
                Vec3 const begin = vessels.nodes_mm[std::size_t(way.a)], end = vessels.nodes_mm[std::size_t(way.b)];
                Vec3 const along = (end - begin) / way.mm;
                Vec3 const side =
                    glm::normalize(glm::cross(along, std::abs(along.z) < 0.8 ? Vec3{0, 0, 1} : Vec3{1, 0, 0}));
                Vec3 const other = glm::cross(along, side);
                // A crooked line that keeps off both ends.
                int const bends = std::max(2, int(way.mm / 8)), points = 4 * bends;
                std::vector<Vec3> through;
                for (int i = 1; i <= points; ++i) {
                    double const share = double(i) / points, turn = std::numbers::pi * bends * share;
                    double const off = winds_mm * std::sin(std::numbers::pi * share);
                    through.push_back(glm::mix(begin, end, share) +
                                      off * (std::sin(turn) * side + 0.5 * std::sin(1.7 * turn) * other));
                }
                through.back() = end;
                std::string const name = std::string{prefix} + short_names[first] + '-' + short_names[second] + '-' +
                                         std::to_string(used.size() / 2);
                vessels.add_edge(name, way.a, through, std::vector<double>(std::size_t(points) + 1, radius_mm),
                                 WallClass::coronary, 0, way.b);
            }
        }
    return vessels;
}

} // namespace fluoro
