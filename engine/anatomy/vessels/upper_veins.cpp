#include "courses.hpp"
#include "vessel_sizes.hpp"

#include <algorithm>

namespace fluoro {

void add_upper_veins(VesselTree& tree)
{
    BodyPlan const& plan = tree.plan();
    Placement const at{plan};
    double const c = calibre(plan.parameters);
    // Beside the ascending aorta, which pushes it aside where it is wide for the body.
    double const wide = std::max(0.0, aortic_diameters(plan.parameters).ascending / 2 - 17 * at.across());
    auto const aside = [&](double x, double y, double z) { return at(x, y, z) - Vec3{wide, 0, 0}; };
    tree.vein("superior-vena-cava", "superior-cavoatrial-junction", "azygos-mouth",
              {aside(-30, -43, 262), aside(-33, -46, 272), aside(-34.5, -46, 280), aside(-35, -44, 288)}, c * 10.5,
              c * 10, "superior_vena_cava");
    tree.vein("superior-vena-cava-upper", "azygos-mouth", "brachiocephalic-vein-junction",
              {aside(-32, -40, 300), plan.place("brachiocephalic-vein-junction")}, c * 10, c * 9, "superior_vena_cava");
    // Up the right front of the spine and over the right main bronchus.
    tree.vein("azygos-arch", "azygos-mouth", "azygos-knee", {at(-33, -22, 293), at(-25, -4, 293), at(-15, 12, 282)},
              c * 4.5, c * 4);
    tree.vein("azygos", "azygos-knee", "",
              {at(-14.5, 16, 255), at(-14.5, 17, 231), at(-14, 17, 208), at(-14, 16, 184), at(-13, 10, 158),
               at(-12, 4, 130), at(-11, -3, 101), at(-10, -9, 78)},
              c * 4, c * 2);
    tree.vein("right-brachiocephalic-vein", "brachiocephalic-vein-junction", "right-venous-angle",
              {at(-29, -48, 328), at(-33, -49, 341)}, c * 7, c * 6.5, "brachiocephalic_vein_right");
    tree.vein("left-brachiocephalic-vein", "brachiocephalic-vein-junction", "left-venous-angle",
              {at(-10, -54, 321), at(4, -57, 325), at(19, -49, 332), at(33, -48, 341)}, c * 7, c * 6.5,
              "brachiocephalic_vein_left");
    for (int const sign : {-1, 1}) {
        double const s = sign;
        std::string const side = side_name(sign);
        LimbAxis const arm = upper_arm(plan, sign);
        tree.vein(side + "internal-jugular", side + "venous-angle", "",
                  {at(s * 36, -47, 358), at(s * 39, -40, 378), at(s * 41, -35, 402), at(s * 42, -30, 425),
                   at(s * 43, -19, 448), at(s * 39, -11, 470), at(s * 36, -4, 488)},
                  c * 6.5, c * 5);
        // In front of and below the artery, and in front of the anterior scalene muscle.
        tree.vein(side + "subclavian-vein", side + "venous-angle", side + "first-rib-vein",
                  {at(s * 47, -48, 343.5), at(s * 60, -46, 343), at(s * 70, -44, 341.5), at(s * 78, -42, 338)}, c * 5.5,
                  c * 5);
        tree.vein(side + "axillary-vein", side + "first-rib-vein", side + "teres-border-vein",
                  {at(s * 94, -33, 327), at(s * 116, -23, 315), at(s * 139, -13, 301), arm.at(44, -39, 14),
                   arm.at(76, -32, 10)},
                  c * 5, c * 4);
    }
}

void add_arm_veins(VesselTree& tree, int sign)
{
    BodyPlan const& plan = tree.plan();
    double const c = calibre(plan.parameters);
    Placement const at{plan};
    double const s = sign;
    std::string const side = side_name(sign);
    LimbAxis const upper = upper_arm(plan, sign), lower = forearm(plan, sign);
    tree.vein(side + "brachial-vein", side + "teres-border-vein", side + "elbow-vein",
              {upper.at(120, -24, 3), upper.at(180, -25, 5), upper.at(240, -21, 11), upper.at(285, -10, 13),
               lower.at(18, 3, 14)},
              c * 2.2, c * 1.8);
    tree.vein(side + "radial-vein", side + "elbow-vein", "",
              {lower.at(42, 11, 12), lower.at(90, 14, 10), lower.at(160, 16, 11), lower.at(240, 14, 10)}, c * 1.2,
              c * 1.0);
    // Under the skin: basilic on the inside, cephalic on the outside of arm and forearm.
    tree.vein(side + "basilic-vein", side + "teres-border-vein", side + "elbow-basilic-vein",
              {upper.at(110, -32, 2), upper.at(160, -37, 2), upper.at(220, -37, 4), upper.at(280, -35, 8),
               lower.at(15, -33, 12)},
              c * 2.6, c * 2.2);
    tree.vein(side + "basilic-vein-forearm", side + "elbow-basilic-vein", "",
              {lower.at(60, -34, 10), lower.at(120, -32, 4), lower.at(190, -28, 0), lower.at(250, -24, -2)}, c * 2.0,
              c * 1.4);
    tree.vein(side + "cephalic-vein", side + "first-rib-vein", side + "elbow-cephalic-vein",
              {at(s * 112, -42, 332), at(s * 146, -42, 330), upper.at(28, -8, 47), upper.at(75, 10, 43),
               upper.at(130, 24, 37), upper.at(200, 27, 30), upper.at(270, 30, 24), lower.at(15, 30, 20)},
              c * 2.4, c * 2.0);
    tree.vein(side + "cephalic-vein-forearm", side + "elbow-cephalic-vein", "",
              {lower.at(60, 34, 14), lower.at(120, 33, 8), lower.at(190, 28, 6), lower.at(250, 24, 6)}, c * 1.9,
              c * 1.4);
    tree.vein(side + "median-cubital-vein", side + "elbow-basilic-vein", side + "elbow-cephalic-vein",
              {lower.at(12, -18, 27), lower.at(20, 4, 31), lower.at(20, 20, 27), lower.at(15, 30, 20)}, c * 1.8,
              c * 1.8);
}

} // namespace fluoro
