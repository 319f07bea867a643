#include "vessel_tree.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/curve.hpp>
#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>
#include <numeric>

namespace fluoro {

namespace {

constexpr double step_mm = 1;

std::vector<double> along(std::vector<Vec3> const& points)
{
    std::vector<double> way(points.size(), 0);
    for (std::size_t i = 1; i < points.size(); ++i) way[i] = way[i - 1] + glm::length(points[i] - points[i - 1]);
    return way;
}

/// Takes the corners out of a line, ends fixed: what is left has features of a few millimetres and more.
void soften(std::vector<Vec3>& points, int times)
{
    for (int n = 0; n < times; ++n) {
        Vec3 before = points.front();
        for (std::size_t i = 1; i + 1 < points.size(); ++i) {
            Vec3 const here = points[i];
            points[i] = here / 2.0 + (before + points[i + 1]) / 4.0;
            before = here;
        }
    }
}

void bend(std::vector<Vec3>& points, Bends const& bends)
{
    if (bends.height_mm <= 0) return;
    std::vector<double> const way = along(points);
    Vec3 const chord = glm::normalize(points.back() - points.front());
    Vec3 const other = std::abs(chord.x) < 0.7 ? Vec3{1, 0, 0} : Vec3{0, 1, 0};
    Vec3 const a = glm::normalize(glm::cross(chord, other)), b = glm::cross(chord, a);
    double const turn = radians(bends.turn_deg);
    for (std::size_t i = 0; i < points.size(); ++i) {
        double const t = way[i] / way.back(), phase = 2 * std::numbers::pi * bends.waves * t;
        // Nothing at the ends; the second plane lags, so that the bends are not flat.
        double const window = std::pow(std::sin(std::numbers::pi * t), 0.7);
        double const first = std::sin(phase), second = 0.5 * std::sin(phase + 1.1);
        points[i] +=
            bends.height_mm * window *
            (first * (std::cos(turn) * a + std::sin(turn) * b) + second * (std::cos(turn) * b - std::sin(turn) * a));
    }
}

LumenEdge line(std::string const& name, std::vector<Vec3> const& through, double from_radius, double to_radius,
               Bends const& bends)
{
    LumenEdge edge;
    edge.name = name;
    edge.points_mm = curve(through, step_mm);
    // Softening shortens a line; bends come after, so that their height is kept.
    soften(edge.points_mm, 24);
    bend(edge.points_mm, bends);
    std::vector<double> const way = along(edge.points_mm);
    for (double const s : way) edge.radii_mm.push_back(std::lerp(from_radius, to_radius, s / way.back()));
    return edge;
}

} // namespace

VesselTree::VesselTree(Anatomy& anatomy) : anatomy_{anatomy}, first_edge_{anatomy.lumens.vessels.edges.size()} {}

int VesselTree::node(std::string const& name) const
{
    auto const found = anatomy_.lumens.vessels.find_node(name);
    if (!found) throw Error{"no vessel meets another at '" + name + "'", Error::Kind::failed};
    return *found;
}

Vec3 const& VesselTree::node_mm(std::string const& name) const
{
    return anatomy_.lumens.vessels.nodes_mm[std::size_t(node(name))];
}

void VesselTree::add(LumenEdge edge, int from, std::string const& to)
{
    LumenGraph& g = graph();
    edge.from = from;
    auto const known = to.empty() ? std::nullopt : g.find_node(to);
    edge.to = known ? *known : g.add_node(edge.points_mm.back(), to);
    g.edges.push_back(std::move(edge));
}

void VesselTree::artery(std::string const& name, std::string const& from, std::string const& to,
                        std::vector<Vec3> const& through_mm, double from_radius_mm, double to_radius_mm,
                        std::string const& label, Bends const& bends)
{
    std::vector<Vec3> through{node_mm(from)};
    through.insert(through.end(), through_mm.begin(), through_mm.end());
    if (auto const known = to.empty() ? std::nullopt : graph().find_node(to))
        through.back() = graph().nodes_mm[std::size_t(*known)];
    LumenEdge edge = line(name, through, from_radius_mm, to_radius_mm, bends);
    edge.wall = from_radius_mm > 3.2 ? WallClass::elastic_artery : WallClass::muscular_artery;
    edge.label = label_of(label);
    add(std::move(edge), node(from), to);
}

void VesselTree::vein(std::string const& name, std::string const& heartward, std::string const& outer,
                      std::vector<Vec3> const& outward_mm, double heartward_radius_mm, double outer_radius_mm,
                      std::string const& label)
{
    artery(name, heartward, outer, outward_mm, heartward_radius_mm, outer_radius_mm, label);
    LumenEdge& edge = graph().edges.back();
    edge.wall = WallClass::vein;
    std::swap(edge.from, edge.to);
    std::ranges::reverse(edge.points_mm);
    std::ranges::reverse(edge.radii_mm);
}

void VesselTree::trunk(std::string const& from, std::vector<Vec3> const& through_mm,
                       std::vector<double> const& radii_mm, std::vector<Piece> const& pieces, std::string const& label)
{
    FLUORO_EXPECT(!pieces.empty() && through_mm.size() == radii_mm.size());
    FLUORO_EXPECT(pieces.back().end_point + 1 == through_mm.size());
    std::vector<double> radii;
    std::vector<Vec3> points = curve(through_mm, step_mm, radii_mm, radii);
    soften(points, 90);
    points.front() = node_mm(from);
    std::size_t begin = 0;
    std::string at = from;
    for (Piece const& piece : pieces) {
        std::size_t end = points.size() - 1;
        if (&piece != &pieces.back()) {
            auto const nearest = std::ranges::min_element(
                points, {}, [&](Vec3 const& p) { return glm::length(p - through_mm[piece.end_point]); });
            end = std::size_t(nearest - points.begin());
        }
        FLUORO_EXPECT(end > begin);
        LumenEdge edge;
        edge.name = piece.name;
        edge.wall = WallClass::elastic_artery;
        edge.label = label_of(label);
        edge.points_mm.assign(points.begin() + std::ptrdiff_t(begin), points.begin() + std::ptrdiff_t(end) + 1);
        edge.radii_mm.assign(radii.begin() + std::ptrdiff_t(begin), radii.begin() + std::ptrdiff_t(end) + 1);
        add(std::move(edge), node(at), piece.end_node);
        at = piece.end_node;
        begin = end;
    }
}

void VesselTree::cut(std::string const& edge_name, Vec3 const& at_mm, std::string const& node_name,
                     std::string const& rest)
{
    auto const found = graph().find_edge(edge_name);
    if (!found) throw Error{"no vessel is called '" + edge_name + "'", Error::Kind::failed};
    LumenEdge first = graph().edges[std::size_t(*found)], second = first;
    auto const nearest =
        std::ranges::min_element(first.points_mm, {}, [&](Vec3 const& p) { return glm::length(p - at_mm); });
    std::ptrdiff_t const at =
        std::clamp<std::ptrdiff_t>(nearest - first.points_mm.begin(), 1, std::ptrdiff_t(first.points_mm.size()) - 2);
    int const middle = graph().add_node(first.points_mm[std::size_t(at)], node_name);
    first.to = second.from = middle;
    first.points_mm.resize(std::size_t(at) + 1);
    first.radii_mm.resize(std::size_t(at) + 1);
    second.points_mm.erase(second.points_mm.begin(), second.points_mm.begin() + at);
    second.radii_mm.erase(second.radii_mm.begin(), second.radii_mm.begin() + at);
    second.name = rest;
    graph().edges[std::size_t(*found)] = std::move(first);
    graph().edges.push_back(std::move(second));
}

double wall_mm(WallClass wall, double radius_mm)
{
    // Aorta 1.5 to 2 mm; a muscular artery's wall is about a fifth of its radius plus a fixed share; veins are thin.
    if (wall == WallClass::vein) return std::clamp(0.08 * radius_mm, 0.2, 0.8);
    return std::clamp(0.3 + 0.15 * radius_mm, 0.3, 1.8);
}

Shape vessel_shape(LumenEdge const& edge, double beyond_mm)
{
    // A ball per millimetre is more than the curve asks for; a few per radius bend as smoothly.
    std::vector<Vec3> points;
    std::vector<double> radii;
    double since = 0;
    for (std::size_t i = 0; i < edge.points_mm.size(); ++i) {
        if (i > 0) since += glm::length(edge.points_mm[i] - edge.points_mm[i - 1]);
        bool const is_end = i == 0 || i + 1 == edge.points_mm.size();
        if (!is_end && since < std::clamp(edge.radii_mm[i] / 2, 1.0, 3.0) - 0.2) continue;
        points.push_back(edge.points_mm[i]);
        radii.push_back(edge.radii_mm[i] + beyond_mm);
        since = 0;
    }
    return tube(points, radii);
}

void VesselTree::ease_joins()
{
    constexpr double least_share = 0.7;      // of the radius, with which a vessel goes on
    static constexpr std::size_t reach = 14; // points on either side that give way, a millimetre apart
    constexpr int rounds = 60;
    LumenGraph& g = graph();
    struct End {
        LumenEdge* edge;
        bool is_start;
        double radius_mm;
        std::size_t index(std::size_t i) const { return is_start ? i : edge->points_mm.size() - 1 - i; }
        std::size_t count() const { return std::min(reach, edge->points_mm.size() / 2); }
    };
    for (int node = 0; node < int(g.nodes_mm.size()); ++node) {
        std::vector<End> ends;
        for (std::size_t i = first_edge_; i < g.edges.size(); ++i) {
            LumenEdge& e = g.edges[i];
            if (e.from == node) ends.push_back({&e, true, e.radii_mm.front()});
            if (e.to == node) ends.push_back({&e, false, e.radii_mm.back()});
        }
        if (ends.size() < 2) continue;
        std::ranges::stable_sort(ends, std::ranges::greater{}, &End::radius_mm);
        End const &one = ends[0], &other = ends[1];
        // Blood comes in by one and leaves by the other.
        if (one.is_start == other.is_start || other.radius_mm < least_share * one.radius_mm) continue;
        std::vector<Vec3> points;
        for (std::size_t i = one.count(); i > 0; --i) points.push_back(one.edge->points_mm[one.index(i)]);
        std::size_t const middle = points.size();
        points.push_back(g.nodes_mm[std::size_t(node)]);
        for (std::size_t i = 1; i <= other.count(); ++i) points.push_back(other.edge->points_mm[other.index(i)]);
        Vec3 const before = points[middle];
        // Less and less away from the node, so that no new corner comes where it ends.
        for (int n = 0; n < rounds; ++n) {
            std::vector<Vec3> const was = points;
            for (std::size_t i = 1; i + 1 < points.size(); ++i) {
                double const off = i < middle ? double(middle - i) / double(middle)
                                              : double(i - middle) / double(points.size() - 1 - middle);
                double const much = 0.5 * (1 - off) * (1 - off);
                points[i] = (1 - much) * was[i] + (0.5 * much) * (was[i - 1] + was[i + 1]);
            }
        }
        for (std::size_t i = 0; i <= other.count(); ++i) other.edge->points_mm[other.index(i)] = points[middle + i];
        for (std::size_t i = 0; i <= one.count(); ++i) {
            one.edge->points_mm[one.index(i)] = points[middle - i];
            // The wider one tapers to the other.
            double const t = double(i) / double(one.count() + 1), wide = t * t * (3 - 2 * t);
            double& radius = one.edge->radii_mm[one.index(i)];
            radius = std::lerp(std::min(radius, other.radius_mm), radius, wide);
        }
        // What else leaves here comes along.
        Vec3 const moved = points[middle] - before;
        g.nodes_mm[std::size_t(node)] += moved;
        for (std::size_t k = 2; k < ends.size(); ++k)
            for (std::size_t i = 0; i <= ends[k].count(); ++i)
                ends[k].edge->points_mm[ends[k].index(i)] += (1 - double(i) / double(ends[k].count() + 1)) * moved;
    }
}

void VesselTree::draw()
{
    std::vector<LumenEdge const*> edges;
    for (std::size_t i = first_edge_; i < graph().edges.size(); ++i) edges.push_back(&graph().edges[i]);
    auto const radius = [](LumenEdge const* e) {
        return std::accumulate(e->radii_mm.begin(), e->radii_mm.end(), 0.0) / double(e->radii_mm.size());
    };
    // The thick one has the junction.
    std::ranges::stable_sort(edges, {}, radius);
    int const fat = label_of("visceral_fat");
    for (LumenEdge const* edge : edges) {
        double const wall = wall_mm(edge->wall, radius(edge));
        if (radius(edge) > 1.2)
            anatomy_.organs.push_back({edge->name + "-fat",
                                       fat,
                                       Rank::cavity,
                                       {-95, 0.95, 10, 4},
                                       vessel_shape(*edge, wall + std::clamp(0.5 * radius(edge), 1.0, 3.0))});
        anatomy_.organs.push_back(
            {edge->name + "-wall", edge->label, Rank::wall, {50, 1.05}, vessel_shape(*edge, wall)});
        anatomy_.organs.push_back({edge->name, edge->label, Rank::lumen, {40, 1.06}, vessel_shape(*edge)});
    }
}

} // namespace fluoro
