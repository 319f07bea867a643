#include "shoulder_parts.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/core/curve.hpp>

namespace fluoro {

namespace {

/// The blade's middle surface: a plane through the angles and the neck, kept off the ribs and their muscles.
class Blade {
public:
    Blade(Shape wall, double sign, Vec3 const& superior, Vec3 const& inferior, Vec3 const& neck, double over_wall)
        : wall_{std::move(wall)}, over_wall_{over_wall}
    {
        origin_ = (superior + inferior + neck) / 3.0;
        down_ = glm::normalize(inferior - superior);
        out_ = glm::normalize(sign * glm::cross(down_, neck - superior));
        if (out_.y < 0) out_ = -out_;
        across_ = glm::normalize(glm::cross(out_, down_));
        if (across_.x * sign < 0) across_ = -across_;
    }
    Vec2 flat(Vec3 const& p) const { return {glm::dot(p - origin_, across_), glm::dot(p - origin_, down_)}; }
    /// Signed height over the middle surface, outward.
    double height(Vec3 const& p) const
    {
        double const plane = glm::dot(p - origin_, out_), off = wall_.distance_mm(p) - over_wall_;
        double const h = std::max(12 - std::abs(plane - off), 0.0) / 12;
        return std::min(plane, off) - h * h * h * 2;
    }
    /// The point of the middle surface under (or over) a point.
    Vec3 on(Vec3 p) const
    {
        for (int i = 0; i < 12; ++i) p -= height(p) * out_;
        return p;
    }
    Vec3 const& out() const { return out_; }

private:
    Shape wall_;
    double over_wall_;
    Vec3 origin_{0}, down_{0}, out_{0}, across_{0};
};

double to_polygon(std::vector<Vec2> const& corners, Vec2 const& p)
{
    double nearest = 1e12;
    bool is_inside = false;
    for (std::size_t i = 0, j = corners.size() - 1; i < corners.size(); j = i++) {
        Vec2 const a = corners[i], b = corners[j], along = b - a;
        Vec2 const off = p - a - std::clamp(glm::dot(p - a, along) / glm::dot(along, along), 0.0, 1.0) * along;
        nearest = std::min(nearest, glm::dot(off, off));
        if ((a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x) is_inside = !is_inside;
    }
    return (is_inside ? -1 : 1) * std::sqrt(nearest);
}

} // namespace

Shape scapula(BodyPlan const& plan, Side side)
{
    double const sign = side == Side::left ? 1 : -1;
    double const s = plan.scale, wide = s * (plan.parameters.sex == Sex::female ? 0.92 : 1);
    ShoulderPose const pose{plan, side};
    Vec3 const head = pose.head_mm();
    auto const behind = [&](int thoracic, double y) {
        return (plan.vertebra(Level(int(Level::t1) + thoracic - 1)).frame.origin_mm.y - head.y) / wide + y;
    };
    auto const from_head = [&](double x, double y, double z) {
        return head + pose.turned({sign * wide * x, wide * y, s * z});
    };
    // With the arm level: the superior angle beside T2, the inferior one below T7. The raised arm's is further forward.
    Vec3 const superior = from_head(-104, behind(2, 78), 17), neck = from_head(-38, 26, -8);
    Vec3 const inferior = from_head(-86, behind(7, 58) - 50 * pose.turn(), -107);
    Blade const blade{chest_wall(plan), sign, superior, inferior, neck, 17 * s};

    // Borders, in the order around the blade.
    std::vector<Vec3> const corners{superior,
                                    glm::mix(superior, neck, 0.55) + s * Vec3{0, 0, -2},
                                    neck + s * Vec3{0, 0, 14},
                                    neck + s * Vec3{0, 0, -10},
                                    glm::mix(neck, inferior, 0.5) + Vec3{-sign * 5 * s, 0, 0},
                                    inferior + Vec3{sign * 8 * s, 0, 4 * s},
                                    inferior,
                                    inferior + Vec3{-sign * 7 * s, 0, 8 * s},
                                    glm::mix(inferior, superior, 0.55) + Vec3{-sign * 8 * s, 0, 0}};
    std::vector<Vec2> flat;
    Box box{superior, superior};
    for (Vec3 const& c : corners) {
        flat.push_back(blade.flat(c));
        box = around(box, {blade.on(c), blade.on(c)});
    }
    box = grown(box, 12 * s);
    double const half = 2.1 * s;
    Shape const sheet{box, [=](Vec3 const& p) {
                          return 0.9 * std::max(std::abs(blade.height(p)) - half, to_polygon(flat, blade.flat(p)) - 2);
                      }};
    auto const border = [&](std::initializer_list<Vec3> through, std::initializer_list<double> radii) {
        std::vector<Vec3> points;
        for (Vec3 const& p : through) points.push_back(blade.on(p));
        std::vector<double> thick, out;
        for (double r : radii) thick.push_back(s * r);
        std::vector<Vec3> const line = curve(points, 5, thick, out);
        return tube(line, out);
    };
    // The spine: a crest on the back that becomes the acromion over the head of the humerus.
    Vec3 const root = blade.on(glm::mix(superior, inferior, 0.24) + Vec3{-sign * 4 * s, 0, 0});
    Vec3 const under = blade.on(glm::mix(root, neck, 0.75) + s * Vec3{0, 0, 14});
    auto const crest = [&](double t, double height) {
        return BoneStation{glm::mix(root, under, t) + blade.out() * (s * height), blade.out(), s * (height + 1.5),
                           s * std::lerp(2.5, 4.0, t), s * 1.7};
    };
    std::vector<BoneStation> spine;
    for (int i = 0; i <= 8; ++i) spine.push_back(crest(i / 8.0, std::lerp(1.2, 8.5, i / 8.0)));
    for (BoneStation& b : spine) b.half_wide_mm = std::max(b.half_wide_mm, b.upper_mm);
    auto const flat_piece = [&](Vec3 const& at, double half_wide, double thick) {
        return BoneStation{at, glm::normalize(pose.turned({sign * 0.85, -0.5, 0.1})), s * half_wide, s * thick,
                           s * thick};
    };
    std::vector<BoneStation> const acromion{
        {spine.back().at + blade.out() * (s * 3), blade.out(), s * 9, s * 4.6, s * 3.8},
        {from_head(-20, 40, 22), glm::normalize(blade.out() + pose.turned({0, 0, 0.6})), s * 9.5, s * 5.2, s * 4.8},
        flat_piece(from_head(-8, 32, 32), 11.5, 5.2),
        flat_piece(from_head(-3, 18, 35), 13, 5.2),
        flat_piece(from_head(-6, 2, 35), 11, 5),
        flat_piece(from_head(-9, -6, 33), 7, 4.6)};
    // Glenoid and its neck; its hollow faces the head of the humerus.
    Vec3 const facing = glm::normalize(pose.turned({sign * 0.82, -0.56, 0.08}));
    double const radius = 23 * wide;
    Frame socket{head - facing * (radius + 4.5 * s)};
    socket.back = facing;
    socket.left = glm::normalize(glm::cross(Vec3{0, 0, 1}, facing));
    socket.up = glm::cross(facing, socket.left) * -1.0;
    if (socket.up.z < 0) socket.up = -socket.up;
    socket.left = glm::cross(socket.back, socket.up);
    Shape const rim = unite(elliptic_cylinder(socket, 13 * wide, 5 * s, 18 * s, 2 * s),
                            rounded_cone(socket.at(0, -4 * s, 0), 12 * s, blade.on(neck), 5.5 * s), 6);
    Shape const glenoid = without(rim, ball(head, radius + 2.5 * s), 1);
    std::vector<Vec3> const beak{blade.on(neck + s * Vec3{0, 0, 10}), from_head(-36, 2, 12), from_head(-34, -12, 12),
                                 from_head(-29, -26, 3)};
    std::vector<double> const beak_radii{s * 8, s * 7, s * 6, s * 5};
    std::vector<double> hook_radii;
    std::vector<Vec3> const hook = curve(beak, 5, beak_radii, hook_radii);
    std::array<Shape, 7> const parts{unite(sheet, glenoid, 5),
                                     border({corners[3], corners[4], corners[5]}, {7.4, 6.4, 6.0}), // lateral: strong
                                     border({corners[5], corners[6], corners[7]}, {6.0, 5.2, 3.9}), // inferior angle
                                     border({corners[7], corners[8], superior}, {4.0, 3.8, 3.9}),   // medial
                                     border({superior, corners[1], corners[2]}, {3.2, 2.6, 4.0}),   // superior: thin
                                     unite(swept_bone(spine), swept_bone(acromion), 4),
                                     tube(hook, hook_radii)};
    return unite(parts, 3);
}

} // namespace fluoro
