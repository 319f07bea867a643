#include "coronary_tree.hpp"
#include "heart_build.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {

void add_cardiac_veins(Anatomy& anatomy, SharedHeart const& heart)
{
    // Drawn from the ostium outward like a tree, then turned: blood comes the other way. Typical sizes: sinus 30 to 50
    // mm by 10 to 12.
    HeartFrame const& f = heart->frame();
    double const s = f.scale;
    LumenGraph& graph = anatomy.lumens.vessels;
    int const ostium = *graph.find_node("coronary-sinus-ostium");
    std::vector<CoronaryVessel> vessels;
    auto const left_groove = [&](double angle_deg, double apical) {
        double const a = radians(angle_deg);
        return f.at({33 * std::cos(a), 33 * std::sin(a), apical});
    };
    auto const add = [&](Course course, std::vector<CoronaryVessel::Mark> marks,
                         std::vector<CoronaryVessel::Knot> knots) {
        course.wander_mm = 0.5 * s;
        course.seed = 4711 + unsigned(vessels.size());
        CoronaryVessel vessel;
        vessel.points = lay_on_heart(*heart, course);
        double const length = vessel.length_mm();
        for (auto& mark : marks) mark.at_mm *= length;
        for (auto& knot : knots) knot = {knot.at_mm * length, knot.radius_mm * s};
        vessel.marks = std::move(marks);
        vessel.knots = std::move(knots);
        vessels.push_back(std::move(vessel));
        return int(vessels.size()) - 1;
    };
    Course sinus;
    sinus.through = {graph.nodes_mm[std::size_t(ostium)]};
    for (double angle = 286; angle >= 104; angle -= 13)
        sinus.through.push_back(left_groove(angle, angle > 230 ? -11 : -6.5));
    sinus.hubs.assign(sinus.through.size(), f.at({0, 0, -2}));
    for (double latitude : {-4.0, 8.0, 20.0, 32.0, 44.0}) {
        sinus.through.push_back(heart->at({heart->anterior_groove_deg(latitude) + 6, latitude, 1.5}));
        sinus.hubs.push_back(heart->middle_mm());
    }
    sinus.bed = Bed::under_appendage;
    sinus.first_radius_mm = 3.4 * s;
    sinus.last_radius_mm = 1;
    sinus.free_mm = 6 * s;
    double const share = 0.19;
    int const main = add(sinus, {{0, "coronary-sinus"}, {share, "great-cardiac-vein"}},
                         {{0, 5.3}, {share, 2.5}, {0.6, 1.8}, {1, 0.9}});
    double const length = vessels[std::size_t(main)].length_mm();
    auto const branch = [&](double at_mm, char const* name, std::vector<HeartCoordinates> const& through,
                            double radius) {
        Course course;
        course.through = {vessels[std::size_t(main)].at(at_mm)};
        for (HeartCoordinates const& c : through) course.through.push_back(heart->at(c));
        int const child = add(course, {{0, name}}, {{0, radius}, {1, 0.7}});
        vessels[std::size_t(main)].forks.push_back({at_mm, child});
    };
    std::vector<HeartCoordinates> below, side, right;
    for (double latitude : {-26.0, -12.0, 4.0, 20.0, 36.0, 52.0})
        below.push_back({heart->inferior_groove_deg(latitude) - 6, latitude, 1.5});
    for (double latitude : {-18.0, -2.0, 14.0, 30.0}) side.push_back({208, latitude, 1.5});
    branch(0.045 * length, "middle-cardiac-vein", below, 1.9);
    branch(share * length, "posterior-vein-of-left-ventricle", side, 1.3);
    std::size_t const first = graph.edges.size();
    shape_radii(vessels, main);
    add_tree(graph, vessels, main, ostium, WallClass::vein, label_of("vein"));
    for (std::size_t i = first; i < graph.edges.size(); ++i) {
        LumenEdge& edge = graph.edges[i];
        std::swap(edge.from, edge.to);
        std::ranges::reverse(edge.points_mm);
        std::ranges::reverse(edge.radii_mm);
        if (edge.name.starts_with("coronary-sinus")) edge.label = label_of("coronary_sinus");
        // Below the cavities: where the sinus opens, the atrium is the atrium.
        anatomy.organs.push_back({edge.name, edge.label, Rank::wall, {40, 1.06}, tube(edge.points_mm, edge.radii_mm)});
    }
}

} // namespace fluoro
