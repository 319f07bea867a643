#include "../builders.hpp"
#include "courses.hpp"

namespace fluoro {

std::vector<PatientOption> arteries_options()
{
    return {{"aortic-arch", "type-1, type-2, type-3, bovine or arteria-lusoria",
             "how the arch stands to its branches; by age otherwise"},
            {"subclavian-tortuosity", "0 to 1", "bends of brachiocephalic trunk and subclavian arteries"},
            {"iliac-tortuosity", "0 to 1", "bends of the iliac arteries"},
            {"radial-loop", "none, left or right", "a full turn of the radial artery below the elbow"},
            {"aneurysm", "PART:DIAMETER_MM; more after a ;",
             "outer diameter of the ascending, descending or abdominal aorta"}};
}

void build_arteries(Anatomy& anatomy)
{
    LumenGraph& g = anatomy.lumens.vessels;
    VesselTree tree{anatomy};
    add_aorta(tree);
    add_arch_branches(tree);
    add_bronchial_arteries(tree);
    add_intercostal_arteries(tree);
    add_abdominal_arteries(tree);
    add_pelvic_arteries(tree);
    for (int const sign : {-1, 1}) {
        add_arm_arteries(tree, sign);
        add_leg_arteries(tree, sign);
    }
    tree.ease_joins();
    tree.draw();
    add_plaques(anatomy);

    // Where arteries are punctured.
    for (int const sign : {-1, 1}) {
        std::string const side = sign > 0 ? "left" : "right";
        Vec3 const hip = anatomy.plan.place("hip-" + side);
        LumenEdge const& femoral = g.edges[std::size_t(*g.find_edge(side + "-common-femoral"))];
        // The head's middle: the height at which the vessel can be pressed against bone.
        Vec3 best = femoral.points_mm.front();
        for (Vec3 const& p : femoral.points_mm)
            if (std::abs(p.z - hip.z) < std::abs(best.z - hip.z)) best = p;
        anatomy.lumens.landmarks["access-" + side + "-femoral"] = best;
        LumenEdge const& radial = g.edges[std::size_t(*g.find_edge(side + "-radial"))];
        anatomy.lumens.landmarks["access-" + side + "-radial"] = radial.points_mm[radial.points_mm.size() - 25];
    }
}

} // namespace fluoro
