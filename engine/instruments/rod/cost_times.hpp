#pragma once
#include <algorithm>
#include <ctime>
#include <fluoro/instruments/cost.hpp>
#include <vector>

namespace fluoro {

/// Of this thread so far.
inline double processor_ms()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return 1e3 * double(now.tv_sec) + 1e-6 * double(now.tv_nsec);
}

/// What the frames' times come to; below 100 of them the 99th of 100 is the longest.
inline void summarise(std::vector<double> times_ms, InstrumentsCost& cost)
{
    for (double const ms : times_ms) cost.mean_ms += ms / double(times_ms.size());
    std::ranges::sort(times_ms);
    cost.p99_ms = times_ms[times_ms.size() * 99 / 100];
    cost.most_ms = times_ms.back();
}

} // namespace fluoro
