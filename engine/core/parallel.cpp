#include <fluoro/core/parallel.hpp>

#include <algorithm>
#include <cstdint>
#include <thread>
#include <vector>

namespace fluoro {

void parallel_for(int count, std::function<void(int first, int last)> const& work)
{
    int const threads = std::clamp(int(std::thread::hardware_concurrency()), 1, std::max(1, count));
    std::vector<std::jthread> helpers;
    for (int t = 1; t < threads; ++t)
        helpers.emplace_back(
            [&, t] { work(int(std::int64_t(count) * t / threads), int(std::int64_t(count) * (t + 1) / threads)); });
    work(0, int(std::int64_t(count) / threads));
}

} // namespace fluoro
