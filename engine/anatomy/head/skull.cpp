#include "head_parts.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {

namespace {

constexpr double vault_mm = 7.5; ///< both tables and the diploe; 5 to 8 typical
constexpr double base_mm = 6;
constexpr BoneTexture vault_bone{1.8, 1350, 520, 90}, face_bone{1.4, 1100, 380, 80}, base_bone{1.7, 1300, 400, 80},
    petrous_bone{5, 1650, 1300, 60};

class SkullBuilder {
public:
    SkullBuilder(Anatomy& anatomy, HeadForm const& head)
        : anatomy_{anatomy}, head_{head}, s_{head.size}, skull_{label_of("skull")}, air_{label_of("nasal_cavity")}
    {
    }

    void add_brain_case()
    {
        // The brow swells from the vault; in it the frontal sinuses, never alike on both sides.
        Shape const brow =
            without(ellipsoid(head_.frame_at(0, -94, 62), s_ * Vec3{33, 10.5, 10.5}), cranial_cavity(head_));
        Shape const shell = unite(brain_case(head_, vault_mm * s_, base_mm * s_), brow, 8 * s_);
        Shape const hole = elliptic_cylinder(head_.frame_at(0, 10, -2), 15 * s_, 17.5 * s_, 16 * s_, 2 * s_);
        bone("skull-vault", without(shell, hole, 3), vault_bone, 72);
        bone("skull-base", base_bones(head_), base_bone, 73);
        bone("petrous-bones", petrous_bones(head_), petrous_bone, 74);
        // Mastoid cells: air and thin walls.
        for (double side : {-1.0, 1.0}) {
            Shape const cells =
                rounded_cone(head_.at(56 * side, 6, 10), 8.5 * s_, head_.at(53 * side, 1.5, -9), 4.2 * s_);
            Organ organ{"mastoid-cells", skull_, Rank::bone, {-290, 0.71}, cells};
            organ.hu = [](Vec3 const& p, double) { return std::clamp(-300 + 560 * noise(p, 3, 75), -900.0, 900.0); };
            anatomy_.organs.push_back(organ);
        }
    }

    void add_face()
    {
        // Cavities first (rank cavity), their thin bony walls over them.
        std::vector<Shape> sinuses, walls;
        auto const sinus = [&](double x, double y, double z, double a, double b, double c) {
            Shape const hollow =
                roughened(ellipsoid(head_.frame_at(x, y, z), s_ * Vec3{a, b, c}), 1.2 * s_, 9 * s_, 76);
            sinuses.push_back(hollow);
            walls.push_back(without(offset(hollow, 1.6 * s_), hollow));
        };
        for (double side : {-1.0, 1.0}) {
            sinus(26 * side, -70, 8, 12.5, 17, 16); // maxillary

            for (int cell = 0; cell < 4; ++cell) sinus(8.5 * side, -54.0 - 10 * cell, 37, 4.5, 5.5, 8); // ethmoid
        }
        sinus(1.5, -41, 34, 12, 10, 8); // sphenoid, below the sella
        Shape const nose = nasal_cavity();
        cavity("paranasal-sinuses", unite(sinuses));
        cavity("nasal-cavity", nose);
        bone("sinus-walls", unite(walls), face_bone, 77);
        Shape const septum = rounded_box(head_.frame_at(0.8, -72, 18), s_ * Vec3{1.2, 30, 22}, 1 * s_);
        tissue("nasal-septum", Rank::organ, {120, 1.05}, septum);
        add_turbinates();
        add_orbits();
        add_jaw_bones();
    }

private:
    Shape nasal_cavity() const
    {
        // Wide at the floor, narrow at the cribriform plate, from the nostrils to the choanae.
        std::vector<Shape> parts{
            ellipsoid(head_.frame_at(0, -72, 10), s_ * Vec3{14, 31, 9.5}),
            ellipsoid(head_.frame_at(0, -74, 26), s_ * Vec3{8, 26, 20}),
            rounded_cone(head_.at(7, -108, 1), 4 * s_, head_.at(6, -92, 8), 5 * s_),
            rounded_cone(head_.at(-7, -108, 1), 4 * s_, head_.at(-6, -92, 8), 5 * s_),
        };
        return unite(parts, 4 * s_);
    }

    void add_turbinates()
    {
        std::vector<Shape> parts;
        for (double side : {-1.0, 1.0}) {
            parts.push_back(ellipsoid(head_.frame_at(8.5 * side, -70, 7), s_ * Vec3{3.6, 24, 5}));
            parts.push_back(ellipsoid(head_.frame_at(6.5 * side, -68, 20), s_ * Vec3{2.8, 20, 5}));
        }
        tissue("turbinates", Rank::organ, {60, 1.05}, unite(parts, 1));
    }

    void add_orbits()
    {
        std::vector<Shape> fats, rims, eyes, lenses;
        for (double side : {-1.0, 1.0}) {
            Shape const cone =
                rounded_cone(head_.at(33 * side, -86, 39), 18 * s_, head_.at(16 * side, -50, 42), 5 * s_);
            fats.push_back(cone);
            Frame const front = head_.frame_at(40 * side, -60, 39);
            rims.push_back(
                intersect(without(offset(cone, 2.6 * s_), cone), rounded_box(front, s_ * Vec3{60, 29, 40}, 0)));
            eyes.push_back(ball(head_.at(32 * side, -91, 39), 12 * s_));
            lenses.push_back(ellipsoid(head_.frame_at(32 * side, -99, 39), s_ * Vec3{4.5, 2, 4.5}));
        }
        tissue("orbital-fat", Rank::cavity, {-90, 0.95}, unite(fats));
        bone("orbits", unite(rims), face_bone, 78);
        anatomy_.organs.push_back({"eyes", label_of("eye"), Rank::organ, {12, 1.05}, unite(eyes)});
        anatomy_.organs.push_back({"lenses", label_of("eye"), Rank::organ, {90, 1.07}, unite(lenses)});
    }

