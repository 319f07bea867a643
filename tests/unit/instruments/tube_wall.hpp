#pragma once
// Tubes of straight and round pieces, joined: walls whose distance is known exactly.
#include <algorithm>
#include <cmath>
#include <fluoro/instruments/wall.hpp>
#include <numbers>
#include <vector>

namespace fluoro::test {

class TubeWall final : public Wall {
public:
    explicit TubeWall(double friction = 1, double stiffness = 0.4) : friction_{friction}, stiffness_{stiffness} {}

    void add_straight(Vec3 const& from, Vec3 const& to, double radius)
    {
        straights_.push_back({from, to - from, radius});
    }
    /// Round `centre` from `start` through `angle` about `axis` (unit).
    void add_arc(Vec3 const& centre, Vec3 const& axis, Vec3 const& start, double angle, double radius)
    {
        Vec3 const out = start - centre;
        arcs_.push_back({centre, axis, glm::normalize(out), glm::cross(axis, glm::normalize(out)), glm::length(out),
                         angle, radius});
    }
    void move(Vec3 const& velocity_mm_s, Vec3 const& shift_mm)
    {
        velocity_ = velocity_mm_s;
        shift_ = shift_mm;
    }
    /// Rounds the edge where two pieces meet over this reach.
    void blend(double mm) { blend_ = mm; }
    void give_strength(double n_mm) { strength_ = n_mm; }

    WallTouch touch(Vec3 const& at_mm) const override
    {
        Vec3 const p = at_mm - shift_;
        WallTouch touch;
        touch.depth_mm = 1e9;
        auto const meet = [&](Vec3 const& axis_point, double radius) {
            Vec3 const out = p - axis_point;
            double const r = glm::length(out), depth = r - radius;
            Vec3 const outward = r > 1e-9 ? out / r : Vec3{0};
            double const joint = blend_ > 0 ? std::max(0.0, 1 - std::abs(depth - touch.depth_mm) / blend_) : 0;
            double const share = depth < touch.depth_mm ? 1 - joint / 2 : joint / 2;
            if (joint == 0 && depth >= touch.depth_mm) return;
            touch.outward = touch.outward * (1 - share) + outward * share;
            touch.depth_mm = std::min(depth, touch.depth_mm) - joint * joint * blend_ / 4;
        };
        for (Straight const& s : straights_)
            meet(s.from + std::clamp(glm::dot(p - s.from, s.way) / glm::dot(s.way, s.way), 0.0, 1.0) * s.way, s.radius);
        for (Arc const& a : arcs_) {
            Vec3 const out = p - a.centre;
            double angle = std::atan2(glm::dot(out, a.v), glm::dot(out, a.u));
            if (angle < a.angle / 2 - std::numbers::pi) angle += 2 * std::numbers::pi;
            angle = std::clamp(angle, 0.0, a.angle);
            meet(a.centre + a.bend * (std::cos(angle) * a.u + std::sin(angle) * a.v), a.radius);
        }
        if (double const length = glm::length(touch.outward); length > 0) touch.outward /= length;
        touch.stiffness = stiffness_;
        touch.friction = friction_;
        touch.velocity_mm_s = velocity_;
        touch.strength_n_mm = strength_;
        return touch;
    }

private:
    struct Straight {
        Vec3 from, way;
        double radius;
    };
    struct Arc {
        Vec3 centre, axis, u, v;
        double bend, angle, radius;
    };
    std::vector<Straight> straights_;
    std::vector<Arc> arcs_;
    Vec3 velocity_{0}, shift_{0};
    double friction_, stiffness_, strength_ = 1e9, blend_ = 0;
};

/// Up along z, over a half circle of 40 mm toward +x and down again; 24 mm wide.
inline TubeWall arch(double friction, double radius = 12)
{
    TubeWall wall{friction};
    wall.add_straight({0, 0, -400}, {0, 0, 0}, radius);
    wall.add_arc({40, 0, 0}, {0, 1, 0}, {0, 0, 0}, std::numbers::pi, radius);
    wall.add_straight({80, 0, 0}, {80, 0, -400}, radius);
    return wall;
}

} // namespace fluoro::test
