#pragma once
#include <vector>

namespace fluoro {

/// Natural cubic spline through (x, y), x strictly ascending, at least two; linear beyond its ends.
class CubicSpline {
public:
    CubicSpline(std::vector<double> x, std::vector<double> y);
    double operator()(double x) const;

private:
    std::vector<double> x_, y_, curvature_;
};

} // namespace fluoro
