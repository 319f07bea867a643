#include "coronary_pathology.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fluoro/anatomy/coronary.hpp>
#include <fluoro/core/error.hpp>
#include <fluoro/core/random.hpp>
#include <numbers>

namespace fluoro {

namespace {

constexpr Tissue soft_plaque{60, 1.1}, calcified_plaque{800, 1.45, 100, 1.5};

double figure(std::string const& option, std::string const& text, double least, double most, char const* what)
{
    double value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !(value >= least && value <= most))
        throw Error{option + ": '" + text + "' is no " + what + " from " + std::to_string(int(least)) + " to " +
                    std::to_string(int(most))};
    return value;
}

/// All of a segment as one line.
struct Line {
    struct Point {
        int edge;
        std::size_t index;
        double at_mm;
    };
    std::vector<int> edges;
    std::vector<Point> points;
    double length_mm = 0;
};

Line line_of(LumenGraph const& graph, std::string const& option, std::string const& segment)
{
    Line line;
    line.edges = coronary_edges(graph, segment);
    if (line.edges.empty())
        throw Error{option + ": this patient has no segment '" + segment +
                    "': it depends on coronary-dominance; choose another segment or dominance"};
    for (int const e : line.edges) {
        auto const& points = graph.edges[std::size_t(e)].points_mm;
        for (std::size_t i = 0; i < points.size(); ++i) {
            if (i > 0) line.length_mm += glm::length(points[i] - points[i - 1]);
            line.points.push_back({e, i, line.length_mm});
        }
    }
    return line;
}

/// 1 in the middle half of a lesion, 0 from its ends on.
double shape_of_lesion(double from_middle_mm, double length_mm)
{
    double const u = std::abs(from_middle_mm) / (length_mm / 2);
    if (u >= 1) return 0;
    return u <= 0.5 ? 1 : 0.5 * (1 + std::cos(std::numbers::pi * (u - 0.5) / 0.5));
}

/// Other edges follow a node that has moved, over 4 mm.
void follow(LumenGraph& graph, std::vector<int> const& moved, int node, Vec3 const& by)
{
    graph.nodes_mm[std::size_t(node)] += by;
    for (std::size_t e = 0; e < graph.edges.size(); ++e) {
        LumenEdge& edge = graph.edges[e];
        if (std::ranges::find(moved, int(e)) != moved.end() || (edge.from != node && edge.to != node)) continue;
        if (edge.to == node) std::ranges::reverse(edge.points_mm);
        std::vector<Vec3> const before = edge.points_mm;
        double gone = 0;
        for (std::size_t i = 0; i < before.size() && gone < 4; ++i) {
            if (i > 0) gone += glm::length(before[i] - before[i - 1]);
            edge.points_mm[i] += by * std::max(0.0, 1 - gone / 4);
        }
        if (edge.to == node) std::ranges::reverse(edge.points_mm);
    }
}

struct Lesion {
    std::string segment;
    double percent = 0, length_mm = 10;
    bool is_eccentric = false, is_calcified = false;
};

Lesion lesion_of(std::vector<std::string> const& words)
{
    std::string const form = "stenosis=SEGMENT:PERCENT[:LENGTH_MM][:eccentric][:calcified]";
    if (words.size() < 2) throw Error{"stenosis: '" + words.front() + "' has no percentage; write " + form};
    Lesion lesion{coronary_segment(words[0]).name, figure("stenosis", words[1], 1, 100, "percentage of diameter")};
    for (std::size_t i = 2; i < words.size(); ++i) {
        if (words[i] == "eccentric")
            lesion.is_eccentric = true;
        else if (words[i] == "calcified")
            lesion.is_calcified = true;
        else
            lesion.length_mm = figure("stenosis", words[i], 2, 60, "length in mm, 'eccentric' or 'calcified'");
    }
    return lesion;
}

Organ narrow(LumenGraph& graph, Lesion const& lesion)
{
    Line const line = line_of(graph, "stenosis", lesion.segment);
    double const length = std::min(lesion.length_mm, 0.9 * line.length_mm), middle = line.length_mm / 2;
    std::vector<Vec3> plaque;
    std::vector<double> plaque_radii;
    auto const half =
        std::ranges::min_element(line.points, {}, [&](Line::Point const& p) { return std::abs(p.at_mm - middle); });
    LumenEdge const& there = graph.edges[std::size_t(half->edge)];
    std::size_t const i0 = half->index > 0 ? half->index - 1 : 0;
    Vec3 const along =
        glm::normalize(there.points_mm[std::min(i0 + 2, there.points_mm.size() - 1)] - there.points_mm[i0]);
    // Any side that is neither up the vessel nor the viewer's axis alone.
    Vec3 const side = glm::normalize(glm::cross(along, Vec3{0.5, -0.6, 0.62}));
    std::vector<std::pair<int, Vec3>> nodes;
    Vec3 shift{0};
    for (Line::Point const& p : line.points) {
        double const share = shape_of_lesion(p.at_mm - middle, length);
        if (share <= 0) continue;
        LumenEdge& edge = graph.edges[std::size_t(p.edge)];
        double& radius = edge.radii_mm[p.index];
        Vec3& at = edge.points_mm[p.index];
        if (plaque.empty() || glm::length(at - plaque.back()) > 1e-6) {
            plaque.push_back(at);
            plaque_radii.push_back(radius + 0.1);
        }
        double const narrowed = std::max(occluded_radius_mm, radius * (1 - share * lesion.percent / 100));
        // Behind a fork the vessel is narrower by a step; the line has none.
        if (p.index > 0 || p.edge == line.edges.front())
            shift = lesion.is_eccentric ? 0.85 * (radius - narrowed) * side : Vec3{0};
        radius = narrowed;
        at += shift;
        if (lesion.is_eccentric && p.index + 1 == edge.points_mm.size()) nodes.push_back({edge.to, shift});
    }
    for (auto const& [node, by] : nodes) follow(graph, line.edges, node, by);
    if (plaque.size() < 2)
        throw Error{"stenosis: a lesion of " + std::to_string(length) + " mm is too short to be drawn in '" +
                    lesion.segment + "'"};
    return {"plaque-" + lesion.segment, label_of("plaque"), Rank::wall,
            lesion.is_calcified ? calcified_plaque : soft_plaque, tube(plaque, plaque_radii)};
}

void widen(LumenGraph& graph, std::vector<std::string> const& words)
{
    if (words.size() != 2) throw Error{"ectasia: '" + words.front() + "': write ectasia=SEGMENT:FACTOR"};
    Line const line = line_of(graph, "ectasia", coronary_segment(words[0]).name);
    double const factor = figure("ectasia", words[1], 1, 5, "factor");
    for (Line::Point const& p : line.points) {
        double const end = std::min(p.at_mm, line.length_mm - p.at_mm) / std::min(4.0, line.length_mm / 3);
        double const share = std::clamp(end, 0.0, 1.0);
        graph.edges[std::size_t(p.edge)].radii_mm[p.index] *= 1 + (factor - 1) * share * share * (3 - 2 * share);
    }
}

} // namespace

