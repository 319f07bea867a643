#pragma once

namespace fluoro::gpu {

/// How long a dispatch may hold a device that also draws a screen [ms].
inline constexpr double longest_dispatch_ms = 50;

/// How much work (rays, histories) goes into one dispatch so that none lasts longer than is allowed: learnt from the
/// times that earlier ones took.
class DispatchBudget {
public:
    /// `first_units`: a cautious amount for the first dispatch, > 0. The budget never falls below an eighth of it: what
    /// is slow then is not the work but the dispatch itself, and more of them would not help.
    explicit DispatchBudget(double first_units, double most_ms = longest_dispatch_ms);
    /// Units that the next dispatch may hold.
    double units() const { return units_; }
    /// A dispatch of `units` took `ms`. What is dearer than thought counts at once, what is cheaper slowly; the budget
    /// grows at most fourfold at a time.
    void learn(double units, double ms);

private:
    double most_ms_;
    double least_units_;
    double units_;
    double ms_per_unit_ = 0;
};

} // namespace fluoro::gpu
