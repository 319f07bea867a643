#include "heart_of.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/anatomy/coronary.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>

// Wires and catheters are pushed along the coronary centre lines: how tightly those turn.
namespace fluoro {
namespace {

constexpr double step_mm = 0.5;  ///< of the line that bends are measured on
constexpr std::size_t reach = 4; ///< steps before and behind a place: a bend is what 4 mm of vessel do

/// The line in even steps.
std::vector<Vec3> evenly(std::vector<Vec3> const& line)
{
    std::vector<Vec3> out{line.front()};
    double left = step_mm;
    for (std::size_t i = 1; i < line.size(); ++i) {
        Vec3 from = line[i - 1];
        double piece = glm::length(line[i] - from);
        while (piece >= left) {
            from += (line[i] - from) * (left / piece);
            piece -= left;
            left = step_mm;
            out.push_back(from);
        }
        left -= piece;
    }
    return out;
}

double radius_through(Vec3 const& a, Vec3 const& b, Vec3 const& c)
{
    double const twice_area = glm::length(glm::cross(b - a, c - a));
    return glm::length(b - a) * glm::length(c - b) * glm::length(c - a) / std::max(2 * twice_area, 1e-12);
}

/// Edges from the ostium to a node.
std::vector<LumenEdge const*> way_to(LumenGraph const& g, int node)
{
    std::vector<LumenEdge const*> way;
    for (int const e : g.way(*g.find_node("aortic-sinuses"), node))
        if (g.edges[std::size_t(e)].wall == WallClass::coronary) way.push_back(&g.edges[std::size_t(e)]);
    return way;
}

bool is_twig(std::string const& name)
{
    return name.find("-twig-") != std::string::npos;
}

// Over 4 mm of the way from the ostium, forks included: into every branch the way leads as smoothly as along the main
// vessel. A bend of a real artery's centre line is hardly ever tighter than a curvature of 0.2 per mm (typical of
// coronary angiography); 4.5 leaves a tenth for the piece between two points. Twigs, which no tool enters, are bent to
// 2.8 and by forks to 2.5.
TEST(CoronaryBends, no_way_from_an_ostium_has_a_kink)
{
    std::vector<std::vector<std::string>> const variants{{},
                                                         {"coronary-dominance=left"},
                                                         {"coronary-dominance=balanced"},
                                                         {"anomalous-origin=rca-left-sinus"},
                                                         {"anomalous-origin=lcx-right-sinus"}};
    double least = 1e9, least_twig = 1e9;
    for (std::string const& name : built_in_patient_names())
        for (auto const& options : variants) {
            Anatomy const a = heart_of(name, options);
            LumenGraph const& g = a.lumens.vessels;
            int ways = 0;
            for (LumenEdge const& end : g.edges) {
                if (end.wall != WallClass::coronary) continue;
                ++ways;
                std::vector<Vec3> line;
                double last_starts_at = 0, length = 0;
                for (LumenEdge const* e : way_to(g, end.to)) {
                    line.insert(line.end(), e->points_mm.begin() + (line.empty() ? 0 : 1), e->points_mm.end());
                    last_starts_at = length;
                    length += e->length_mm();
                }
                // What lies further up is seen on the way to the edge before.
                auto const points = evenly(line);
                auto const first = std::max(reach, std::size_t(std::max(0.0, last_starts_at - 2.5) / step_mm));
                double tightest = 1e9;
                for (std::size_t i = first; i + reach < points.size(); ++i)
                    tightest = std::min(tightest, radius_through(points[i - reach], points[i], points[i + reach]));
                (is_twig(end.name) ? least_twig : least) = std::min(is_twig(end.name) ? least_twig : least, tightest);
                EXPECT_GT(tightest, is_twig(end.name) ? 2.5 : 4.5)
                    << name << " " << (options.empty() ? "" : options[0]) << " " << end.name;
            }
            EXPECT_GT(ways, 50) << name;
        }
    test::measured("coronary_tightest_bend_mm", least);
    test::measured("coronary_twig_tightest_bend_mm", least_twig);
}

// What a tool passes widens nowhere on its way in, and narrows at most by what a fork takes (Murray: to 0.79 where it
// parts in halves) and by half of that again for a second branch at the same place.
TEST(CoronaryBends, lumens_have_no_steps_but_forks)
{
    for (std::string const& name : built_in_patient_names()) {
        LumenGraph const g = heart_of(name, {}).lumens.vessels;
        test::Extremes steps{"coronary_radius_step_" + name};
        for (LumenEdge const& e : g.edges) {
            if (e.wall != WallClass::coronary) continue;
            for (std::size_t i = 1; i < e.radii_mm.size(); ++i) {
                EXPECT_LE(e.radii_mm[i], e.radii_mm[i - 1] + 1e-9) << name << " " << e.name;
                EXPECT_GT(e.radii_mm[i], 0.95 * e.radii_mm[i - 1]) << name << " " << e.name;
            }
            for (LumenEdge const& next : g.edges)
                if (next.from == e.to && next.wall == WallClass::coronary && !is_twig(next.name) &&
                    next.name.substr(0, next.name.find('/')) == e.name.substr(0, e.name.find('/'))) {
                    double const share = next.radii_mm.front() / e.radii_mm.back();
                    steps.see(share);
                    EXPECT_LE(share, 1 + 1e-9) << name << " " << next.name;
                    EXPECT_GT(share, 0.7) << name << " " << next.name;
                }
        }
    }
}

} // namespace
} // namespace fluoro
