#include "limb_form.hpp"

#include <algorithm>
#include <array>
#include <fluoro/core/curve.hpp>

namespace fluoro {

namespace {

/// Girths of a man of 1760 mm: upper arm 31, elbow 27, forearm 27, wrist 17 cm (typical). Along the line from shoulder
/// to wrist, of which the elbow lies 19 mm to the inside.
std::vector<LimbRow> const arm_rows{
    {-8, 0, 0, 44, 44, 9},      {20, 0, 1, 51, 50, 8},       {50, -2, 2, 52, 51, 7.5},   {90, -5, 3, 49, 51, 7},
    {140, -9, 2, 46, 50, 7},    {190, -12, 1, 45, 48, 7},    {240, -16, 0, 42, 43, 6},   {285, -18, 1, 43, 38, 5},
    {312, -18, 1, 45, 37, 4.5}, {350, -13, -1, 46, 40, 4.5}, {390, -9, -2, 44, 39, 4},   {440, -6, -1, 38, 33, 4},
    {490, -3, 0, 32, 26, 3.5},  {530, -1, 0, 28, 21, 3},     {560, 0, 0, 29, 19.5, 2.5}, {590, 1, 0, 36, 17, 2.5},
    {620, 1, 0, 42, 15.5, 3},   {645, 0, 0, 43, 14, 3},      {662, 0, 0, 40, 12, 3},
};

struct Finger {
    double lateral, base, length, radius;
};
/// Little finger to index; base along the forearm's axis.
constexpr std::array<Finger, 4> fingers{
    {{-28, 352, 56, 7.5}, {-9.5, 359, 72, 8.3}, {9.5, 361, 79, 8.6}, {28, 357, 70, 8.4}}};

Vec3 knuckle(LimbAxis const& lower, Finger const& f, double share)
{
    // Fingers at rest spread a little and curl toward the palm.
    return lower.at(f.base + share * f.length, f.lateral * (1 + 0.22 * share), 1 + 9 * share * share);
}

Shape hand(LimbAxis const& lower, LimbBuild const& build, LimbLayer layer)
{
    std::vector<Shape> parts;
    double const inset = layer == LimbLayer::skin ? 0 : layer == LimbLayer::fat ? 1.6 : 4.5;
    for (Finger const& f : fingers) {
        std::vector<Vec3> points;
        std::vector<double> radii;
        for (double const share : {-0.25, 0.0, 0.4, 0.75, 1.0}) {
            points.push_back(knuckle(lower, f, share));
            radii.push_back(build.size * (f.radius - inset - 1.4 * std::max(share, 0.0)));
        }
        parts.push_back(tube(points, radii));
    }
    parts.push_back(tube(
        std::vector<Vec3>{lower.at(282, 24, 4), lower.at(310, 42, 9), lower.at(338, 56, 11), lower.at(362, 64, 11)},
        std::vector<double>{build.size * (15 - inset), build.size * (13 - inset), build.size * (10 - inset),
                            build.size * (8.5 - inset)}));
    return unite(parts, 4);
}

Shape soft_arm(BodyPlan const& plan, int sign, LimbBuild const& build, LimbLayer layer)
{
    LimbAxis const upper = upper_arm(plan, sign), lower = forearm(plan, sign);
    LimbAxis whole = upper;
    Vec3 const wrist = lower.origin_mm + lower.length_mm * lower.along;
    whole.length_mm = glm::length(wrist - upper.origin_mm);
    whole.along = (wrist - upper.origin_mm) / whole.length_mm;
    whole.lateral = glm::normalize(upper.lateral - glm::dot(upper.lateral, whole.along) * whole.along);
    whole.front = double(sign) * glm::cross(whole.along, whole.lateral);
    Shape const column = limb_column(whole, arm_rows, build, layer);
    // The deltoid's cap over the head of the humerus.
    double const k = plan.scale;
    Frame const cap{upper.origin_mm + k * Vec3{-sign * 6.0, 0, -4}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    Shape const shoulder =
        ellipsoid(cap, {build.half_mm(56, 8, layer), build.half_mm(52, 8, layer), build.half_mm(51, 8, layer)});
    return unite(std::vector<Shape>{column, shoulder, hand(lower, build, layer)}, 22);
}

void add_forearm_bones(Anatomy& anatomy, int sign, LimbBuild const& build)
{
    LimbAxis const a = forearm(anatomy.plan, sign);
    double const k = build.size;
    std::string const side = sign > 0 ? "left-" : "right-";
    auto const along = [a](Vec3 const& p) { return glm::dot(p - a.origin_mm, a.along) / a.scale; };
    auto const bone = [&](std::string const& name, std::vector<Vec3> const& rows, std::vector<double> radii,
                          std::vector<Shape> more) {
        std::vector<Vec3> points;
        for (Vec3 const& r : rows) points.push_back(a.at(r.x, r.y, r.z));
        for (double& r : radii) r *= 1.1 * k;
        std::vector<double> smooth;
        points = curve(points, 4, radii, smooth);
        more.insert(more.begin(), tube(points, smooth));
        add_bone(
            anatomy, side + name, "limb_bone", unite(more, 6),
            [along](Vec3 const& p) {
                // Thick walls and fat in the middle, a thin shell over trabeculae at the ends.
                double const u = along(p), end = std::min(u + 20, 262 - u);
                double const shaft = std::clamp((end - 25) / 35, 0.0, 1.0);
                return BoneStuff{std::lerp(1.3, 3.6, shaft), shaft > 0.6 ? -20.0 : 220.0};
            },
            1.35);
    };
    bone("radius",
         {{6, 14, 0},
          {16, 14, 0},
          {27, 12, 1},
          {38, 10, 2},
          {60, 12, 2},
          {110, 17, 2},
          {170, 18, 2},
          {215, 15, 1},
          {236, 13, 0}},
         {10.5, 10.5, 7, 8, 6.5, 6.6, 7, 8, 10.5},
         {ellipsoid(a.frame_at(246, 12, 0), k * Vec3{17.5, 11.5, 14}),
          rounded_cone(a.at(246, 22, 0), k * 6, a.at(259, 25, 0), k * 3.5)});
    bone("ulna",
         {{-14, -8, -17},
          {2, -9, -14},
          {16, -10, -6},
          {50, -12, -4},
          {110, -14, -3},
          {180, -15, -2},
          {235, -16, -2},
          {248, -17, -2}},
         {10, 11, 12, 8, 6.5, 6, 5.8, 7.5}, {rounded_cone(a.at(248, -20, -4), k * 4, a.at(257, -22, -5), k * 2.5)});
    // Eight carpal bones in two rows, then metacarpals and phalanges.
    std::vector<Shape> carpals;
    struct Carpal {
        double along, lateral, wide, deep, high;
    };
    for (Carpal const& b : {Carpal{265, 14, 9, 8, 9}, Carpal{264, 1, 8, 9, 8}, Carpal{266, -11, 8, 8, 7},
                            Carpal{267, -17, 5, 6, 5}, Carpal{280, 21, 8, 7, 7}, Carpal{279, 10, 5.5, 7, 6.5},
                            Carpal{280, 0, 7.5, 8, 10}, Carpal{279, -13, 8, 9, 8}})
        carpals.push_back(ellipsoid(a.frame_at(b.along, b.lateral, 1), k * Vec3{b.wide, b.deep, b.high}));
    auto const thin = [](Vec3 const&) { return BoneStuff{1.2, 250}; };
    add_bone(anatomy, side + "carpus", "limb_bone", unite(carpals), thin, 1.25);
    std::vector<Shape> rays;
    auto const ray = [&](Vec3 const& from, Vec3 const& to, double radius) {
        // Wider at both ends than in the middle.
        Vec3 const way = to - from;
        rays.push_back(tube(std::vector<Vec3>{from, from + 0.2 * way, from + 0.5 * way, from + 0.8 * way, to},
                            std::vector<double>{k * radius * 1.35, k * radius * 1.1, k * radius * 0.85,
                                                k * radius * 1.1, k * radius * 1.3}));
    };
    for (Finger const& f : fingers) {
        ray(a.at(293, f.lateral * 0.62, 0), a.at(f.base - 8, f.lateral * 0.97, 0), 4.9);
        ray(knuckle(a, f, 0.02), knuckle(a, f, 0.43), 4.5);
        ray(knuckle(a, f, 0.52), knuckle(a, f, 0.74), 3.8);
        ray(knuckle(a, f, 0.82), knuckle(a, f, 0.96), 3);
    }
    ray(a.at(290, 26, 4), a.at(320, 46, 9), 5.4);
    ray(a.at(328, 51, 10), a.at(346, 59, 11), 4.7);
    ray(a.at(353, 62, 11), a.at(366, 66, 11), 3.7);
    add_bone(
        anatomy, side + "hand-bones", "limb_bone", unite(rays),
        [](Vec3 const&) {
            return BoneStuff{2.0, 140};
        },
        1.35);
}

} // namespace

void add_arm(Anatomy& anatomy, int sign)
{
    BodyPlan const& plan = anatomy.plan;
    LimbBuild const build{plan.parameters};
    std::string const limb = sign > 0 ? "left-arm" : "right-arm";
    for (LimbLayer const layer : {LimbLayer::skin, LimbLayer::fat, LimbLayer::muscle}) {
        Shape const trunk = trunk_layer(anatomy, layer), arm = soft_arm(plan, sign, build, layer);
        // The armpit and the slope of the shoulder are rounded joints; the trunk itself stays the trunk's.
        double const blend = layer == LimbLayer::muscle ? 55 : 70;
        Shape const joined = unite(trunk, arm, blend);
        Box const near = grown(arm.bounds(), blend / 2);
        Shape const piece{near, [=](Vec3 const& p) { return joined.distance_mm(p); }};
        add_limb_layer(anatomy, limb, layer, without(piece, offset(trunk, -1.5)));
    }
    add_forearm_bones(anatomy, sign, build);
}

} // namespace fluoro
