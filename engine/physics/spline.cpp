#include "spline.hpp"

#include <algorithm>
#include <fluoro/core/expect.hpp>

namespace fluoro {

CubicSpline::CubicSpline(std::vector<double> x, std::vector<double> y)
    : x_{std::move(x)}, y_{std::move(y)}, curvature_(x_.size(), 0.0)
{
    FLUORO_EXPECT(x_.size() >= 2 && x_.size() == y_.size());
    // Thomas' sweep over the tridiagonal system of the inner nodes; the end curvatures are zero.
    auto const last = x_.size() - 1;
    std::vector<double> upper(x_.size(), 0.0);
    for (std::size_t i = 1; i < last; ++i) {
        double const left = x_[i] - x_[i - 1];
        double const right = x_[i + 1] - x_[i];
        FLUORO_EXPECT(left > 0 && right > 0);
        double const pivot = 2 * (left + right) - left * upper[i - 1];
        upper[i] = right / pivot;
        double const bend = 6 * ((y_[i + 1] - y_[i]) / right - (y_[i] - y_[i - 1]) / left);
        curvature_[i] = (bend - left * curvature_[i - 1]) / pivot;
    }
    for (auto i = last - 1; i > 0; --i) curvature_[i] -= upper[i] * curvature_[i + 1];
}

double CubicSpline::operator()(double x) const
{
    auto const above = std::clamp<std::ptrdiff_t>(std::ranges::upper_bound(x_, x) - x_.begin(), 1, std::ssize(x_) - 1);
    auto const i = std::size_t(above - 1);
    double const step = x_[i + 1] - x_[i];
    double const a = (x_[i + 1] - x) / step;
    double const b = 1 - a;
    double const straight = a * y_[i] + b * y_[i + 1];
    if (a < 0 || b < 0) return straight;
    return straight + ((a * a * a - a) * curvature_[i] + (b * b * b - b) * curvature_[i + 1]) * step * step / 6;
}

} // namespace fluoro
