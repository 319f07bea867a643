#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <string_view>
#include <utility>

namespace fluoro {

/// What tools spend their time on.
enum class ToolStage { tissue, hands, line, twist, contact, friction, assembly, solve, forces, effects, picture };
inline constexpr std::array<std::string_view, 11> tool_stage_names{
    "vessel field",   ///< where the moved tissue stands in this tick
    "hands",          ///< what they see and do
    "line",           ///< segments and joints: whose they are, how stiff, how bent of themselves
    "twist",          ///< of each tool along the line
    "contact search", ///< walls near every segment, and how they move there
    "friction",       ///< walls that are met, and the drag on them
    "assembly",       ///< the chain's matrix
    "solve",          ///< of it, and the move of all segments
    "forces",         ///< on the walls, at the hands and at the tips
    "effects",        ///< on the body; balloons; names of places
    "picture",        ///< capsules
};
using StageTimes = std::array<double, tool_stage_names.size()>; ///< [ms]

/// A stop watch that is passed through a frame's work and told what the time since it was last told anything went to:
/// nothing between its first and its last word is left out. A reading for every stage of a step, none for a segment of
/// the line; of the wall's clock, which is read in a twentieth of the time of the thread's own.
class StageClock {
public:
    /// What has passed until now went to no stage.
    void start() { last_ = Clock::now(); }
    void lap(ToolStage stage)
    {
        Clock::time_point const now = Clock::now();
        times_[std::size_t(stage)] += std::chrono::duration<double, std::milli>(now - last_).count();
        last_ = now;
        ++readings_;
    }
    /// Since it was taken last.
    StageTimes take() { return std::exchange(times_, {}); }
    long readings() const { return readings_; }

private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point last_;
    StageTimes times_{};
    long readings_ = 0;
};

/// For work that is timed only where somebody asks for it.
inline void lap(StageClock* clock, ToolStage stage)
{
    if (clock) clock->lap(stage);
}

} // namespace fluoro
