#include "shoulder_parts.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/core/curve.hpp>

namespace fluoro {

namespace {

double sign_of(Side side)
{
    return side == Side::left ? 1 : -1;
}

double wide_of(BodyPlan const& plan)
{
    return plan.scale * (plan.parameters.sex == Sex::female ? 0.92 : 1);
}

Vec3 const& shoulder(BodyPlan const& plan, Side side)
{
    return plan.place(side == Side::left ? "shoulder-left" : "shoulder-right");
}

/// From the head of the humerus to the elbow.
Vec3 arm(BodyPlan const& plan, Side side)
{
    return plan.place(side == Side::left ? "elbow-left" : "elbow-right") - shoulder(plan, side);
}

/// Stations with smooth sizes between the given ones.
std::vector<BoneStation> smooth(std::vector<BoneStation> const& given, double step_mm)
{
    std::vector<Vec3> points, ups;
    std::vector<double> at, out;
    for (std::size_t i = 0; i < given.size(); ++i) {
        points.push_back(given[i].at);
        at.push_back(double(i));
    }
    std::vector<Vec3> const line = curve(points, step_mm, at, out);
    std::vector<BoneStation> all;
    for (std::size_t i = 0; i < line.size(); ++i) {
        auto const k = std::min(std::size_t(out[i]), given.size() - 2);
        double const t = out[i] - double(k), s = t * t * (3 - 2 * t);
        BoneStation const &a = given[k], &b = given[k + 1];
        all.push_back({line[i], glm::normalize(glm::mix(a.up, b.up, s)), std::lerp(a.half_wide_mm, b.half_wide_mm, s),
                       std::lerp(a.upper_mm, b.upper_mm, s), std::lerp(a.lower_mm, b.lower_mm, s)});
    }
    return all;
}

} // namespace

ShoulderPose::ShoulderPose(BodyPlan const& plan, Side side) : head_{shoulder(plan, side)}, sign_{sign_of(side)}
{
    turn_ = std::max(0.0, std::asin(glm::normalize(arm(plan, side)).z)) / 3;
}

Vec3 ShoulderPose::turned(Vec3 const& off) const
{
    double const c = std::cos(turn_), s = sign_ * std::sin(turn_);
    return {off.x * c - off.z * s, off.y, off.x * s + off.z * c};
}

Shape clavicle(BodyPlan const& plan, Side side)
{
    double const sign = sign_of(side), s = plan.scale, wide = wide_of(plan);
    Vec3 const head = shoulder(plan, side), notch = plan.place("jugular-notch");
    // Its two bows: forward in the inner two thirds, backward in the outer third; arched over the vessels.
    Vec3 const inner{sign * 21 * wide, notch.y + 6 * s, notch.z + 3 * s};
    Vec3 const outer = head + ShoulderPose{plan, side}.turned({sign * -24 * wide, -6 * wide, 30 * s});
    Vec3 const along = outer - inner;
    // Left and right bend by some millimetres more or less.
    unsigned const seed = unsigned(plan.parameters.seed) * 43 + (side == Side::left ? 0u : 1u);
    auto const at = [&](double share, double forward, double up) {
        double const free = 4 * share * (1 - share);
        Vec3 const at_side{4 * share, 0.61, 0.37};
        return inner + share * along +
               s * Vec3{0, -forward + 2.0 * free * noise(at_side, 1.3, seed),
                        up + 1.2 * free * noise(at_side, 1.3, seed + 1)};
    };
    Vec3 const upright{0, 0.3, 1}, level{sign * 0.3, -1, 0.15};
    auto const up = [&](double turn) { return glm::normalize(glm::mix(upright, level, turn)); };
    return swept_bone(smooth({{at(0, 2, 0.5), up(0), 13 * s, 10.2 * s, 9 * s},
                              {at(0.1, 8.5, 2.5), up(0), 10.2 * s, 8.5 * s, 7.7 * s},
                              {at(0.27, 15, 6.2), up(0.1), 7.7 * s, 6.8 * s, 6.6 * s},
                              {at(0.45, 13.5, 7.7), up(0.3), 7 * s, 6.3 * s, 6.1 * s},
                              {at(0.65, 3, 8), up(0.6), 7.7 * s, 5.9 * s, 5.9 * s},
                              {at(0.8, -7, 5.5), up(0.9), 10.2 * s, 5.6 * s, 5.6 * s},
                              {at(0.9, -6, 3), up(1), 11.2 * s, 5.4 * s, 5.0 * s},
                              {at(0.97, -2, 1), up(1), 9.4 * s, 4.8 * s, 4.4 * s},
                              {at(1, 0, 0), up(1), 6.5 * s, 3.6 * s, 3.4 * s}},
                             5));
}

Shape humerus(BodyPlan const& plan, Side side)
{
    double const sign = sign_of(side), s = plan.scale, wide = wide_of(plan);
    Vec3 const head = shoulder(plan, side), way = arm(plan, side), down = glm::normalize(way);
    Vec3 const out = glm::normalize(Vec3{sign * -down.z, 0, sign * down.x}); // away from the body, across the arm
    Vec3 const front{0, -1, 0};
    auto const at = [&](double share, double aside, double forward) {
        return head + share * way + wide * (aside * out + forward * front);
    };
    auto const round = [&](double share, double aside, double radius) {
        return BoneStation{at(share, aside, 0), out, wide * radius, wide * radius, wide * radius};
    };
    auto const broad = [&](double share, double aside, double half, double thick) {
        return BoneStation{at(share, aside, 0), out, wide * half, wide * thick, wide * thick};
    };
    Shape const shaft =
        swept_bone(smooth({round(0.025, 2, 17.5), round(0.07, 4, 19.3), round(0.12, 5, 16.5), round(0.22, 4, 13),
                           round(0.38, 2.5, 11.4), round(0.6, 1.5, 11), broad(0.76, 0.5, 13.5, 9),
                           broad(0.88, 0, 21, 7.5), broad(0.95, -1, 27, 7), broad(0.99, -1, 25, 8)},
                          6));
    // Ovoid: longer along the arm than across, and never quite round.
    Shape const ovoid = ellipsoid({head, out, front, down}, wide * Vec3{22.8, 21.6, 23.6});
    unsigned const seed = unsigned(plan.parameters.seed) * 47 + (side == Side::left ? 0u : 1u);
    Shape const head_of_bone{grown(ovoid.bounds(), 2), [=](Vec3 const& p) {
                                 double const d = ovoid.distance_mm(p), near = 1 - std::abs(d) / 9;
                                 if (near <= 0) return d;
                                 return d + 0.8 * near * std::clamp(noise(p, 18, seed), -2.0, 2.0);
                             }};
    std::array<Shape, 6> const parts{shaft,
                                     head_of_bone,
                                     ball(at(0.025, 17, 3), 11.5 * wide), // greater tubercle
                                     rounded_cone(at(0.03, 4, 16), 8 * wide, at(0.12, 4, 11), 5 * wide),   // lesser
                                     rounded_cone(at(1.0, -14, 3), 10 * wide, at(1.0, -2, 3), 8.5 * wide), // trochlea
                                     rounded_cone(at(1.0, 4, 4), 9 * wide, at(1.0, 12, 4), 9.5 * wide)};   // capitulum
    return unite(parts, 5 * s);
}

std::function<double(Vec3 const& p, Depth const& depth)> humerus_hu(BodyPlan const& plan, Side side)
{
    Vec3 const head = shoulder(plan, side), way = arm(plan, side);
    double const bone = plan.parameters.bone_density, s = plan.scale;
    BoneTissue tissue{1500, 1, 200, 75, 2.5};
    tissue.seed = unsigned(plan.parameters.seed) * 5 + (side == Side::left ? 1u : 2u);
    tissue = thinned(tissue, bone);
    return [=](Vec3 const& p, Depth const& depth) {
        double const share = glm::dot(p - head, way) / glm::dot(way, way);
        double const shaft = std::clamp((share - 0.1) / 0.2, 0.0, 1.0) * std::clamp((0.97 - share) / 0.2, 0.0, 1.0);
        double const thick = s * std::lerp(0.8, 4.3, shaft) * (0.5 + 0.5 * bone) *
                             std::max(0.3, 1 + std::lerp(0.5, 0.15, shaft) * noise(p, 14, tissue.seed + 1));
        double const inner = depth.share_below(thick, 0.7);
        double const spongy = tissue.cancellous_hu + tissue.trabeculae_hu * noise(p, tissue.trabeculae_mm, tissue.seed);
        // The marrow of the shaft is mostly fat: 0.98 g/cm3 (ICRP 110).
        return std::lerp(tissue.cortical_hu, std::lerp(spongy, -20.0, shaft), inner);
    };
}

} // namespace fluoro
