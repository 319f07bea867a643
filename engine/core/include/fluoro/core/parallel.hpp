#pragma once
#include <functional>

namespace fluoro {

/// Calls `work(first, last)` for disjoint ranges that cover [0, count), on the machine's cores, and waits for all.
/// `work` must not throw. The split never changes a result: each item is computed alone. A child made by fork() may
/// call it: it works on one core.
void parallel_for(int count, std::function<void(int first, int last)> const& work);
/// Calls `work(item)` for every item in [0, count), each on whichever core is free: for few items of unequal weight.
void parallel_each(int count, std::function<void(int item)> const& work);

} // namespace fluoro
