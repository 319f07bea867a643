#include "inner_map.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/parallel.hpp>

namespace fluoro::motion {

namespace {

constexpr double first_amplitude = -0.2, amplitude_step = 0.2;
constexpr int tables = 8; // to 1.2

} // namespace

SystoleTable::SystoleTable(ModeBox const& box)
{
    if (box.is_still()) return;
    glm::ivec3 const size = box.grid.size;
    std::vector<Mode> forward(points_of(box.grid));
    for (int t = 0; t < tables; ++t) {
        auto const amplitude = float(first_amplitude + amplitude_step * t);
        for (std::size_t n = 0; n < forward.size(); ++n)
            forward[n] = amplitude * (box.at(n)[systole] + float(full_twist_rad) * box.at(n)[twist]);
        auto const slope_at = [&](Vec3 const& p) {
            Cell cell;
            if (!cell.find(box.grid, p)) return Slope{};
            return linear_with_slope(cell, box.grid.spacing_mm, [&](std::size_t n) { return forward[n]; });
        };
        std::vector<Mode>& back = back_.emplace_back(forward.size());
        parallel_for(size.z, [&](int first, int last) {
            for (int z = first; z < last; ++z)
                for (int y = 0; y < size.y; ++y)
                    for (int x = 0; x < size.x; ++x) {
                        std::size_t const n = number_of(box.grid, {x, y, z});
                        Vec3 const at = box.grid.at({x, y, z});
                        // From the amplitude before on.
                        Vec3 const start = at + (t > 0 ? way(back_[std::size_t(t - 1)][n]) : Vec3{0});
                        Slope last_slope;
                        back[n] = Mode{undone(at, start, with_care, last_slope, slope_at) - at};
                    }
        });
    }
}

void SystoleTable::draw(float amplitude, std::vector<Mode>& back) const
{
    if (back_.empty()) return;
    double const at = (double(amplitude) - first_amplitude) / amplitude_step;
    int const middle = std::clamp(int(std::lround(at)), 1, tables - 2);
    double const t = std::clamp(at - middle, -1.5, 1.5);
    auto const a = float(0.5 * t * (t - 1)), b = float(1 - t * t), c = float(0.5 * t * (t + 1));
    auto const table = [&](int n) { return back_[std::size_t(n)].data(); };
    Mode const *const low = table(middle - 1), *const mid = table(middle), *const high = table(middle + 1);
    for (std::size_t n = 0; n < back.size(); ++n) back[n] = a * low[n] + b * mid[n] + c * high[n];
}

} // namespace fluoro::motion
