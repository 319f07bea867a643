#pragma once
#include <fluoro/core/geometry.hpp>
#include <span>
#include <vector>

namespace fluoro {

/// One joint of a tool that lies along a given line and can only twist: its own stiffness and shape there, and how the
/// line is bent and twisted there, in the line's axes.
struct TwistJoint {
    double length_mm = 0;
    double bending_n_mm2 = 0, torsion_n_mm2 = 0;
    Vec2 rest_per_mm{0}; ///< its shape, in its own axes
    Vec2 bent_per_mm{0}; ///< the line
    double line_rad_per_mm = 0;
};

/// What holds a node of it besides.
struct TwistHold {
    double drag_n_mm = 0;   ///< torque per radian in this step that the wall sets against turning
    double carried_rad = 0; ///< way it would turn in the step to stand still on the wall
};

/// Twist of one tool along a line: GJ theta'' = E I |kappa| |kappa_0| sin(theta - phi), the pendulum's equation, with
/// the hub held at the first node and the tip free. What is stored can snap. docs/theory/rods.md eq. 12.
class TwistLine {
public:
    explicit TwistLine(int most);
    /// Turns `angle_rad` (one more than joints) on by a step toward rest: least energy, against the walls' drag.
    /// `inertia_n_mm`: torque per radian of a step that a free node resists with, so that a snap takes time.
    void relax(std::span<TwistJoint const> joints, std::span<TwistHold const> holds, std::span<double> angle_rad,
               double inertia_n_mm);

private:
    std::vector<double> diagonal_, to_next_, right_;
};

/// Torque along the tool in a joint [N mm]: positive turns the tipward node on.
double twist_moment(TwistJoint const& joint, double angle_rad, double next_rad);

} // namespace fluoro
