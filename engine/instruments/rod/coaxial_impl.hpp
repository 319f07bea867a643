#pragma once
#include "tool_profile.hpp"
#include "twist_line.hpp"

#include <algorithm>
#include <fluoro/instruments/coaxial_tools.hpp>
#include <fluoro/instruments/rod.hpp>
#include <optional>

namespace fluoro {

namespace coaxial {

constexpr int most_segments = 800;
constexpr double substep_s = 1.0 / 600;
constexpr double most_push_n = 10;       ///< of a hand, beyond which its tool slips
constexpr double most_torque_n_mm = 100; ///< likewise
constexpr double most_shear = 0.03;      ///< of a tool's surface at the hub: a torquer on it slips before it yields
constexpr double slip_mm_s = 20, slip_rad_s = 6; ///< through the hand, at twice what it can hold
constexpr double guide_n_mm = 20;                ///< of the sheath's mouth on what is half out of it
constexpr double lead_n_mm = 5, led_mm = 5;      ///< of a line that leads a tip, on so much of the tool
constexpr double feeling_s = 0.02;               ///< over which a hand feels forces
constexpr double tip_mm = 2;                     ///< of a tool counts as its tip
constexpr double hole_mm = 4;                    ///< beyond a hole the tool is out
constexpr std::size_t most_breaches = 64;
constexpr double tool_on_tool = 0.08; ///< Coulomb's coefficient of tool in tool: PTFE on steel
constexpr double bearing_mm = 10;     ///< over which a stiffer tool presses on the one around it

/// Length of a line's segment that begins so far from the tip.
double segment_mm(double to_tip_mm);

/// A tool that is in.
struct Carried {
    explicit Carried(Tool const& tool)
        : profile{tool}, most_torque_n_mm{std::min(coaxial::most_torque_n_mm, 2 * most_shear *
                                                                                  tool.sections.front().torsion_n_mm2 /
                                                                                  tool.sections.front().outer_mm)},
          twist{most_segments}
    {
    }
    ToolProfile profile;
    double most_torque_n_mm; ///< that its hub is turned with
    ToolState state;
    ToolKind kind = ToolKind::wire;
    double push_mm_s = 0, turn_rad_s = 0;   ///< what the hand wants
    double moves_mm_s = 0, turns_rad_s = 0; ///< what it does
    double grip_n = 0, grip_n_mm = 0;       ///< on the hand now
    double felt_push_n = 0, felt_torque_n_mm = 0, felt_tip_n = 0;
    // Against the leader's matter, one per segment of the line.
    TwistLine twist;
    std::vector<double> angle_rad, rate_rad_s;
    std::vector<TwistJoint> joints; ///< one per joint of the line; no stiffness = not there
    std::vector<TwistHold> holds;
    std::size_t reaches = 0; ///< last segment it reaches
};

/// Where a tip went out.
struct Hole {
    Vec3 at_mm{0};
    double beyond_mm = 0; ///< length of the leader that is out
};

} // namespace coaxial

struct CoaxialTools::Impl {
    Access access;
    glm::dquat access_turn;
    Rod rod{coaxial::most_segments};
    std::vector<std::shared_ptr<Tool const>> tools;
    std::vector<coaxial::Carried> carried;
    std::size_t leader = 0; ///< the one furthest in: the line is of its matter
    Vec3 held_off_mm{0};    ///< of the held segment from the access' axis when it came to be held
    glm::dquat held_turn{1, 0, 0, 0};
    std::vector<double> segment_to_tip_mm; ///< of every segment's middle
    std::vector<RodFrame> line;
    std::vector<double> along_mm;
    std::vector<WallBreach> breaches;
    std::optional<coaxial::Hole> hole;
    std::optional<TipLead> lead;

    explicit Impl(Access const& at);
    void substep(Wall const& wall, double dt_s, double wall_age_s, StageClock* clock);
    void move_hands(double dt_s);
    void choose_leader();
    void clear();
    void lay_segments();
    void hold_base();
    void follow_lead();
    void merge();
    void merge_joint(std::size_t j);
    void shape_joint(std::size_t j);
    void dress_segment(std::size_t i);
    void twist_others(double dt_s);
    void twist_leader(double dt_s);
    void feel(double dt_s);
    double felt_tip(coaxial::Carried const& tool) const;
    void breach(Wall const& wall);
    void follow_hole(Wall const& wall, double dt_s);
    void publish();
    std::size_t outermost(double line_mm) const;
};

} // namespace fluoro
