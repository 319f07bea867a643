#include "../builders.hpp"
#include "courses.hpp"

namespace fluoro {

std::vector<PatientOption> veins_options()
{
    return {};
}

void build_veins(Anatomy& anatomy)
{
    LumenGraph& g = anatomy.lumens.vessels;
    VesselTree tree{anatomy};
    add_upper_veins(tree);
    add_lower_veins(tree);
    add_portal_veins(tree);
    for (int const sign : {-1, 1}) {
        add_arm_veins(tree, sign);
        add_leg_veins(tree, sign);
    }
    tree.ease_joins();
    tree.draw();

    // Where veins are punctured.
    for (int const sign : {-1, 1}) {
        std::string const side = sign > 0 ? "left" : "right";
        auto const middle_of = [&](std::string const& edge, double share) {
            auto const& points = g.edges[std::size_t(*g.find_edge(side + edge))].points_mm;
            return points[std::size_t(share * double(points.size() - 1))];
        };
        anatomy.lumens.landmarks["access-" + side + "-jugular"] = middle_of("-internal-jugular", 0.7);
        anatomy.lumens.landmarks["access-" + side + "-subclavian"] = middle_of("-subclavian-vein", 0.2);
        anatomy.lumens.landmarks["access-" + side + "-femoral-vein"] = middle_of("-common-femoral-vein", 0.4);
    }
}

} // namespace fluoro
