#include "coronary_courses.hpp"
#include "coronary_pathology.hpp"
#include "heart_build.hpp"

#include <fluoro/anatomy/coronary.hpp>

namespace fluoro {

namespace {

/// The lumen, without what is closed.
void draw_lumen(Anatomy& anatomy, LumenEdge const& edge, Tissue const& blood)
{
    std::vector<Vec3> points;
    std::vector<double> radii;
    auto const draw = [&] {
        if (points.size() >= 2)
            anatomy.organs.push_back({edge.name, edge.label, Rank::lumen, blood, tube(points, radii)});
        points.clear();
        radii.clear();
    };
    for (std::size_t i = 0; i < edge.points_mm.size(); ++i) {
        if (edge.radii_mm[i] < 2 * occluded_radius_mm) {
            draw();
            continue;
        }
        points.push_back(edge.points_mm[i]);
        radii.push_back(edge.radii_mm[i]);
    }
    draw();
}

} // namespace

void add_coronaries(Anatomy& anatomy, SharedHeart const& heart)
{
    PatientParameters const& who = anatomy.plan.parameters;
    std::string const dominance = who.word("coronary-dominance", {"right", "left", "balanced"}, "right");
    std::string const from = who.word("anomalous-origin", anomalous_origins, "none");
    CoronaryPlan plan = plan_coronaries(*heart, anatomy.plan,
                                        dominance == "right"  ? Dominance::right
                                        : dominance == "left" ? Dominance::left
                                                              : Dominance::balanced,
                                        from == "none"             ? CoronaryOrigin::normal
                                        : from == "rca-left-sinus" ? CoronaryOrigin::right_from_left_sinus
                                                                   : CoronaryOrigin::circumflex_from_right_sinus);
    shape_radii(plan.vessels, plan.left);
    shape_radii(plan.vessels, plan.right);
    if (plan.circumflex >= 0) shape_radii(plan.vessels, plan.circumflex);
    add_twigs(plan, *heart, who.seed);
    LumenGraph& graph = anatomy.lumens.vessels;
    int const label = label_of("coronary_artery");
    std::size_t const first = graph.edges.size();
    add_tree(graph, plan.vessels, plan.left, *graph.find_node("left-coronary-ostium"), WallClass::coronary, label);
    add_tree(graph, plan.vessels, plan.right, *graph.find_node("right-coronary-ostium"), WallClass::coronary, label);
    if (plan.circumflex >= 0)
        add_tree(graph, plan.vessels, plan.circumflex, *graph.find_node("circumflex-ostium"), WallClass::coronary,
                 label);
    std::vector<LumenEdge> const sound = graph.edges;
    std::vector<Organ> const plaques = apply_coronary_pathology(graph, who);
    std::vector<Organ> const calcium = coronary_calcifications(graph, who);

    // Contrast medium of 350 mg iodine per mL at 30 HU per mg/mL.
    bool const is_filled = who.word("opacified", {"none", "coronaries"}, "none") == "coronaries";
    Tissue const blood{is_filled ? 10'500.0 : 40.0, 1.06}, wall{45, 1.05};
    for (std::size_t i = first; i < graph.edges.size(); ++i) {
        // The wall is the sound vessel's, or of what widens it.
        std::vector<double> outer = sound[i].radii_mm;
        for (std::size_t k = 0; k < outer.size(); ++k)
            outer[k] = 0.4 + 1.1 * std::max(outer[k], graph.edges[i].radii_mm[k]);
        anatomy.organs.push_back({graph.edges[i].name + "-wall", label_of("coronary_wall"), Rank::wall, wall,
                                  tube(sound[i].points_mm, outer)});
    }
    for (Organ const& organ : plaques) anatomy.organs.push_back(organ);
    for (Organ const& organ : calcium) anatomy.organs.push_back(organ);
    for (std::size_t i = first; i < graph.edges.size(); ++i) draw_lumen(anatomy, graph.edges[i], blood);
}

} // namespace fluoro
