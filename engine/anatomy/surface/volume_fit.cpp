#include "volume_fit.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>

namespace fluoro {

double offset_for_volume(Shape const& shape, double wanted_cm3, double step_mm,
                         std::function<bool(Vec3 const&)> const& counts)
{
    constexpr double most = 14;
    Box const box = grown(shape.bounds(), most);
    // Each lattice point joins the solid at an offset of its own distance: the wanted volume is an order statistic.
    std::vector<double> distances;
    for (double z = box.low.z; z < box.high.z; z += step_mm)
        for (double y = box.low.y; y < box.high.y; y += step_mm)
            for (double x = box.low.x; x < box.high.x; x += step_mm) {
                double const d = shape.distance_mm({x, y, z});
                if (d < most && (!counts || counts({x, y, z}))) distances.push_back(d);
            }
    auto const wanted = std::size_t(wanted_cm3 * 1000 / (step_mm * step_mm * step_mm));
    FLUORO_EXPECT(!distances.empty());
    auto const at = distances.begin() + std::ptrdiff_t(std::min(wanted, distances.size() - 1));
    std::nth_element(distances.begin(), at, distances.end());
    return *at;
}

} // namespace fluoro
