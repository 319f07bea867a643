#include "gut_form.hpp"

#include <cmath>

namespace fluoro {

namespace {

constexpr double wall_mm = 2.6; ///< typical 2 to 3
/// What is left open at rest of the half width that barium fills.
constexpr double rest_side = 0.6, rest_other = 0.4;

struct Piece {
    char const* edge;
    char const* end_node;
    std::vector<Vec3> through; ///< [mm of the reference man] from the pylorus, or as places
    std::vector<double> filled_mm;
};

} // namespace

void add_duodenum(Anatomy& anatomy)
{
    BodyPlan const& plan = anatomy.plan;
    double const n = plan.scale, slim = plan.parameters.sex == Sex::female ? 0.94 : 1;
    Vec3 const pylorus = plan.place("pylorus"), flexure = plan.place("duodenojejunal-flexure");
    auto const p = [&](double x, double y, double z) { return pylorus + n * Vec3{slim * x, slim * y, z}; };
    auto const f = [&](double x, double y, double z) { return flexure + n * Vec3{slim * x, slim * y, z}; };
    // Up and back to the neck of the gall bladder, down on the right of the pancreatic head, across before the third
    // lumbar vertebra, up to the left: 25 cm in all.
    std::vector<Piece> const pieces{
        {"duodenal-bulb", "duodenal-upper-flexure", {p(-6, 3, 5), p(-13, 9, 9), p(-20, 17, 8)}, {7, 14, 15, 11}},
        {"duodenal-descending",
         "duodenal-lower-flexure",
         {p(-23, 25, -4), p(-23, 29, -22), p(-21, 29, -42), p(-14, 27, -56)},
         {11, 12.5, 13, 13, 12}},
        {"duodenal-horizontal", "duodenal-midline", {p(4, 19, -64), f(-24, 2, -40)}, {12, 12, 11}},
        {"duodenal-ascending", "duodenojejunal-flexure", {f(-8, 3, -26), f(-2, 2, -10), flexure}, {11, 12, 12, 11}}};
    LumenGraph& gut = anatomy.lumens.gut;
    int from = *gut.find_node("pylorus");
    int const label = label_of("duodenal_lumen");
    std::vector<SweepSection> way{{pylorus, 3.2 * n, 3.2 * n}};
    for (Piece const& piece : pieces) {
        std::vector<double> radii = piece.filled_mm;
        for (double& r : radii) r *= n;
        int const edge = gut.add_edge(piece.edge, from, piece.through, radii, WallClass::gut, label);
        from = gut.edges[std::size_t(edge)].to;
        gut.node_names[std::size_t(from)] = piece.end_node;
        for (std::size_t i = 0; i < piece.through.size(); ++i)
            way.push_back({piece.through[i], rest_side * radii[i + 1], rest_other * radii[i + 1]});
    }
    Sweep const sweep{way, {0, 1, 0.2}, 3};
    // Pancreas and liver are drawn before; the bowel's wall covers them where they touch.
    anatomy.organs.push_back(
        {"duodenum-wall", label_of("duodenum"), Rank::wall, {42, 1.04, 6, 3}, sweep.solid(wall_mm)});
    auto const seed = unsigned(plan.parameters.seed) + 66;
    // Circular folds from the second part on.
    Shape const lumen = sweep.shaped(
        [seed, n](Sweep::Spot const& s, Vec3 const& q) {
            double const folds = s.along_mm > 40 * n ? 0.5 + 0.5 * std::sin(s.along_mm / 0.9 + noise(q, 9, seed)) : 0;
            double const d = s.cut_distance_mm();
            return std::abs(d) > 3 ? 0.7 * d : 0.6 * (d + 0.9 * folds);
        },
        0);
    Organ inside{"duodenum-lumen", label, Rank::lumen, {22, 1.04}, lumen};
    inside.hu = [seed](Vec3 const& q, double) {
        double const gas = std::max(0.0, noise(q, 16, seed + 1) - 1.5);
        return std::max(-1000.0, 22 - 1500 * gas);
    };
    anatomy.organs.push_back(inside);
    anatomy.lumens.landmarks["duodenojejunal-flexure"] = flexure;
}

} // namespace fluoro
