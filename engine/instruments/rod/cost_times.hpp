#pragma once
#include <algorithm>
#include <chrono>
#include <ctime>
#include <fluoro/instruments/cost.hpp>

namespace fluoro {

/// Of this thread so far.
inline double processor_ms()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return 1e3 * double(now.tv_sec) + 1e-6 * double(now.tv_nsec);
}

/// Frames that may come in parts: wholes by the processor's time, stages by the wall's clock.
class FrameTimes {
public:
    /// Work of the frame at hand; it is given the clock.
    template <class Work> void add(Work const& work)
    {
        double const wall = wall_ms(), processor = processor_ms();
        clock_.start();
        work(&clock_);
        processor_ms_ += processor_ms() - processor;
        wall_ms_ += wall_ms() - wall;
    }
    void end_frame(int segments)
    {
        StageTimes const stages = clock_.take();
        cost_.segments = cost_.frame_ms.empty() ? segments : std::min(cost_.segments, segments);
        cost_.frame_ms.push_back(processor_ms_);
        if (wall_ms_ < most_wall * processor_ms_) {
            cost_.stage_ms.push_back(stages);
            cost_.split_ms.push_back(processor_ms_);
        }
        processor_ms_ = wall_ms_ = 0;
    }
    InstrumentsCost cost() const
    {
        InstrumentsCost cost = cost_;
        cost.readings = double(clock_.readings()) / double(std::max<std::size_t>(1, cost.frame_ms.size()));
        StageClock trial;
        constexpr int trials = 100'000;
        double const begin = processor_ms();
        for (int n = 0; n < trials; ++n) trial.lap(ToolStage(std::size_t(n) % tool_stage_names.size()));
        cost.reading_ms = (processor_ms() - begin) / trials;
        return cost;
    }

private:
    static constexpr double most_wall = 1.03; ///< of the processor's time: else somebody else had it for a while
    StageClock clock_;
    InstrumentsCost cost_;
    double processor_ms_ = 0, wall_ms_ = 0;

    static double wall_ms()
    {
        using Clock = std::chrono::steady_clock;
        return std::chrono::duration<double, std::milli>(Clock::now().time_since_epoch()).count();
    }
};

} // namespace fluoro
