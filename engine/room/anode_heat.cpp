#include <fluoro/room/anode_heat.hpp>

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>

namespace fluoro {

AnodeHeat::AnodeHeat(TubeModel const& tube)
    : capacity_kj_{tube.anode_heat_capacity_kj}, cooling_kw_{tube.anode_cooling_kw}, continuous_kw_{tube.continuous_kw}
{
    FLUORO_EXPECT(capacity_kj_ > 0 && cooling_kw_ > 0 && continuous_kw_ > 0 && continuous_kw_ <= cooling_kw_);
}

void AnodeHeat::add(double kj)
{
    FLUORO_EXPECT(kj >= 0);
    stored_kj_ += kj;
}

void AnodeHeat::cool(double seconds)
{
    FLUORO_EXPECT(seconds >= 0);
    stored_kj_ *= std::exp(-seconds * cooling_kw_ / capacity_kj_);
}

double AnodeHeat::share() const
{
    return stored_kj_ / capacity_kj_;
}

double AnodeHeat::allowed_kw(double reserve_s) const
{
    return continuous_kw_ + std::max(0.0, capacity_kj_ - stored_kj_) / reserve_s;
}

} // namespace fluoro
