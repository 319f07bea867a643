#include <fluoro/core/curve.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <fluoro/core/expect.hpp>

namespace fluoro {

std::vector<Vec3> curve(std::span<Vec3 const> through_mm, double step_mm, std::span<double const> values,
                        std::vector<double>& values_out)
{
    FLUORO_EXPECT(through_mm.size() >= 2 && step_mm > 0 && (values.empty() || values.size() == through_mm.size()));
    std::vector<Vec3> points;
    values_out.clear();
    auto const count = std::ptrdiff_t(through_mm.size());
    // Beyond the ends the curve goes on as it came.
    auto const at = [&](std::ptrdiff_t i) {
        if (i < 0) return 2.0 * through_mm[0] - through_mm[1];
        if (i >= count) return 2.0 * through_mm[std::size_t(count - 1)] - through_mm[std::size_t(count - 2)];
        return through_mm[std::size_t(i)];
    };
    for (std::ptrdiff_t i = 0; i + 1 < count; ++i) {
        Vec3 const p0 = at(i - 1), p1 = at(i), p2 = at(i + 1), p3 = at(i + 2);
        // Centripetal knots: no loops and no overshoot between unevenly spaced points.
        double const k1 = std::sqrt(std::max(glm::length(p1 - p0), 1e-6));
        double const k2 = k1 + std::sqrt(std::max(glm::length(p2 - p1), 1e-6));
        double const k3 = k2 + std::sqrt(std::max(glm::length(p3 - p2), 1e-6));
        int const pieces = std::max(1, int(std::lround(glm::length(p2 - p1) / step_mm)));
        for (int s = 0; s < pieces; ++s) {
            double const share = double(s) / pieces, t = k1 + share * (k2 - k1);
            Vec3 const a1 = (k1 - t) / k1 * p0 + t / k1 * p1;
            Vec3 const a2 = (k2 - t) / (k2 - k1) * p1 + (t - k1) / (k2 - k1) * p2;
            Vec3 const a3 = (k3 - t) / (k3 - k2) * p2 + (t - k2) / (k3 - k2) * p3;
            Vec3 const b1 = (k2 - t) / k2 * a1 + t / k2 * a2;
            Vec3 const b2 = (k3 - t) / (k3 - k1) * a2 + (t - k1) / (k3 - k1) * a3;
            points.push_back((k2 - t) / (k2 - k1) * b1 + (t - k1) / (k2 - k1) * b2);
            if (!values.empty())
                values_out.push_back(std::lerp(values[std::size_t(i)], values[std::size_t(i) + 1], share));
        }
    }
    points.push_back(through_mm.back());
    if (!values.empty()) values_out.push_back(values.back());
    return points;
}

std::vector<Vec3> curve(std::span<Vec3 const> through_mm, double step_mm)
{
    std::vector<double> none;
    return curve(through_mm, step_mm, {}, none);
}

} // namespace fluoro
