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
    // No two shoulders stand alike: some millimetres of every angle and end.
    unsigned const seed = unsigned(plan.parameters.seed) * 41 + (side == Side::left ? 0u : 1u);
    auto const natural = [seed, s](unsigned which, double most) {
        auto const value = [&](double k) {
            return s * most * std::clamp(noise(Vec3{0.37 + which, 0.61 + k, 0.23}, 1, seed) / 1.5, -1.0, 1.0);
        };
        return Vec3{value(0), value(5), value(9)};
    };
    auto const from_head = [&](double x, double y, double z) {
        return head + pose.turned({sign * wide * x, wide * y, s * z});
    };
    // With the arm level: the superior angle beside T2, the inferior one below T7. The raised arm's is further forward.
    Vec3 const superior = from_head(-104, behind(2, 78), 17) + natural(0, 3.5), neck = from_head(-38, 26, -8);
    Vec3 const inferior = from_head(-86, behind(7, 58) - 50 * pose.turn(), -107) + natural(1, 5);
    Blade const blade{chest_wall(plan), sign, superior, inferior, neck, 17 * s};

    // Borders, in the order around the blade.
    std::vector<Vec3> const corners{superior,
                                    glm::mix(superior, neck, 0.55) + s * Vec3{0, 0, -4} + natural(2, 1.5),
                                    neck + s * Vec3{0, 0, 14},
                                    neck + s * Vec3{0, 0, -10},
                                    glm::mix(neck, inferior, 0.5) + Vec3{-sign * 5 * s, 0, 0} + natural(3, 2),
                                    inferior + Vec3{sign * 8 * s, 0, 4 * s},
                                    inferior,
                                    inferior + Vec3{-sign * 7 * s, 0, 8 * s},
                                    glm::mix(inferior, superior, 0.55) + Vec3{-sign * 8 * s, 0, 0} + natural(4, 2.5)};
    std::vector<Vec2> flat;
    Box box{superior, superior};
    for (Vec3 const& c : corners) {
        flat.push_back(blade.flat(c));
        box = around(box, {blade.on(c), blade.on(c)});
    }
    box = grown(box, 12 * s);
    Shape const sheet{box, [=](Vec3 const& p) {
                          // Thin as paper in the middle of the fossae, thick toward its borders and the neck.
                          double const edge = to_polygon(flat, blade.flat(p));
                          double const near = std::clamp(1 + edge / (15 * s), 0.0, 1.0);
                          double const half = s * (1.15 + 0.2 * noise(p, 15, seed) + 1.5 * near * near);
                          return 0.85 * std::max(std::abs(blade.height(p)) - half, edge - 1.5);
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
    Vec3 const lean = natural(5, 0.12) / s;
    auto const flat_piece = [&](Vec3 const& at, double half_wide, double outer, double inner, double tilt) {
        return BoneStation{at, glm::normalize(pose.turned(Vec3{sign * 0.85, -0.5, tilt} + lean)), s * half_wide,
                           s * inner, s * outer};
    };
    std::vector<BoneStation> const acromion{
        {spine.back().at + blade.out() * (s * 3), blade.out(), s * 9, s * 4.2, s * 3.2},
        {from_head(-20, 40, 22), glm::normalize(blade.out() + pose.turned({0, 0, 0.6})), s * 9.5, s * 4.4, s * 3.8},
        flat_piece(from_head(-8, 32, 31) + natural(6, 1.5), 11.5, 3.4, 4.8, 0.35),
        flat_piece(from_head(-3, 18, 35) + natural(7, 1.5), 13.5, 2.8, 4.2, -0.05),
        flat_piece(from_head(-6, 2, 36) + natural(8, 2), 11, 2.4, 3.6, -0.35),
        flat_piece(from_head(-9, -8, 33) + natural(9, 2), 6, 2, 2.6, -0.5)};
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
    // The coracoid: up from the neck, then a flattened hook forward and aside, its tip blunt and bent down.
    std::vector<BoneStation> const beak{{blade.on(neck + s * Vec3{0, 0, 10}),
                                         glm::normalize(pose.turned({sign * 0.9, 0.3, 0.2})), 9.5 * s, 7 * s, 6 * s},
                                        {from_head(-37, 6, 9) + natural(10, 1),
                                         glm::normalize(pose.turned({sign * 0.8, 0.2, 0.5})), 9 * s, 5.6 * s, 5 * s},
                                        {from_head(-36, -4, 13) + natural(11, 1),
                                         glm::normalize(pose.turned({sign, 0, 0.25})), 8 * s, 4.2 * s, 5.2 * s},
                                        {from_head(-33, -15, 11) + natural(12, 1.5),
                                         glm::normalize(pose.turned({sign, 0.1, -0.2})), 7.2 * s, 3.4 * s, 4.8 * s},
                                        {from_head(-30, -24, 5) + natural(13, 1.5),
                                         glm::normalize(pose.turned({sign, 0.2, -0.5})), 6 * s, 3 * s, 4 * s},
                                        {from_head(-28, -28, 0) + natural(14, 1.5),
                                         glm::normalize(pose.turned({sign, 0.2, -0.6})), 4 * s, 2.4 * s, 2.8 * s}};
    std::array<Shape, 7> const parts{unite(sheet, glenoid, 5),
                                     border({corners[3], corners[4], corners[5]}, {6.4, 5.0, 4.3}), // lateral: strong
                                     border({corners[5], corners[6], corners[7]}, {4.3, 4.6, 3.2}), // inferior angle
                                     border({corners[7], corners[8], superior}, {3.2, 2.5, 2.9}),   // medial
                                     border({superior, corners[1], corners[2]}, {2.4, 1.7, 3.4}),   // superior: thin
                                     unite(swept_bone(spine), swept_bone(acromion), 4),
                                     swept_bone(beak)};
    return unite(parts, 3);
}

} // namespace fluoro