std::vector<Organ> apply_coronary_pathology(LumenGraph& vessels, PatientParameters const& who)
{
    std::vector<Organ> plaques;
    for (auto const& words : who.list("ectasia")) widen(vessels, words);
    for (auto const& words : who.list("stenosis")) plaques.push_back(narrow(vessels, lesion_of(words)));
    return plaques;
}

std::vector<Organ> coronary_calcifications(LumenGraph const& vessels, PatientParameters const& who)
{
    // Rare before sixty, usual beyond seventy (typical).
    std::string const grade =
        who.word("coronary-calcification", {"none", "mild", "heavy"}, who.age_y >= 70 ? "mild" : "none");
    std::vector<Organ> spots;
    if (grade == "none") return spots;
    RandomSequence random{who.seed, RandomStream::body, 1090, 0};
    for (char const* segment : {"left-main", "lad-proximal", "lad-proximal", "lad-mid", "circumflex-proximal",
                                "rca-proximal", "rca-mid", "rca-distal"}) {
        int const count = grade == "mild" ? int(random.next_uniform() < 0.6) : 3;
        Line const line = line_of(vessels, "coronary-calcification", segment);
        for (int i = 0; i < count; ++i) {
            double const from = random.next_uniform() * line.length_mm, angle = 6.283 * random.next_uniform();
            double const length = 2 + (grade == "mild" ? 2 : 5) * random.next_uniform();
            std::vector<Vec3> streak;
            for (Line::Point const& p : line.points) {
                LumenEdge const& edge = vessels.edges[std::size_t(p.edge)];
                if (p.at_mm < from || p.at_mm > from + length || p.index + 1 >= edge.points_mm.size()) continue;
                Vec3 const& at = edge.points_mm[p.index];
                Vec3 const along = glm::normalize(edge.points_mm[p.index + 1] - at);
                Vec3 const x = glm::normalize(glm::cross(along, Vec3{0.3, 0.5, 0.81})), y = glm::cross(along, x);
                streak.push_back(at + (edge.radii_mm[p.index] + 0.25) * (std::cos(angle) * x + std::sin(angle) * y));
            }
            if (streak.size() < 2) continue;
            std::vector<double> const radii(streak.size(), 0.55 + 0.35 * random.next_uniform());
            spots.push_back({std::string{"calcification-"} + segment, label_of("plaque"), Rank::wall, calcified_plaque,
                             tube(streak, radii)});
        }
    }
    return spots;
}

} // namespace fluoro
