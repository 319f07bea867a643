#include "../chest/chest_form.hpp"
#include "courses.hpp"
#include "vessel_sizes.hpp"

#include <fluoro/core/error.hpp>

namespace fluoro {

namespace {

double tortuosity(BodyPlan const& plan, char const* option, double usual)
{
    double const value = plan.parameters.number(option, usual);
    if (!(value >= 0 && value <= 1))
        throw Error{std::string{option} + "=" + plan.parameters.options.at(option) + ": write a number from 0 to 1"};
    return value;
}

/// Neck arteries above the common carotid of one side, and the vertebral artery.
void add_neck(VesselTree& tree, Placement const& at, int sign, double c)
{
    double const s = sign;
    std::string const side = side_name(sign);
    tree.artery(side + "internal-carotid", side + "carotid-bifurcation", side + "skull-base-carotid",
                {at(s * 31, -28, 438), at(s * 33, -22, 456), at(s * 30, -19, 474), at(s * 28, -17, 488)}, c * 3.0,
                c * 2.5);
    tree.artery(side + "external-carotid", side + "carotid-bifurcation", "",
                {at(s * 27, -41, 440), at(s * 33, -41, 455), at(s * 43, -32, 470), at(s * 48, -25, 482)}, c * 2.27,
                c * 1.8);
    // Into the transverse foramen of C6, out of that of C1 and behind its lateral mass to the foramen magnum.
    std::vector<Vec3> through{at(s * 31, -21, 361), at(s * 23, -13, 377)};
    for (int level = int(Level::c7) - 1; level >= 1; --level) {
        VertebraPlan const& v = tree.plan().vertebra(level_at(level));
        through.push_back(v.frame.at(s * (v.endplate_width_mm / 2 + 6), 2, 0));
    }
    VertebraPlan const& atlas = tree.plan().vertebra(Level::c1);
    double const k = tree.plan().scale;
    through.push_back(atlas.frame.at(s * k * 27, k * 2, 0));
    through.push_back(atlas.frame.at(s * k * 24, k * 13, k * 7));
    through.push_back(atlas.frame.at(s * k * 13, k * 15, k * 10));
    through.push_back(atlas.frame.at(s * k * 7, k * 6, k * 20));
    tree.artery(side + "vertebral", side + "vertebral-ostium", "", through, c * 1.9, c * 1.4);
}

/// From the vertebral ostium over the first rib, under the clavicle and below the coracoid to the arm.
void add_shoulder(VesselTree& tree, Placement const& at, int sign, double c, double bends)
{
    double const s = sign;
    std::string const side = side_name(sign);
    std::string const label = sign > 0 ? "subclavian_artery_left" : "subclavian_artery_right";
    LimbAxis const arm = upper_arm(tree.plan(), sign);
    tree.artery(side + "subclavian", side + "vertebral-ostium", side + "first-rib",
                {at(s * 48, -38, 357), at(s * 62, -35, 356), at(s * 76, -28, 349)}, c * 4.2, c * 3.5, label,
                {8 * bends, 1, 40});
    tree.artery(
        side + "axillary", side + "first-rib", side + "teres-border",
        {at(s * 92, -20, 340), at(s * 116, -12, 325), at(s * 140, -4, 303), arm.at(36, -29, 8), arm.at(70, -23, 7)},
        c * 3.2, c * 2.4);
    // Behind the great veins, then on the back of the costal cartilages, a finger's breadth beside the sternum.
    Shape const wall = chest_wall(tree.plan());
    std::vector<Vec3> through{at(s * 41, -38, 338), at(s * 37, -51, 320)};
    for (Vec3 const& p :
         {Vec3{27, 0, 302}, Vec3{22, 0, 280}, Vec3{20, 0, 255}, Vec3{20, 0, 230}, Vec3{22, 0, 205}, Vec3{26, 0, 182}}) {
        Vec3 behind = at(s * p.x, -40, p.z);
        for (int i = 0; i < 200 && wall.distance_mm(behind) < -2.5; ++i) behind.y -= 0.5;
        through.push_back(behind);
    }
    tree.artery(side + "internal-thoracic", side + "vertebral-ostium", "", through, c * 1.2, c * 0.9);
}

} // namespace

void add_arch_branches(VesselTree& tree)
{
    BodyPlan const& plan = tree.plan();
    Placement const at{plan};
    double const c = calibre(plan.parameters), old = ageing(plan.parameters);
    ArchVariant const variant = arch_variant(plan.parameters);
    double const bends = tortuosity(plan, "subclavian-tortuosity", 0.45 * old);

    if (variant == ArchVariant::lusoria) {
        tree.artery("right-common-carotid", "brachiocephalic-ostium", "right-carotid-bifurcation",
                    {at(-6, -42, 322), at(-17, -35, 340), at(-24, -31, 362), at(-26, -31, 385), at(-26, -35, 408),
                     at(-28, -34, 425)},
                    c * 4.5, c * 3.33, "common_carotid_artery_right");
        // The last branch: behind gullet and trachea to the right.
        tree.artery("right-subclavian-proximal", "aortic-isthmus", "right-vertebral-ostium",
                    {at(17, 6, 311), at(6, 2, 322), at(-8, -2, 331), at(-20, -16, 342), at(-34, -34, 350)}, c * 5.2,
                    c * 4.3, "subclavian_artery_right");
    } else {
        tree.artery("brachiocephalic-trunk", "brachiocephalic-ostium", "brachiocephalic-bifurcation",
                    {at(-5, -40, 319), at(-13, -35, 331), at(-21, -32, 340)}, c * 6.73, c * 6.16,
                    "brachiocephalic_trunk", {5 * bends, 1, 70});
        tree.artery("right-common-carotid", "brachiocephalic-bifurcation", "right-carotid-bifurcation",
                    {at(-24, -30, 357), at(-26, -30, 378), at(-26, -33, 400), at(-28, -34, 425)}, c * 4.48, c * 3.33,
                    "common_carotid_artery_right");
        tree.artery("right-subclavian-proximal", "brachiocephalic-bifurcation", "right-vertebral-ostium",
                    {at(-28, -32, 346), at(-35, -34, 351)}, c * 4.9, c * 4.3, "subclavian_artery_right");
    }
    if (variant == ArchVariant::bovine)
        tree.cut("brachiocephalic-trunk", at(-5, -40, 319), "bovine-ostium", "brachiocephalic-trunk-upper");
    std::string const left_carotid = variant == ArchVariant::bovine ? "bovine-ostium" : "left-carotid-ostium";
    std::vector<Vec3> carotid{at(19, -33, 343), at(23, -31, 362), at(26, -31, 385), at(26, -34, 408), at(28, -34, 425)};
    if (variant == ArchVariant::bovine)
        carotid.insert(carotid.begin(), {at(3, -43, 325), at(12, -40, 332)});
    else
        carotid.insert(carotid.begin(), at(16, -35, 325));
    tree.artery("left-common-carotid", left_carotid, "left-carotid-bifurcation", carotid, c * 4.48, c * 3.33,
                "common_carotid_artery_left");
    tree.artery("left-subclavian-proximal", "left-subclavian-ostium", "left-vertebral-ostium",
                {at(25, -20, 328), at(28, -27, 343), at(35, -34, 351)}, c * 4.9, c * 4.3, "subclavian_artery_left",
                {4 * bends, 1, 20});
    for (int const sign : {-1, 1}) {
        add_neck(tree, at, sign, c);
        add_shoulder(tree, at, sign, c, bends);
    }
}

} // namespace fluoro
