#include <fluoro/gpu/dispatch_budget.hpp>
#include <gtest/gtest.h>

namespace fluoro::gpu {
namespace {

/// Runs dispatches that cost `ms_per_unit` until the budget stands still; the longest of them.
double longest_of(DispatchBudget& budget, double ms_per_unit, int dispatches = 50)
{
    double longest = 0;
    for (int i = 0; i < dispatches; ++i) {
        double const ms = budget.units() * ms_per_unit;
        longest = std::max(longest, ms);
        budget.learn(budget.units(), ms);
    }
    return longest;
}

TEST(DispatchBudget, fills_most_of_the_time_it_may_take_and_never_more)
{
    for (double const ms_per_unit : {1e-6, 1e-3, 0.1}) {
        DispatchBudget budget{100, 50};
        EXPECT_LT(longest_of(budget, ms_per_unit), 50);
        EXPECT_GT(budget.units() * ms_per_unit, 25);
    }
}

TEST(DispatchBudget, shrinks_at_once_when_work_is_dearer_and_grows_slowly_when_it_is_cheaper)
{
    DispatchBudget budget{1000, 50};
    longest_of(budget, 0.01);
    double const before = budget.units();
    budget.learn(before, 10 * before * 0.01);
    EXPECT_NEAR(budget.units(), before / 10, before / 1000);
    double const small = budget.units();
    budget.learn(small, small * 1e-9); // a lucky one
    EXPECT_LT(budget.units(), 2 * small);
}

TEST(DispatchBudget, grows_at_most_fourfold_and_shrinks_to_an_eighth_of_the_first_at_most)
{
    DispatchBudget budget{10, 50};
    budget.learn(10, 1e-6);
    EXPECT_DOUBLE_EQ(budget.units(), 40);
    budget.learn(40, 1e9);
    EXPECT_DOUBLE_EQ(budget.units(), 10 / 8.0);
    budget.learn(1, 0); // a clock that stood still teaches nothing
    EXPECT_DOUBLE_EQ(budget.units(), 10 / 8.0);
}

} // namespace
} // namespace fluoro::gpu
