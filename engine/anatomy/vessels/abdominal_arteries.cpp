#include "courses.hpp"
#include "vessel_sizes.hpp"

#include <cmath>
#include <fluoro/core/error.hpp>

namespace fluoro {

namespace {

void add_coeliac(VesselTree& tree, Placement const& at, double c)
{
    tree.artery("coeliac-trunk", "coeliac-ostium", "coeliac-division", {at(4, -31, 91), at(4, -37, 92)}, c * 3.5,
                c * 3.3);
    tree.artery("common-hepatic", "coeliac-division", "gastroduodenal-ostium",
                {at(-3, -47, 92), at(-12, -56, 89), at(-22, -58, 89)}, c * 2.7, c * 2.5);
    tree.artery("proper-hepatic", "gastroduodenal-ostium", "hepatic-division",
                {at(-28, -58, 96), at(-33, -57, 106), at(-36, -55, 118)}, c * 2.4, c * 2.1);
    tree.artery("right-hepatic", "hepatic-division", "",
                {at(-46, -52, 127), at(-58, -45, 132), at(-74, -39, 136), at(-90, -32, 144)}, c * 1.8, c * 0.9);
    tree.artery("left-hepatic", "hepatic-division", "", {at(-31, -62, 128), at(-22, -70, 137), at(-6, -74, 146)},
                c * 1.6, c * 0.9);
    tree.artery("gastroduodenal", "gastroduodenal-ostium", "", {at(-27, -61, 78), at(-29, -62, 62), at(-28, -62, 44)},
                c * 1.9, c * 1.3);
    // The body's most winding artery, along the upper edge of the pancreas behind the stomach.
    tree.artery("splenic", "coeliac-division", "splenic-hilum",
                {at(15, -35, 96), at(25, -13, 96), at(39, 5, 102), at(57, 17, 112), at(75, 26, 125), at(88, 34, 138)},
                c * 2.5, c * 2.0, "artery", {5, 3, 20});
    tree.artery("splenic-upper", "splenic-hilum", "", {at(94, 38, 148), at(100, 42, 160)}, c * 1.5, c * 0.9);
    tree.artery("splenic-lower", "splenic-hilum", "", {at(95, 38, 136), at(104, 44, 132)}, c * 1.5, c * 0.9);
    tree.artery(
        "left-gastric", "coeliac-division", "",
        {at(8, -38, 104), at(16, -36, 120), at(22, -38, 130), at(18, -46, 126), at(8, -54, 112), at(-4, -58, 98)},
        c * 1.51, c * 1.0);
}

void add_mesenteric(VesselTree& tree, Placement const& at, double c)
{
    tree.artery("superior-mesenteric", "superior-mesenteric-ostium", "middle-colic-ostium",
                {at(4.5, -36, 72), at(4, -44, 56), at(3, -49, 36)}, c * 3.93, c * 3.4);
    tree.artery("superior-mesenteric-middle", "middle-colic-ostium", "ileocolic-ostium",
                {at(0, -57, 12), at(-5, -62, -14), at(-12, -61, -36)}, c * 3.3, c * 2.5);
    tree.artery("superior-mesenteric-lower", "ileocolic-ostium", "",
                {at(-18, -58, -60), at(-30, -54, -82), at(-44, -50, -96)}, c * 2.0, c * 1.1);
    tree.artery("middle-colic", "middle-colic-ostium", "", {at(-4, -66, 27), at(-10, -78, 21), at(-18, -86, 15)},
                c * 1.5, c * 0.9);
    tree.artery("ileocolic", "ileocolic-ostium", "", {at(-26, -69, -44), at(-46, -58, -56), at(-66, -44, -68)}, c * 1.6,
                c * 1.0);
    // Jejunal and ileal branches fan out to the left.
    for (int i = 0; i < 5; ++i) {
        double const z = 24 - 11.0 * i;
        std::string const number = std::to_string(i + 1);
        tree.cut(i == 0 ? "superior-mesenteric-middle" : "superior-mesenteric-middle-" + std::to_string(i),
                 at(-2, -61, z - 6), "jejunal-ostium-" + number, "superior-mesenteric-middle-" + number);
        tree.artery("jejunal-" + number, "jejunal-ostium-" + number, "",
                    {at(10 - 2 * i, -66, z - 14), at(28 - 3 * i, -68, z - 24), at(50 - 7 * i, -66, z - 34)}, c * 1.3,
                    c * 0.7);
    }
    tree.artery("inferior-mesenteric", "inferior-mesenteric-ostium", "left-colic-ostium",
                {at(10, -42, -16), at(18, -40, -32), at(24, -36, -46)}, c * 2.08, c * 1.8);
    tree.artery("left-colic", "left-colic-ostium", "", {at(36, -34, -44), at(54, -28, -32), at(72, -22, -14)}, c * 1.3,
                c * 0.8);
    tree.artery("superior-rectal", "left-colic-ostium", "",
                {at(27, -38, -66), at(24, -31, -88), at(16, -8, -116), at(8, 12, -142)}, c * 1.6, c * 1.0);
}

void add_renal(VesselTree& tree, Placement const& at, int sign, double c)
{
    std::string const side = side_name(sign);
    // The right one is longer and passes behind the inferior vena cava.
    if (sign > 0)
        tree.artery("left-renal", "renal-ostia", "left-renal-division",
                    {at(16, -21, 60), at(27, -9, 64), at(36, 4, 68)}, c * 2.9, c * 2.6);
    else
        tree.artery("right-renal", "renal-ostia", "right-renal-division",
                    {at(-9, -16, 56), at(-17, -10.5, 54.5), at(-25, -4, 53), at(-39, 5, 50)}, c * 3.1, c * 2.6);
    Vec3 const hilum = tree.node_mm(side + "renal-division");
    double const k = at.across();
    for (double const up : {1.0, 0.15, -1.0})
        tree.artery(side + "renal-" +
                        (up == 1    ? "upper"
                         : up == -1 ? "lower"
                                    : "middle"),
                    side + "renal-division", "",
                    {hilum + k * Vec3{sign * 7.0, 3, 8 * up}, hilum + k * Vec3{sign * 14.0, 5, 18 * up}}, c * 1.4,
                    c * 0.8);
}

/// Four pairs that hug the waists of L1 to L4 on their way to the back.
void add_lumbar(VesselTree& tree, double c)
{
    BodyPlan const& plan = tree.plan();
    char const* const parents[] = {"abdominal-aorta-suprarenal", "abdominal-aorta-infrarenal",
                                   "abdominal-aorta-infrarenal-2", "abdominal-aorta-lower"};
    for (int i = 0; i < 4; ++i) {
        VertebraPlan const& v = plan.vertebra(level_at(int(Level::l1) + i));
        std::string const number = std::to_string(i + 1), node = "lumbar-ostium-" + number;
        double const half_width = v.endplate_width_mm / 2, half_depth = v.endplate_depth_mm / 2;
        double const up = i == 3 ? 8 : i == 0 ? -6 : -2; // the aorta ends at L4
        tree.cut(parents[i], v.frame.at(4, -half_depth - 10, up), node, std::string{parents[i]} + "-" + number);
        for (int const sign : {-1, 1}) {
            // An ellipse around the body, from the front to the side.
            std::vector<Vec3> through;
            for (double const angle : {72.0, 45.0, 20.0, -8.0}) {
                double const a = radians(angle);
                through.push_back(v.frame.at(sign * (half_width + 2.5) * std::cos(a), -(half_depth + 2.5) * std::sin(a),
                                             up - 0.06 * (72 - angle)));
            }
            // Below the transverse process.
            through.push_back(v.frame.at(sign * (half_width + 14), half_depth + 6, std::min(up - 9, -7.0)));
            tree.artery(side_name(sign) + "lumbar-" + number, node, "", through, c * 1.1, c * 0.8);
        }
    }
}

} // namespace

void add_abdominal_arteries(VesselTree& tree)
{
    Placement const at{tree.plan()};
    double const c = calibre(tree.plan().parameters);
    add_coeliac(tree, at, c);
    add_mesenteric(tree, at, c);
    for (int const sign : {-1, 1}) add_renal(tree, at, sign, c);
    add_lumbar(tree, c);
}

void add_pelvic_arteries(VesselTree& tree)
{
    BodyPlan const& plan = tree.plan();
    Placement const at{plan};
    double const c = calibre(plan.parameters);
    double const bends = plan.parameters.number("iliac-tortuosity", 0.6 * ageing(plan.parameters));
    if (!(bends >= 0 && bends <= 1))
        throw Error{"iliac-tortuosity=" + plan.parameters.options.at("iliac-tortuosity") +
                    ": write a number from 0 to 1"};
    for (int const sign : {-1, 1}) {
        double const s = sign;
        std::string const side = side_name(sign);
        std::string const label = sign > 0 ? "iliac_artery_left" : "iliac_artery_right";
        tree.artery(side + "common-iliac", "aortic-bifurcation", side + "iliac-bifurcation",
                    {at(4 + s * 15, -29, -60), at(1.5 + s * 31, -21, -84), at(s * 46, -5, -108)}, c * 4.7, c * 4.3,
                    label, {11 * bends, 1, 30 + 20 * s});
        tree.artery(side + "external-iliac", side + "iliac-bifurcation", side + "inguinal-ligament",
                    {at(s * 55, 2, -127), at(s * 63, -9, -145), at(s * 69, -31, -159), at(s * 72, -43, -168)}, c * 3.6,
                    c * 3.4, label, {14 * bends, 1.5, 60});
        tree.artery(side + "internal-iliac", side + "iliac-bifurcation", "",
                    {at(s * 44, 8, -120), at(s * 42, 22, -138), at(s * 38, 36, -156), at(s * 34, 46, -168)}, c * 2.82,
                    c * 2.0);
        // Over the medial third of the femoral head.
        Vec3 const hip = plan.place("hip-" + std::string{sign > 0 ? "left" : "right"});
        double const k = plan.scale;
        tree.artery(side + "common-femoral", side + "inguinal-ligament", side + "femoral-bifurcation",
                    {hip + k * Vec3{-s * 15.5, -49, 0}, hip + k * Vec3{-s * 14, -45, -20}}, c * 3.4, c * 3.3);
    }
}

} // namespace fluoro
