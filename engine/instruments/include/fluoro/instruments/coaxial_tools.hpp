#pragma once
#include <fluoro/instruments/stage_clock.hpp>
#include <fluoro/instruments/tool.hpp>
#include <fluoro/instruments/wall.hpp>
#include <glm/gtc/quaternion.hpp>
#include <memory>
#include <optional>
#include <span>

namespace fluoro {

/// Where tools go in: the mouth of a sheath, or a guide's valve.
struct Access {
    Vec3 at_mm{0};
    Vec3 direction{0, 0, 1}; ///< unit, into the body
};

/// A place on the centre line: its third axis points to the tip.
struct RodFrame {
    Vec3 at_mm{0};
    glm::dquat turn{1, 0, 0, 0};
};

/// What a hand holds and feels of one tool.
struct ToolState {
    double inserted_mm = 0; ///< from the access to the tool's tip, along it
    double turned_rad = 0;  ///< of its hub
    double tip_turned_rad = 0;
    double push_n = 0;      ///< what the hand must push to hold or move it; negative = it pulls
    double torque_n_mm = 0; ///< what the hand must hold
    double tip_force_n = 0; ///< of the tip on the wall that faces it
};

/// How a tool lies in that the hand has not brought in.
struct LaidTool {
    double inserted_mm = 0, turned_rad = 0;
};

/// A straight line that a tool's tip is kept on, free along it and about it: while it is brought to its seat.
struct TipLead {
    int tool = 0;
    Vec3 at_mm{0}, along{0, 0, 1};
};

/// A wall that a tip was forced into: a catheter lifts its lining off, a wire goes through and is out from then on.
struct WallBreach {
    enum class What { dissection, perforation };
    What what = What::perforation;
    int tool = 0;
    Vec3 at_mm{0};
    double force_n = 0;
};

/// Tools one in another (wire in catheter in guide) as one elastic rod that enters at an access: their bending
/// stiffness adds, their shapes pull against each other, each keeps its own twist. Lengths that are in are the hand's;
/// everything between access and tip is mechanics. docs/theory/rods.md
class CoaxialTools {
public:
    explicit CoaxialTools(Access const& access);
    ~CoaxialTools();

    /// A tool with its tip at the access. Why it cannot be (does not fit into or over those that are there); empty =
    /// done, as the last of `tools()`.
    std::string add(std::shared_ptr<Tool const> tool);
    /// Takes one out that is wholly out (inserted 0), or all of which the hand has drawn back. Why not; empty = done.
    std::string take_out(int tool);
    /// All tools, one after another, as they lie in already along a way from the access on; what was in is laid anew.
    /// Nothing moves yet: forces and friction come with the next steps. docs/theory/rods.md
    void lay(std::span<Vec3 const> way_mm, std::span<LaidTool const> laid);
    /// One more of them, its tip no further in than the furthest: the line stays as it is.
    void put_in(int tool, double inserted_mm);
    void lead_tip(std::optional<TipLead> const& lead);
    /// How far this tool's hub is to be turned for its shape to lie along a way as easily as it can.
    double easiest_turn_rad(int tool, std::span<Vec3 const> way_mm, double inserted_mm) const;
    /// The hand on a tool's hub, until told otherwise.
    void hold(int tool, double push_mm_s, double turn_rad_s);
    /// Moves everything on by `dt_s`, at most 1/60 s; walls stand still over it but for their velocity. `clock`:
    /// null = untimed.
    void advance(Wall const& wall, double dt_s, StageClock* clock = nullptr);

    std::span<std::shared_ptr<Tool const> const> tools() const;
    ToolState const& state(int tool) const;
    /// From the access to the tip that is furthest in; empty when nothing is in. `along_mm`: distance of each.
    std::span<RodFrame const> line() const;
    std::span<double const> along_mm() const;
    /// Walls breached so far, the first 64.
    std::span<WallBreach const> breaches() const;
    /// Widest gap between two pieces of the line, deepest place of it beyond a wall [mm]: for tests.
    double widest_gap_mm() const;
    double deepest_mm() const;
    std::uint64_t state_hash() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace fluoro
