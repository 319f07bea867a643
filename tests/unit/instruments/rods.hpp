#pragma once
// Rods that tests bend, push and turn.
#include <cmath>
#include <fluoro/instruments/rod.hpp>

namespace fluoro::test {

constexpr double step_s = 1.0 / 600;

/// A straight rod of `count` segments from the origin along +z, clamped at the origin by a held segment of no length.
inline Rod clamped_rod(int count, double length_mm, double bending, double torsion, RodSettings const& settings = {})
{
    Rod rod{count + 1, settings};
    RodSegment clamp;
    clamp.length_mm = 1e-9;
    clamp.is_held = true;
    rod.put_at_tip(clamp);
    RodJoint joint;
    joint.bending_n_mm2 = bending;
    joint.torsion_n_mm2 = torsion;
    for (int i = 0; i < count; ++i) {
        RodSegment segment;
        segment.length_mm = length_mm / count;
        segment.at_mm = Vec3{0, 0, (i + 0.5) * segment.length_mm};
        rod.put_at_tip(segment, joint);
    }
    return rod;
}

inline Vec3 tip_of(Rod const& rod)
{
    RodSegment const& last = rod.segments().back();
    return last.at_mm + last.length_mm / 2 * (last.turn * Vec3{0, 0, 1});
}

/// A force on the very tip.
inline void load_tip(Rod& rod, Vec3 const& force_n)
{
    RodSegment& last = rod.segments().back();
    last.load_n = force_n;
    last.load_n_mm = glm::cross(last.length_mm / 2 * (last.turn * Vec3{0, 0, 1}), force_n);
}

/// Steps until the tip stands still under a force on it.
inline int settle(Rod& rod, Vec3 const& tip_n = Vec3{0}, Wall const& wall = NoWall{}, int most = 3'000)
{
    for (int n = 1; n <= most; ++n) {
        Vec3 const before = tip_of(rod);
        for (int k = 0; k < 20; ++k) {
            if (tip_n != Vec3{0}) load_tip(rod, tip_n);
            rod.step(wall, step_s);
        }
        if (n > 10 && glm::length(tip_of(rod) - before) < 1e-7) return 20 * n;
    }
    return 20 * most;
}

} // namespace fluoro::test