    void add_jaw_bones()
    {
        std::vector<Shape> parts;
        std::vector<Vec3> arch, across;
        std::vector<double> high, deep;
        for (int i = -6; i <= 6; ++i) {
            double const x = 5.0 * i;
            arch.push_back(head_.at(x, -93 + x * x / 21, -8 - 0.004 * x * x));
            across.push_back(head_.frame.up);
            high.push_back(9 * s_);
            deep.push_back(5.5 * s_);
        }
        parts.push_back(strap(arch, across, high, deep));
        // The hard palate, gently vaulted.
        parts.push_back(rounded_box(head_.frame_at(0, -69, -2), s_ * Vec3{17, 23, 2.6}, 1.5 * s_));
        for (double side : {-1.0, 1.0}) {
            parts.push_back(ellipsoid(head_.frame_at(47 * side, -76, 17), s_ * Vec3{9, 9, 10})); // zygoma
            std::vector<Vec3> const zygomatic{head_.at(50 * side, -74, 17), head_.at(62 * side, -55, 17),
                                              head_.at(66 * side, -32, 19), head_.at(62 * side, -12, 22)};
            parts.push_back(tube(curve(zygomatic, 4), std::vector<double>(curve(zygomatic, 4).size(), 3.2 * s_)));
            parts.push_back(rounded_cone(head_.at(48 * side, -78, 20), 3.5 * s_, head_.at(46 * side, -79, 56), 4 * s_));
            // Pterygoid plates behind the upper jaw.
            parts.push_back(rounded_box(head_.frame_at(13 * side, -42, 8), s_ * Vec3{1.6, 7, 16}, 1.2 * s_));
        }
        parts.push_back(rounded_cone(head_.at(0, -99, 50), 4.5 * s_, head_.at(0, -108, 32), 2.4 * s_)); // nasal bones
        bone("facial-bones", unite(parts, 2 * s_), face_bone, 79);
    }

    void bone(char const* name, Shape const& shape, BoneTexture const& texture, unsigned seed)
    {
        Organ organ{name, skull_, Rank::bone, {texture.inside_hu, 1.61}, shape};
        organ.hu = bone_hu(anatomy_.plan, texture, seed);
        anatomy_.organs.push_back(organ);
    }
    void cavity(char const* name, Shape const& shape)
    {
        anatomy_.organs.push_back({name, air_, Rank::cavity, {-1000, 0.0012}, shape});
    }
    void tissue(char const* name, Rank rank, Tissue const& tissue, Shape const& shape)
    {
        anatomy_.organs.push_back({name, label_of("muscle"), rank, tissue, shape});
    }

    Anatomy& anatomy_;
    HeadForm head_;
    double s_;
    int skull_, air_;
};

} // namespace

std::function<double(Vec3 const&, double)> bone_hu(BodyPlan const& plan, BoneTexture const& texture, unsigned seed)
{
    double const density = plan.parameters.bone_density;
    // Porous bone loses trabeculae first; its cortex thins more slowly.
    double const inside = texture.inside_hu * density, cortex = texture.cortex_mm * std::pow(density, 0.4);
    return [=](Vec3 const& p, double depth_mm) {
        double const deep = inside + texture.texture_hu * noise(p, 1.8, seed);
        double const share = std::clamp((cortex - depth_mm) / 0.8 + 0.5, 0.0, 1.0);
        return std::lerp(deep, texture.cortex_hu, share);
    };
}

Shape base_bones(HeadForm const& head)
{
    double const s = head.size;
    std::vector<Shape> parts{
        rounded_cone(head.at(0, -8, 6), 6 * s, head.at(0, -30, 34), 10 * s), // clivus
        ellipsoid(head.frame_at(0, -24, 36), s * Vec3{19, 10, 15}),          // under dorsum and sella
    };
    for (double side : {-1.0, 1.0}) {
        parts.push_back(ellipsoid(head.frame_at(17 * side, -1, -3), s * Vec3{6, 11, 6})); // condyle
        // Mastoid: a cone that points down, forward and a little inward.
        parts.push_back(rounded_cone(head.at(55 * side, 7, 12), 12 * s, head.at(52.5 * side, 1, -12), 6 * s));
        parts.push_back(rounded_cone(head.at(46 * side, -8, 8), 3 * s, head.at(38 * side, -20, -20), 1.4 * s));
    }
    return unite(parts, 4 * s);
}

Shape petrous_bones(HeadForm const& head)
{
    double const s = head.size;
    std::vector<Shape> parts;
    for (double side : {-1.0, 1.0})
        parts.push_back(rounded_cone(head.at(52 * side, 0, 20), 11 * s, head.at(14 * side, -24, 26), 6 * s));
    return unite(parts);
}

void add_skull(Anatomy& anatomy, HeadForm const& head)
{
    SkullBuilder builder{anatomy, head};
    builder.add_brain_case();
    builder.add_face();
}

} // namespace fluoro
