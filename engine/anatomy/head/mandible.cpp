#include "head_parts.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace fluoro {

namespace {

constexpr BoneTexture mandible_bone{2.2, 1450, 420, 100};

/// Half of the lower jaw, from the chin over the angle to condyle and coronoid process.
Shape half_mandible(HeadForm const& head, double side)
{
    double const s = head.size;
    std::vector<Vec3> const body{head.at(0, -86, -56),         head.at(9 * side, -84.5, -55),
                                 head.at(20 * side, -76, -52), head.at(31 * side, -58, -46),
                                 head.at(40 * side, -38, -39), head.at(45 * side, -21, -31)};
    std::vector<Vec3> const up_body(body.size(), head.frame.up);
    std::vector<double> const high{s * 16, s * 15.5, s * 15, s * 14, s * 13, s * 12};
    std::vector<double> const thick{s * 6.5, s * 6, s * 5.8, s * 6, s * 5.8, s * 4.5};
    std::vector<Vec3> const ramus{head.at(43.5 * side, -27, -40), head.at(45 * side, -22.5, -30),
                                  head.at(47 * side, -21, -14), head.at(49 * side, -24, 4)};
    std::vector<Vec3> const back_ramus(ramus.size(), head.frame.back);
    std::vector<double> const wide{s * 9, s * 14.5, s * 15.5, s * 15}, thin{s * 4.0, s * 3.5, s * 2.9, s * 2.8};
    std::vector<Shape> const parts{
        strap(body, up_body, high, thick),
        strap(ramus, back_ramus, wide, thin),
        rounded_cone(head.at(49 * side, -14, 4), 4 * s, head.at(50 * side, -16, 21), 3.6 * s),
        ellipsoid(head.frame_at(50 * side, -16, 23), s * Vec3{9, 4.5, 4.5}),
        rounded_cone(head.at(48 * side, -34, 4), 4 * s, head.at(48 * side, -37, 18), 1.8 * s),
    };
    return unite(parts, 5 * s);
}

struct Tooth {
    double width, crown, root; ///< [mm], typical (Wheeler)
};
constexpr std::array<Tooth, 8> upper{{{8.5, 10.5, 13},
                                      {6.5, 9, 13},
                                      {7.5, 10, 17},
                                      {7, 8.5, 14},
                                      {7, 8.5, 14},
                                      {10, 7.5, 12},
                                      {9, 7, 11},
                                      {8.5, 6.5, 11}}};
constexpr std::array<Tooth, 8> lower{
    {{5, 9, 12.5}, {5.5, 9.5, 14}, {7, 11, 16}, {7, 8.5, 14}, {7, 8, 14.5}, {11, 7.5, 14}, {10.5, 7, 13}, {10, 7, 11}}};

/// One row of teeth along its arch; `down` = the crowns' direction on the head's up axis.
void add_row(Anatomy& anatomy, HeadForm const& head, std::array<Tooth, 8> const& teeth, double down)
{
    double const s = head.size;
    std::vector<Shape> crowns, roots;
    for (double side : {-1.0, 1.0}) {
        double const front = down < 0 ? -96 : -93.5, bend = down < 0 ? 21 : 20;
        // The mouth is closed with the teeth a little apart, as at rest.
        double const edge_up = down < 0 ? -31 : -34;
        double x = 0;
        for (Tooth const& tooth : teeth) {
            // Half a tooth along the arch y = front + x^2 / bend, twice.
            auto const advance = [&] { x += tooth.width / 2 / std::hypot(1, 2 * x / bend); };
            advance();
            // The row rises a little to the back (curve of Spee).
            double const back = front + x * x / bend;
            double const up = edge_up + 0.03 * (back - front) - down * tooth.crown;
            double const r = tooth.width / 2;
            double const depth = tooth.width > 8.6 || (&tooth - teeth.data()) > 2 ? r * 1.05 : r * 0.75;
            // Molars stand outside the jaw's middle, inclined with it.
            Frame const frame = head.frame_at(side * x, back, up + down * tooth.crown / 2);
            Vec3 const half = s * Vec3{std::min(r, depth + 0.6) - 0.15, depth, tooth.crown / 2};
            crowns.push_back(rounded_box(frame, half, 0.75 * std::min({half.x, half.y, half.z})));
            roots.push_back(rounded_cone(head.at(side * x, back, up), 0.36 * tooth.width * s,
                                         head.at(side * 0.96 * x, back + 2, up - down * tooth.root), 1.1 * s));
            advance();
        }
    }
    int const label = label_of("teeth");
    Organ crown{down < 0 ? "upper-crowns" : "lower-crowns", label, Rank::bone, {2300, 2.75}, unite(crowns)};
    crown.hu = [](Vec3 const&, double depth) { return depth < 1.2 ? 2500.0 : 1700.0; };
    anatomy.organs.push_back({down < 0 ? "upper-roots" : "lower-roots", label, Rank::bone, {1650, 2.2}, unite(roots)});
    anatomy.organs.push_back(crown);
}

} // namespace

void add_mandible_and_teeth(Anatomy& anatomy, HeadForm const& head)
{
    Organ jaw{"mandible",
              label_of("mandible"),
              Rank::bone,
              {mandible_bone.inside_hu, 1.68},
              unite(half_mandible(head, -1), half_mandible(head, 1), 2)};
    jaw.hu = bone_hu(anatomy.plan, mandible_bone, 81);
    anatomy.organs.push_back(jaw);
    add_row(anatomy, head, upper, -1);
    add_row(anatomy, head, lower, 1);
}

} // namespace fluoro
