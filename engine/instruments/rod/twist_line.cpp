#include "twist_line.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {

namespace {

/// How a joint's shape pulls at its angle: torque, and the most that torque can change per radian.
struct Pull {
    double torque, steepest;
};

Pull pull_of(TwistJoint const& joint, double angle)
{
    double const c = std::cos(angle), s = std::sin(angle);
    // d/d angle of kappa . R(angle) kappa_0
    Vec2 const turning{-s * joint.rest_per_mm.x - c * joint.rest_per_mm.y,
                       c * joint.rest_per_mm.x - s * joint.rest_per_mm.y};
    double const scale = joint.bending_n_mm2 * joint.length_mm;
    return {scale * glm::dot(joint.bent_per_mm, turning),
            scale * glm::length(joint.bent_per_mm) * glm::length(joint.rest_per_mm)};
}

} // namespace

double twist_moment(TwistJoint const& joint, double angle_rad, double next_rad)
{
    return -joint.torsion_n_mm2 * (joint.line_rad_per_mm + (next_rad - angle_rad) / joint.length_mm);
}

TwistLine::TwistLine(int most)
    : diagonal_(std::size_t(most) + 1), to_next_(std::size_t(most) + 1), right_(std::size_t(most) + 1)
{
}

void TwistLine::relax(std::span<TwistJoint const> joints, std::span<TwistHold const> holds, std::span<double> angle_rad,
                      double inertia_n_mm)
{
    std::size_t const nodes = joints.size() + 1;
    // The pull's steepest slope in place of its own keeps every step downhill, also where the pull turns over.
    for (std::size_t i = 0; i < nodes; ++i) {
        diagonal_[i] = inertia_n_mm + holds[i].drag_n_mm;
        right_[i] = holds[i].drag_n_mm * holds[i].carried_rad;
    }
    for (std::size_t j = 0; j < joints.size(); ++j) {
        Pull const pull = pull_of(joints[j], (angle_rad[j] + angle_rad[j + 1]) / 2);
        double const moment = twist_moment(joints[j], angle_rad[j], angle_rad[j + 1]);
        double const stiffness = joints[j].torsion_n_mm2 / joints[j].length_mm;
        // A joint's pull on its two nodes' mean, bounded by half of it on each of them alone.
        diagonal_[j] += stiffness + pull.steepest / 2;
        diagonal_[j + 1] += stiffness + pull.steepest / 2;
        to_next_[j] = -stiffness;
        right_[j] += pull.torque / 2 - moment;
        right_[j + 1] += pull.torque / 2 + moment;
    }
    // The hub's node stands; the rest by elimination.
    for (std::size_t i = 2; i < nodes; ++i) {
        double const share = to_next_[i - 1] / diagonal_[i - 1];
        diagonal_[i] -= share * to_next_[i - 1];
        right_[i] -= share * right_[i - 1];
    }
    for (std::size_t i = nodes; i-- > 1;) {
        if (i + 1 < nodes) right_[i] -= to_next_[i] * right_[i + 1];
        right_[i] /= diagonal_[i];
        right_[i] = std::clamp(right_[i], -0.5, 0.5);
        angle_rad[i] += right_[i];
    }
}

} // namespace fluoro
