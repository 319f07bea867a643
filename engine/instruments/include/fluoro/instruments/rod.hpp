#pragma once
#include <fluoro/instruments/stage_clock.hpp>
#include <fluoro/instruments/wall.hpp>
#include <glm/gtc/quaternion.hpp>
#include <memory>
#include <span>

namespace fluoro {

/// One straight piece of a rod.
struct RodSegment {
    Vec3 at_mm{0};               ///< its middle
    glm::dquat turn{1, 0, 0, 0}; ///< its third axis points to the tip, its first to the mark
    double length_mm = 0;
    double outer_mm = 0;          ///< diameter; what touches the wall
    double friction = 0;          ///< Coulomb's coefficient of its surface
    bool is_held = false;         ///< stands where it is put
    Vec3 load_n{0}, load_n_mm{0}; ///< force at its middle and moment from outside, beside the wall's
    /// Of the surface that touches the wall, against the rod's own matter: along the tip's way and about it, where
    /// another tool lies over the rod.
    double surface_mm_s = 0, surface_rad_s = 0;
    bool is_covered = false; ///< the wall's torque turns what lies over the rod, not the rod
    /// A line that it is kept on by a spring across [N/mm], in place of the wall: the mouth of a sheath.
    double guide_n_mm = 0;
    Vec3 guide_at_mm{0}, guide_along{0, 0, 1};
    bool is_beyond_wall = false; ///< has gone out through a hole: feels no wall

    // Found by the rod.
    Vec3 velocity_mm_s{0}, spin_rad_s{0};
    Vec3 wall_force_n{0};        ///< of the wall on it
    double normal_n = 0;         ///< of it, across the wall
    double spin_drag_n_mm_s = 0; ///< torque per rate of turning that the wall sets against its surface
    double depth_mm = -1e9;      ///< of its surface beyond the wall; negative in the lumen
    WallTouch touch;             ///< what the wall last said, and where
    Vec3 touched_mm{1e9};
};

/// What ties a segment to the next one toward the tip.
struct RodJoint {
    double bending_n_mm2 = 0, torsion_n_mm2 = 0; ///< E I, G J
    Vec3 rest_per_mm{0};                         ///< rotation per length when nothing holds it, in the segment's axes

    // Found by the rod.
    Vec3 force_n{0};     ///< of the tipward segment on the other
    Vec3 moment_n_mm{0}; ///< of the joint, in the segment's axes: E I and G J times what it is bent too little
};

/// How the hand moves the rod's matter: toward the tip and about it.
struct RodFeed {
    double push_mm_s = 0, turn_rad_s = 0;
};

struct RodSettings {
    double liveliness = 100;   ///< beta: time step squared over that of a segment's own mass and stiffness
    double load_step = 0.1;    ///< gamma: the way of a loaded segment in free flight over its length
    double force_step = 0.5;   ///< likewise for what its neighbours push and pull it with: a string's own stiffness
    double damping = 0.02;     ///< share of its velocity against the feed that a segment loses in a step
    double window_mm = 0.2;    ///< a wall is felt from here when the next step would reach it
    double sticking_mm = 1e-4; ///< below this way in a step friction falls off with the way
};

/// An elastic rod (Cosserat's) of straight segments, stiff against stretch and shear: positions and turns of all
/// segments move at once in an implicit step with a direct solve, walls and friction inside it. Quasi-static bodies:
/// its mass is chosen from its stiffness. docs/theory/rods.md
class Rod {
public:
    /// `most`: segments it can ever have; steps allocate nothing.
    explicit Rod(int most, RodSettings const& settings = {});
    ~Rod();
    Rod(Rod&&) noexcept;
    Rod& operator=(Rod&&) noexcept;

    /// From the base to the tip; joint i ties segments i and i + 1.
    std::span<RodSegment> segments();
    std::span<RodJoint> joints();
    std::span<RodSegment const> segments() const;
    std::span<RodJoint const> joints() const;
    /// One more at the base or at the tip, and what ties it to its neighbour (unused for the first).
    void put_at_base(RodSegment const& segment, RodJoint const& joint = {});
    void put_at_tip(RodSegment const& segment, RodJoint const& joint = {});
    void take_from_base();
    void take_from_tip();

    /// One implicit step. Held segments have been put where they stand at its end. `wall_age_s`: time since the walls
    /// stood where `wall` has them; when it is not 0 this is that wall of the step before, and a segment that has
    /// hardly moved does not ask it again. `clock`: null = untimed.
    void step(Wall const& wall, double dt_s, RodFeed const& feed = {}, double wall_age_s = 0,
              StageClock* clock = nullptr);
    /// Widest gap between two segments' ends [mm]: what is left of the stretch that should be none.
    double widest_gap_mm() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace fluoro
