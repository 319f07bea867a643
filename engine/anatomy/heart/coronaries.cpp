#include "coronary_courses.hpp"
#include "heart_build.hpp"

#include <fluoro/anatomy/coronary.hpp>

namespace fluoro {

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
    LumenGraph& graph = anatomy.lumens.vessels;
    int const label = label_of("coronary_artery");
    std::size_t const first = graph.edges.size();
    add_tree(graph, plan.vessels, plan.left, *graph.find_node("left-coronary-ostium"), WallClass::coronary, label);
    add_tree(graph, plan.vessels, plan.right, *graph.find_node("right-coronary-ostium"), WallClass::coronary, label);
    if (plan.circumflex >= 0)
        add_tree(graph, plan.vessels, plan.circumflex, *graph.find_node("circumflex-ostium"), WallClass::coronary,
                 label);
    bool const is_filled = who.word("opacified", {"none", "coronaries"}, "none") == "coronaries";
    Tissue const blood{is_filled ? 10500.0 : 40.0, 1.06}, wall{45, 1.05};
    for (std::size_t i = first; i < graph.edges.size(); ++i) {
        LumenEdge const& edge = graph.edges[i];
        std::vector<double> outer = edge.radii_mm;
        for (double& r : outer) r += 0.4 + 0.1 * r;
        anatomy.organs.push_back(
            {edge.name + "-wall", label_of("coronary_wall"), Rank::wall, wall, tube(edge.points_mm, outer)});
        anatomy.organs.push_back({edge.name, label, Rank::lumen, blood, tube(edge.points_mm, edge.radii_mm)});
    }
}

} // namespace fluoro
