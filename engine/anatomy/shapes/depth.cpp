#include <fluoro/anatomy/depth.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace fluoro {

namespace {

constexpr double point_mm = 1e-6; ///< shorter spans are points

} // namespace

double Depth::share_below(double edge_mm, double width_mm) const
{
    auto const share = [&](double d) { return std::clamp((d - edge_mm) / width_mm + 0.5, 0.0, 1.0); };
    if (to_mm - from_mm < point_mm) return share(from_mm);
    // Integral of the ramp from far above to d.
    auto const sum = [&](double d) {
        double const t = share(d);
        return width_mm * t * t / 2 + std::max(0.0, d - edge_mm - width_mm / 2);
    };
    return (sum(to_mm) - sum(from_mm)) / (to_mm - from_mm);
}

double Depth::mean_bell(double spread_mm) const
{
    double const a = from_mm / spread_mm, b = to_mm / spread_mm;
    if (to_mm - from_mm < point_mm) return std::exp(-a * a);
    return 0.5 * std::sqrt(std::numbers::pi) * (std::erf(b) - std::erf(a)) / (b - a);
}

} // namespace fluoro
