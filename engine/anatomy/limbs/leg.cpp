#include "limb_form.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/curve.hpp>

namespace fluoro {

namespace {

/// Girths of a man of 1760 mm: thigh 56, above the knee 40, knee 37, calf 37, ankle 23 cm (typical). Along the line
/// from hip to ankle.
std::vector<LimbRow> const leg_rows{
    {70, -6.5, -3, 84, 85, 14}, {147, -4.5, -4, 83, 84, 12}, {217, -1.6, -5.5, 79, 80, 10}, {287, 0, -6, 72, 73, 9},
    {357, 2, -6, 65, 66, 8},    {417, 2.4, -5, 59, 61, 7},   {457, 2, -4.5, 57, 60, 6},     {497, 1, -1, 54, 57, 6},
    {557, 0, 4, 57, 59, 6},     {607, 0, 4.5, 55, 57, 6},    {667, 0, 3, 48, 50, 5.5},      {737, 0, 0, 40, 42, 5},
    {797, 1, -1, 34, 37, 4},    {847, 0, 0, 33, 39, 3},      {879, 0, 3, 33, 41, 3},        {900, 0, 5, 31, 38, 3},
};

LimbAxis whole_leg(BodyPlan const& plan, int sign)
{
    LimbAxis const upper = thigh(plan, sign), lower = shank(plan, sign);
    Vec3 const ankle = lower.origin_mm + lower.length_mm * lower.along;
    LimbAxis axis = upper;
    axis.length_mm = glm::length(ankle - upper.origin_mm);
    axis.along = (ankle - upper.origin_mm) / axis.length_mm;
    axis.lateral = glm::normalize(upper.lateral - glm::dot(upper.lateral, axis.along) * axis.along);
    axis.front = double(sign) * glm::cross(axis.along, axis.lateral);
    return axis;
}

/// Toes up and a little outward, the foot half stretched as it lies.
LimbAxis foot_axis(BodyPlan const& plan, int sign)
{
    LimbAxis const shin = shank(plan, sign);
    LimbAxis foot = shin;
    foot.origin_mm = shin.origin_mm + shin.length_mm * shin.along;
    // `along` runs from the heel to the toes, `front` is the back of the foot.
    foot.along = glm::normalize(shin.front + 0.32 * shin.along + 0.18 * shin.lateral);
    foot.lateral = glm::normalize(shin.lateral - glm::dot(shin.lateral, foot.along) * foot.along);
    foot.front = glm::cross(foot.along, foot.lateral);
    if (glm::dot(foot.front, shin.along) > 0) foot.front = -foot.front;
    return foot;
}

Shape foot(LimbAxis const& a, LimbBuild const& build, LimbLayer layer)
{
    auto const r = [&](double half, double fat) { return build.half_mm(half, fat, layer); };
    auto const pad = [&](double along, double lateral, double up, Vec3 const& half, double fat) {
        // Frame: left = lateral, back = away from the foot's back, up = toward the heel.
        return ellipsoid(a.frame_at(along, lateral, up), {r(half.x, fat), r(half.y, fat), r(half.z, fat)});
    };
    return unite(std::vector<Shape>{pad(-34, 0, -30, {31, 34, 36}, 6),
                                    rounded_cone(a.at(0, 0, -8), r(36, 4), a.at(66, 0, -18), r(30, 4)),
                                    pad(80, 4, -32, {40, 21, 60}, 4), pad(135, 4, -38, {46, 16, 34}, 4),
                                    pad(172, 2, -40, {42, 11, 26}, 3)},
                 24);
}

Shape soft_leg(BodyPlan const& plan, int sign, LimbBuild const& build, LimbLayer layer)
{
    Shape const column = limb_column(whole_leg(plan, sign), leg_rows, build, layer);
    return unite(column, foot(foot_axis(plan, sign), build, layer), 20);
}

/// From the trunk's lowest section to two legs, over a hand's breadth: the thighs part gradually.
Shape below_trunk(Shape const& trunk, Shape const& legs, double scale)
{
    double const low = trunk.bounds().low.z, top = low + 6, reach = 115 * scale;
    Box box = around(legs.bounds(), {{trunk.bounds().low.x, trunk.bounds().low.y, low},
                                     {trunk.bounds().high.x, trunk.bounds().high.y, low}});
    box.high.z = top;
    return {box, [=](Vec3 const& p) {
                double const z = std::min(p.z, top), below = std::clamp((top - z) / reach, 0.0, 1.0);
                double const over = std::max(p.z - top, 0.0);
                double inner = legs.distance_mm({p.x, p.y, z});
                if (below < 1) {
                    // Near its end the trunk's distance is that to the cut; deep inside the one of a higher section
                    // counts.
                    double const section =
                        std::min(trunk.distance_mm({p.x, p.y, low + 7}), trunk.distance_mm({p.x, p.y, low + 60}) + 40);
                    double const share = below * below * (3 - 2 * below);
                    inner = std::lerp(section, inner, share) / 1.5;
                }
                return std::hypot(std::max(inner, 0.0), over) + std::min(std::max(inner, p.z - top), 0.0);
            }};
}

void add_femur(Anatomy& anatomy, int sign, LimbBuild const& build)
{
    LimbAxis const a = thigh(anatomy.plan, sign);
    double const k = build.size;
    auto const points = [&a](std::vector<Vec3> const& rows) {
        std::vector<Vec3> at;
        for (Vec3 const& r : rows) at.push_back(a.at(r.x, r.y, r.z));
        return at;
    };
    auto const radii = [k](std::vector<double> r) {
        for (double& value : r) value *= k;
        return r;
    };
    std::vector<double> shaft_radii;
    // Bowed to the front, leaning from the trochanters to the knee.
    std::vector<Vec3> const shaft = curve(points({{34, 39, -9},
                                                  {60, 40, -9},
                                                  {100, 38, -5},
                                                  {170, 32, 2},
                                                  {240, 25, 5},
                                                  {310, 17, 4},
                                                  {370, 9, 0},
                                                  {410, 3, -4}}),
                                          4, radii({17.5, 18, 15.6, 14.6, 14.2, 15.2, 18.8, 24}), shaft_radii);
    std::vector<Shape> const parts{
        tube(shaft, shaft_radii),
        tube(points({{0, 2, 0}, {9, 14, -2}, {20, 26, -5}, {34, 36, -8}}), radii({18, 16, 16, 18})),
        ellipsoid(a.frame_at(14, 50, -15), k * Vec3{13, 19, 25}),  // greater trochanter
        ellipsoid(a.frame_at(56, 26, -20), k * Vec3{9, 9, 13}),    // lesser trochanter
        ellipsoid(a.frame_at(414, 1, -4), k * Vec3{35, 24, 32}),   // the flare above the condyles
        ellipsoid(a.frame_at(434, -24, -9), k * Vec3{15, 31, 21}), // medial condyle
        ellipsoid(a.frame_at(434, 23, -9), k * Vec3{15, 32, 20}),  // lateral condyle
    };
    Shape const body = unite(parts, 9);
    Shape const whole = unite(body, ball(a.origin_mm, 24 * k), 3);
    add_bone(
        anatomy, sign > 0 ? "femur-left" : "femur-right", sign > 0 ? "femur_left" : "femur_right", whole,
        [a](Vec3 const& p) {
            double const u = glm::dot(p - a.origin_mm, a.along) / a.scale;
            double const lateral = glm::dot(p - a.origin_mm, a.lateral) / a.scale;
            // A shell of 2 mm at the ends, 4 mm under the neck (the calcar), 7 mm in the middle of the shaft.
            double const middle = std::clamp((u - 35) / 60, 0.0, 1.0) * std::clamp((425 - u) / 90, 0.0, 1.0);
            double const calcar = std::clamp((u - 10) / 15, 0.0, 1.0) * std::clamp((32 - lateral) / 10, 0.0, 1.0) *
                                  std::clamp((lateral - 6) / 8, 0.0, 1.0);
            return BoneStuff{1.9 + 4.9 * middle + 2.0 * calcar * (1 - middle),
                             middle > 0.75 ? -20.0 : 240 - 120 * middle};
        },
        1.3);
}

void add_shin_and_foot(Anatomy& anatomy, int sign, LimbBuild const& build)
{
    BodyPlan const& plan = anatomy.plan;
    LimbAxis const upper = thigh(plan, sign), a = shank(plan, sign), f = foot_axis(plan, sign);
    double const k = build.size;
    std::string const side = sign > 0 ? "left-" : "right-";
    auto const along = [a](Vec3 const& p) { return glm::dot(p - a.origin_mm, a.along) / a.scale; };
    auto const shaft = [&](std::vector<Vec3> const& rows, std::vector<double> radii) {
        std::vector<Vec3> points;
        for (Vec3 const& r : rows) points.push_back(a.at(r.x, r.y, r.z));
        for (double& r : radii) r *= k;
        std::vector<double> smooth;
        points = curve(points, 4, radii, smooth);
        return tube(points, smooth);
    };
    auto const long_bone = [along](double cortex_mm) {
        return [along, cortex_mm](Vec3 const& p) {
            double const u = along(p);
            double const middle = std::clamp((u - 40) / 60, 0.0, 1.0) * std::clamp((390 - u) / 60, 0.0, 1.0);
            return BoneStuff{std::lerp(1.6, cortex_mm, middle), middle > 0.75 ? -20.0 : 210.0};
        };
    };
    add_bone(
        anatomy, side + "patella", "limb_bone", ellipsoid(upper.frame_at(424, 2, 37), k * Vec3{23, 11, 22.5}),
        [](Vec3 const&) {
            return BoneStuff{1.6, 300};
        },
        1.3);
    add_bone(
        anatomy, side + "tibia", "limb_bone",
        unite(
            std::vector<Shape>{
                shaft({{30, 0, 1}, {55, -2, 4}, {90, -4, 7}, {150, -5, 9}, {250, -4, 6}, {330, -2, 2}, {375, -2, 0}},
                      {28.5, 22.6, 18.6, 15.6, 13.8, 14.8, 20.2}),
                ellipsoid(a.frame_at(18, -19, -1), k * Vec3{21, 25, 17}),
                ellipsoid(a.frame_at(18, 19, -1), k * Vec3{20, 24.5, 17}),
                ellipsoid(a.frame_at(42, 2, 20), k * Vec3{11, 9, 16}),
                ellipsoid(a.frame_at(388, -3, 0), k * Vec3{22, 19.5, 13}),
                rounded_cone(a.at(385, -19, 0), k * 8, a.at(403, -22, 1), k * 5.5)},
            8),
        long_bone(6.3), 1.3);
    add_bone(anatomy, side + "fibula", "limb_bone",
             shaft({{22, 34, -14},
                    {36, 34, -14},
                    {60, 32, -13},
                    {130, 30, -12},
                    {220, 27, -10},
                    {320, 24, -8},
                    {370, 24, -7},
                    {395, 26, -6},
                    {412, 25, -6}},
                   {10.5, 12, 7.7, 7.3, 7.1, 7.3, 8.5, 11, 8.4}),
             long_bone(3.4), 1.4);
    std::vector<Shape> tarsus{ellipsoid(f.frame_at(4, -2, -18), k * Vec3{21, 16, 28}),
                              ellipsoid(f.frame_at(-28, 3, -34), k * Vec3{21, 22, 38}),
                              ellipsoid(f.frame_at(36, -10, -20), k * Vec3{16, 14, 12}),
                              ellipsoid(f.frame_at(38, 18, -30), k * Vec3{14, 12.5, 18}),
                              ellipsoid(f.frame_at(56, -16, -22), k * Vec3{11, 12, 12}),
                              ellipsoid(f.frame_at(57, -1, -21), k * Vec3{10, 12, 12})};
    std::vector<Shape> rays;
    auto const ray = [&](Vec3 const& from, Vec3 const& to, double radius) {
        Vec3 const way = to - from;
        rays.push_back(tube(std::vector<Vec3>{from, from + 0.2 * way, from + 0.5 * way, from + 0.8 * way, to},
                            std::vector<double>{k * radius * 1.4, k * radius * 1.1, k * radius * 0.85, k * radius * 1.1,
                                                k * radius * 1.35}));
    };
    for (int toe = 0; toe < 5; ++toe) {
        double const lateral = -22 + 12.0 * toe, thick = toe == 0 ? 7.5 : 4.9;
        double const head = 132 - (toe == 0 ? 4 : 3.5 * (toe - 1)), base = 68 - 3.0 * toe;
        ray(f.at(base, lateral * 0.8, -27 - toe), f.at(head, lateral * 1.4 - 2, -40), thick);
        ray(f.at(head + 12, lateral * 1.45 - 2, -41), f.at(head + 36, lateral * 1.45 - 2, -40), 0.75 * thick);
        ray(f.at(head + 44, lateral * 1.45 - 2, -41), f.at(head + 58, lateral * 1.45 - 2, -43), 0.65 * thick);
    }
    add_bone(
        anatomy, side + "tarsus", "limb_bone", unite(tarsus),
        [](Vec3 const&) {
            return BoneStuff{1.8, 280};
        },
        1.25);
    add_bone(
        anatomy, side + "foot-bones", "limb_bone", unite(rays),
        [](Vec3 const&) {
            return BoneStuff{2.4, 160};
        },
        1.35);
}

} // namespace

void add_legs(Anatomy& anatomy)
{
    BodyPlan const& plan = anatomy.plan;
    LimbBuild const build{plan.parameters};
    for (LimbLayer const layer : {LimbLayer::skin, LimbLayer::fat, LimbLayer::muscle}) {
        Shape const legs = unite(soft_leg(plan, -1, build, layer), soft_leg(plan, 1, build, layer), 8);
        add_limb_layer(anatomy, "legs", layer, below_trunk(trunk_layer(anatomy, layer), legs, plan.scale));
    }
    for (int const sign : {-1, 1}) {
        add_femur(anatomy, sign, build);
        add_shin_and_foot(anatomy, sign, build);
    }
}

} // namespace fluoro
