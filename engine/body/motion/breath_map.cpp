#include "breath_map.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/parallel.hpp>

namespace fluoro::motion {

namespace {

// Ways of the dome that the way back is tabled for [mm]; between them a parabola through three.
constexpr double table_first = -60, table_step = 10;
constexpr int tables = 13;

// Half the width of the loop between breathing in and out (Seppenwoolde 2002: 1 to 3 mm between the ways), reached at
// speeds of a quiet breath and above.
constexpr double most_lag_mm = 1.2, lag_speed_mm_s = 15;

Mode stood(Mode const& m, float dome, float lag)
{
    return {dome * m.x, dome * m.y - lag * m.w, dome * m.z, 0};
}

} // namespace

BreathStand breath_stand(BodyPose const& pose, double reference_dome_mm)
{
    double const last = table_first + table_step * (tables - 1);
    return {std::clamp(pose.dome_mm - reference_dome_mm, table_first, last),
            most_lag_mm * std::tanh(pose.dome_mm_s / lag_speed_mm_s)};
}

Vec3 BreathMap::moved(Vec3 const& rest, BreathStand const& stand) const
{
    Cell cell;
    if (is_still() || !cell.find(grid_, rest)) return rest;
    Mode const m = linear(cell, [&](std::size_t n) { return mode_[n]; });
    return rest + way(stood(m, float(stand.dome_mm), float(stand.lag_mm)));
}

Slope BreathMap::slope_at(Vec3 const& p, BreathStand const& stand) const
{
    Cell cell;
    if (!cell.find(grid_, p)) return {};
    auto const dome = float(stand.dome_mm), lag = float(stand.lag_mm);
    return linear_with_slope(cell, grid_.spacing_mm, [&](std::size_t n) { return stood(mode_[n], dome, lag); });
}

Vec3 BreathMap::rest_of(Vec3 const& moved, BreathStand const& stand) const
{
    if (is_still()) return moved;
    Slope const here = slope_at(moved, stand);
    return undone(moved, moved - way(here.value), [&](Vec3 const& p) { return slope_at(p, stand); });
}

void BreathMap::make_tables()
{
    back_.assign(tables, {});
    for (int t = 0; t < tables; ++t) {
        BreathStand const stand{table_first + table_step * t, 0};
        back_[std::size_t(t)].resize(mode_.size());
        parallel_for(grid_.size.z, [&](int first, int last) {
            for (int z = first; z < last; ++z)
                for (int y = 0; y < grid_.size.y; ++y)
                    for (int x = 0; x < grid_.size.x; ++x) {
                        Vec3 const at = grid_.at({x, y, z}), rest = rest_of(at, stand);
                        Cell cell;
                        float const lag =
                            cell.find(grid_, rest) ? linear(cell, [&](std::size_t n) { return mode_[n]; }).w : 0;
                        glm::vec3 const back{rest - at};
                        back_[std::size_t(t)][number_of(grid_, {x, y, z})] = {back.x, back.y, back.z, lag};
                    }
        });
    }
}

void BreathMap::forward_row(int y, int z, BreathStand const& stand, glm::vec3* forward) const
{
    Mode const* const mode = mode_.data() + number_of(grid_, {0, y, z});
    auto const dome = float(stand.dome_mm), lag = float(stand.lag_mm);
    for (int x = 0; x < grid_.size.x; ++x) {
        Mode const m = stood(mode[x], dome, lag);
        forward[x] = {m.x, m.y, m.z};
    }
}

void BreathMap::backward_row(int y, int z, BreathStand const& stand, glm::vec3* backward) const
{
    // The parabola through the three nearest tables.
    double const at = (stand.dome_mm - table_first) / table_step;
    int const middle = std::clamp(int(std::lround(at)), 1, tables - 2);
    double const t = at - middle;
    auto const a = float(0.5 * t * (t - 1)), b = float(1 - t * t), c = float(0.5 * t * (t + 1));
    std::size_t const first = number_of(grid_, {0, y, z});
    auto const row = [&](int table, std::size_t n) { return back_[std::size_t(table)].data() + n; };
    Mode const *const low = row(middle - 1, first), *const mid = row(middle, first),
                      *const high = row(middle + 1, first);
    int const count = grid_.size.x;
    for (int x = 0; x < count; ++x) {
        Mode const m = a * low[x] + b * mid[x] + c * high[x];
        backward[x] = {m.x, m.y, m.z};
    }
    if (stand.lag_mm == 0 || y == 0 || y + 1 == grid_.size.y) return;
    // Hysteresis came last on the way out: a step of it along y, then the way back from there; linear on the lattice.
    bool const is_back = stand.lag_mm > 0;
    std::size_t const beside = number_of(grid_, {0, is_back ? y + 1 : y - 1, z});
    Mode const *const low2 = row(middle - 1, beside), *const mid2 = row(middle, beside),
                      *const high2 = row(middle + 1, beside);
    auto const lag = float(stand.lag_mm), per_step = float(std::abs(stand.lag_mm) / grid_.spacing_mm);
    for (int x = 0; x < count; ++x) {
        Mode const here = a * low[x] + b * mid[x] + c * high[x];
        Mode const there = a * low2[x] + b * mid2[x] + c * high2[x];
        Mode const m = here + (per_step * here.w) * (there - here);
        backward[x] = {m.x, m.y + lag * here.w, m.z};
    }
}

} // namespace fluoro::motion
