#include "courses.hpp"
#include "vessel_sizes.hpp"

#include <cmath>
#include <numbers>

namespace fluoro {

void add_arm_arteries(VesselTree& tree, int sign)
{
    BodyPlan const& plan = tree.plan();
    double const c = calibre(plan.parameters);
    std::string const side = side_name(sign);
    LimbAxis const upper = upper_arm(plan, sign), lower = forearm(plan, sign);
    tree.artery(side + "brachial", side + "teres-border", side + "brachial-bifurcation",
                {upper.at(120, -22, 9), upper.at(180, -20, 12), upper.at(240, -15, 17), upper.at(285, -8, 22),
                 lower.at(16, -3, 22)},
                c * 2.2, c * 1.85);
    std::vector<Vec3> radial{lower.at(34, 4, 20)};
    if (plan.parameters.word("radial-loop", {"none", "left", "right"}, "none") == (sign > 0 ? "left" : "right")) {
        // A full turn in the plane of the skin, as loops below the elbow are.
        constexpr double radius = 9;
        for (int i = 1; i <= 11; ++i) {
            double const a = 2 * std::numbers::pi * i / 12;
            radial.push_back(lower.at(44 + radius * std::sin(a), 6 + radius * (1 - std::cos(a)), 20 - 0.4 * i));
        }
    }
    for (Vec3 const& p : {Vec3{62, 10, 17}, Vec3{110, 17, 15}, Vec3{165, 20, 14}, Vec3{215, 20, 13}, Vec3{248, 18, 12}})
        radial.push_back(lower.at(p.x, p.y, p.z));
    tree.artery(side + "radial", side + "brachial-bifurcation", side + "wrist-radial", radial, c * 1.45, c * 1.3);
    tree.artery(side + "ulnar", side + "brachial-bifurcation", side + "wrist-ulnar",
                {lower.at(40, -10, 15), lower.at(80, -18, 14), lower.at(140, -21, 13), lower.at(200, -20, 12),
                 lower.at(248, -17, 11)},
                c * 1.5, c * 1.3);
    tree.artery(side + "interosseous", side + "brachial-bifurcation", "",
                {lower.at(45, -3, 10), lower.at(100, -1, 4), lower.at(180, 0, 4), lower.at(225, 1, 5)}, c * 0.9,
                c * 0.7);
    // The superficial palmar arch closes the ring between the two.
    tree.artery(side + "palmar-arch", side + "wrist-ulnar", side + "wrist-radial",
                {lower.at(275, -15, 11), lower.at(300, -9, 12), lower.at(311, 0, 12), lower.at(303, 12, 12),
                 lower.at(278, 19, 11.5), lower.at(260, 19, 11)},
                c * 1.15, c * 1.1);
}

void add_leg_arteries(VesselTree& tree, int sign)
{
    BodyPlan const& plan = tree.plan();
    double const c = calibre(plan.parameters);
    std::string const side = side_name(sign);
    LimbAxis const upper = thigh(plan, sign), lower = shank(plan, sign);
    // Along the line from the femoral head to the knee; the shaft lies up to 35 mm lateral of it.
    tree.artery(side + "superficial-femoral", side + "femoral-bifurcation", side + "adductor-hiatus",
                {upper.at(75, -12, 39), upper.at(140, -9, 33), upper.at(215, -7, 22), upper.at(300, -9, 5),
                 upper.at(362, -6, -18)},
                c * 3.14, c * 2.69);
    tree.artery(
        side + "profunda-femoris", side + "femoral-bifurcation", "",
        {upper.at(46, -2, 32), upper.at(78, 6, 21), upper.at(130, 10, 10), upper.at(195, 8, -4), upper.at(265, 6, -14)},
        c * 2.3, c * 1.5);
    tree.artery(side + "popliteal", side + "adductor-hiatus", side + "popliteal-division",
                {upper.at(395, -3, -31), upper.at(428, 0, -39), lower.at(0, 1, -42), lower.at(30, 1, -37),
                 lower.at(62, 2, -29)},
                c * 2.69, c * 2.3);
    tree.artery(side + "tibioperoneal", side + "popliteal-division", side + "peroneal-ostium",
                {lower.at(80, 3, -26), lower.at(98, 3, -24)}, c * 2.3, c * 2.0);
    tree.artery(side + "anterior-tibial", side + "popliteal-division", side + "ankle-anterior",
                {lower.at(72, 12, -20), lower.at(80, 17, -8), lower.at(110, 20, 2), lower.at(190, 19, 6),
                 lower.at(290, 15, 9), lower.at(350, 9, 16), lower.at(390, 4, 21)},
                c * 1.5, c * 1.17);
    tree.artery(side + "posterior-tibial", side + "peroneal-ostium", side + "ankle-posterior",
                {lower.at(150, -6, -20), lower.at(240, -10, -17), lower.at(330, -15, -14), lower.at(385, -22, -14),
                 lower.at(415, -20, -12)},
                c * 1.6, c * 1.23);
    tree.artery(side + "peroneal", side + "peroneal-ostium", "",
                {lower.at(140, 13, -19), lower.at(230, 14, -16), lower.at(330, 12, -12)}, c * 1.4, c * 1.0);
    tree.artery(side + "dorsalis-pedis", side + "ankle-anterior", "",
                {lower.at(402, 3, 40), lower.at(412, 5, 70), lower.at(425, 6, 100)}, c * 1.17, c * 1.0);
}

} // namespace fluoro
