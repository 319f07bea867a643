#include <algorithm>
#include <fluoro/core/expect.hpp>
#include <fluoro/gpu/dispatch_budget.hpp>

namespace fluoro::gpu {
namespace {

/// Part of the allowed time that is aimed at: the next dispatch may be dearer than all before it.
constexpr double aim = 0.6;
constexpr double forgetting = 0.25;
constexpr double most_growth = 4;

} // namespace

DispatchBudget::DispatchBudget(double first_units, double most_ms)
    : most_ms_{most_ms}, least_units_{first_units / 8}, units_{first_units}
{
    FLUORO_EXPECT(first_units > 0 && most_ms > 0);
}

void DispatchBudget::learn(double units, double ms)
{
    if (!(units > 0) || !(ms > 0)) return;
    double const cost = ms / units;
    ms_per_unit_ = cost >= ms_per_unit_ ? cost : ms_per_unit_ + forgetting * (cost - ms_per_unit_);
    units_ = std::max(least_units_, std::min(aim * most_ms_ / ms_per_unit_, most_growth * units_));
}

} // namespace fluoro::gpu
