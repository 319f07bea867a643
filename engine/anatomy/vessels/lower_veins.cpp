#include "courses.hpp"
#include "vessel_sizes.hpp"

namespace fluoro {

void add_lower_veins(VesselTree& tree)
{
    BodyPlan const& plan = tree.plan();
    Placement const at{plan};
    double const c = calibre(plan.parameters), k = plan.scale;
    tree.vein("inferior-vena-cava-hepatic", "inferior-cavoatrial-junction", "hepatic-vein-mouth",
              {at(-25, -5, 176), at(-27, -8, 164)}, c * 11, c * 11, "inferior_vena_cava");
    tree.vein("inferior-vena-cava-upper", "hepatic-vein-mouth", "right-renal-vein-mouth",
              {at(-28, -19, 140), at(-27, -26, 112), at(-25, -27, 84), at(-23, -25, 54)}, c * 11, c * 10.5,
              "inferior_vena_cava");
    tree.vein("inferior-vena-cava", "right-renal-vein-mouth", "iliac-confluence",
              {at(-22, -24, 36), at(-22, -23, 10), at(-22, -24.5, -14), at(-21, -22, -40), at(-15, -11.5, -69)},
              c * 10.5, c * 9.5, "inferior_vena_cava");
    tree.cut("inferior-vena-cava-upper", at(-23, -25, 60), "left-renal-vein-mouth", "inferior-vena-cava-renal");

    tree.vein("right-hepatic-vein", "hepatic-vein-mouth", "",
              {at(-40, -14, 162), at(-62, -6, 152), at(-88, 0, 134), at(-108, 2, 112)}, c * 4.5, c * 2);
    tree.vein("middle-hepatic-vein", "hepatic-vein-mouth", "",
              {at(-35, -30, 155), at(-44, -50, 143), at(-53, -68, 124), at(-60, -76, 106)}, c * 4.2, c * 2);
    tree.vein("left-hepatic-vein", "hepatic-vein-mouth", "",
              {at(-20, -30, 156), at(-8, -46, 149), at(9, -60, 143), at(26, -70, 133)}, c * 4, c * 1.8);
    // The left one passes between aorta and superior mesenteric artery.
    tree.vein("left-renal-vein", "left-renal-vein-mouth", "",
              {at(-14, -35, 54), at(2, -38.8, 46), at(16, -34, 48), at(26, -20, 54), at(36, -5, 57)}, c * 4.6, c * 4);
    tree.vein("right-renal-vein", "right-renal-vein-mouth", "", {at(-30, -17, 46), at(-39, -3, 42)}, c * 5, c * 4.2);

    for (int const sign : {-1, 1}) {
        double const s = sign;
        std::string const side = side_name(sign), label = sign > 0 ? "iliac_vena_left" : "iliac_vena_right";
        // The left one passes behind the right common iliac artery.
        std::vector<Vec3> common{at(-26, -4, -86), at(-40, 6, -102), at(-50, 12, -114)};
        if (sign > 0) common = {at(2, -10, -78), at(26, -1, -95), at(42, 8, -106), at(50, 12, -114)};
        tree.vein(side + "common-iliac-vein", "iliac-confluence", side + "iliac-vein-junction", common, c * 7, c * 6.3,
                  label);
        tree.vein(side + "external-iliac-vein", side + "iliac-vein-junction", side + "inguinal-ligament-vein",
                  {at(s * 56, 12, -130), at(s * 57, -2, -149), at(s * 56, -25.5, -161), at(s * 57.5, -39, -169)},
                  c * 5.5, c * 5, label);
        tree.vein(side + "internal-iliac-vein", side + "iliac-vein-junction", "",
                  {at(s * 48, 24, -130), at(s * 45, 38, -146), at(s * 40, 50, -160)}, c * 4.5, c * 3, label);
        Vec3 const hip = plan.place("hip-" + std::string{sign > 0 ? "left" : "right"});
        tree.vein(side + "common-femoral-vein", side + "inguinal-ligament-vein", side + "saphenofemoral-junction",
                  {hip + k * Vec3{-s * 28, -52, 0}, hip + k * Vec3{-s * 27, -48, -24}}, c * 5, c * 4.8);
    }
}

void add_portal_veins(VesselTree& tree)
{
    Placement const at{tree.plan()};
    double const c = calibre(tree.plan().parameters);
    LumenGraph& g = tree.graph();
    std::string const label = "portal_vein_and_splenic_vein";
    // Blood flows from gut and spleen to the liver: its edges point there.
    g.add_node(at(-40, -44, 120), "portal-division");
    tree.vein("portal-vein", "portal-division", "portal-confluence",
              {at(-30, -45, 108), at(-19, -46, 92), at(-8, -46, 75)}, c * 6.2, c * 6.2, label);
    tree.vein("splenic-vein", "portal-confluence", "",
              {at(8, -41, 80), at(26, -23, 82), at(42, -3, 88), at(60, 12, 100), at(77, 26, 117), at(90, 34, 130)},
              c * 4.5, c * 3.5, label);
    tree.vein(
        "superior-mesenteric-vein", "portal-confluence", "",
        {at(-9, -46, 56), at(-13, -51, 34), at(-16, -58, 8), at(-19, -61, -18), at(-26, -59, -44), at(-38, -54, -66)},
        c * 5, c * 2.5);
    // Within the liver the blood leaves the division.
    tree.artery("right-portal-vein", "portal-division", "",
                {at(-52, -38, 126), at(-68, -32, 126), at(-86, -28, 122), at(-102, -22, 112)}, c * 4.5, c * 1.8, label);
    g.edges.back().wall = WallClass::vein;
    tree.artery("left-portal-vein", "portal-division", "",
                {at(-34, -52, 130), at(-20, -60, 138), at(-2, -66, 140), at(16, -72, 134)}, c * 4, c * 1.6, label);
    g.edges.back().wall = WallClass::vein;
}

void add_leg_veins(VesselTree& tree, int sign)
{
    BodyPlan const& plan = tree.plan();
    double const c = calibre(plan.parameters);
    std::string const side = side_name(sign);
    LimbAxis const upper = thigh(plan, sign), lower = shank(plan, sign);
    tree.vein(side + "femoral-vein", side + "saphenofemoral-junction", side + "adductor-hiatus-vein",
              {upper.at(75, -22, 32), upper.at(140, -18, 23), upper.at(215, -12, 12), upper.at(290, -9, -5),
               upper.at(355, -8, -26)},
              c * 4.5, c * 4);
    tree.vein(side + "popliteal-vein", side + "adductor-hiatus-vein", side + "popliteal-vein-division",
              {upper.at(390, -2, -41), upper.at(430, 2, -49), lower.at(0, 4, -51), lower.at(30, 5, -46),
               lower.at(66, 7, -39)},
              c * 4, c * 3.4);
    tree.vein(side + "posterior-tibial-vein", side + "popliteal-vein-division", "",
              {lower.at(100, 0, -31), lower.at(150, -7, -26), lower.at(240, -12, -23), lower.at(330, -17, -19),
               lower.at(385, -22, -19)},
              c * 2.4, c * 1.4);
    // Under the skin from the inner ankle to the groin.
    tree.vein(side + "great-saphenous-vein", side + "saphenofemoral-junction", side + "knee-saphenous-vein",
              {upper.at(38, -36, 58), upper.at(80, -52, 56), upper.at(150, -66, 38), upper.at(230, -66, 12),
               upper.at(320, -57, -8), upper.at(400, -49, -18), lower.at(0, -47, -22)},
              c * 2.2, c * 1.9);
    tree.vein(side + "great-saphenous-vein-lower", side + "knee-saphenous-vein", "",
              {lower.at(60, -44, -14), lower.at(150, -42, -4), lower.at(260, -33, 2), lower.at(350, -28, 8),
               lower.at(395, -28, 12)},
              c * 1.8, c * 1.4);
}

} // namespace fluoro
