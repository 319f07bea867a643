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
    Mode d = dome * m;
    d.v[1] += lag * m.z();
    d.v[3] = 0;
    return d;
}

/// Weights of the three tables nearest to a stand.
struct Parabola {
    int middle;
    float a, b, c;
    explicit Parabola(BreathStand const& stand)
    {
        double const at = (stand.dome_mm - table_first) / table_step;
        middle = std::clamp(int(std::lround(at)), 1, tables - 2);
        double const t = at - middle;
        a = float(0.5 * t * (t - 1));
        b = float(1 - t * t);
        c = float(0.5 * t * (t + 1));
    }
};

/// Hysteresis is small: a step of it along y, then the way back from there, linear on the lattice. How much of it there
/// is follows from the way along z at the tissue's rest.
struct Hysteresis {
    float lag, by, per_step;
    bool is_divided;
    int next; ///< row that the step goes to

    Hysteresis(BreathStand const& stand, double spacing_mm)
    {
        constexpr float enough_mm = 2; // of the dome's way, to divide by
        auto const dome = float(stand.dome_mm);
        lag = float(stand.lag_mm);
        is_divided = std::abs(dome) > enough_mm;
        by = is_divided ? -lag / dome : 0;
        next = lag > 0 ? 1 : -1;
        per_step = float(next / spacing_mm);
    }
    void take(glm::vec3& here, glm::vec3 const& there, Mode const& mode) const
    {
        float const shift = is_divided ? by * here.z : lag * mode.z(); // forward along y
        here += (-shift * per_step) * (there - here);
        here.y -= shift;
    }
};

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
    Mode const* const mode = mode_.data();
    Mode const m = linear(cell, [&](std::size_t n) { return mode[n]; });
    return rest + way(stood(m, float(stand.dome_mm), float(stand.lag_mm)));
}

Slope BreathMap::slope_at(Vec3 const& p, BreathStand const& stand) const
{
    Cell cell;
    if (!cell.find(grid_, p)) return {};
    auto const dome = float(stand.dome_mm), lag = float(stand.lag_mm);
    Mode const* const mode = mode_.data();
    return linear_with_slope(cell, grid_.spacing_mm, [&](std::size_t n) { return stood(mode[n], dome, lag); });
}

Vec3 BreathMap::rest_of(Vec3 const& moved, BreathStand const& stand) const
{
    if (is_still()) return moved;
    Slope last = slope_at(moved, stand);
    return undone(moved, moved - solved(last, way(last.value)), with_care, last,
                  [&](Vec3 const& p) { return slope_at(p, stand); });
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
                        float const lung =
                            cell.find(grid_, rest) ? linear(cell, [&](std::size_t n) { return mode_[n]; }).w() : 0;
                        back_[std::size_t(t)][number_of(grid_, {x, y, z})] = Mode{rest - at, double(lung)};
                    }
        });
    }
}

BreathMap::Point BreathMap::point(glm::ivec3 const& at, BreathStand const& stand) const
{
    Parabola const way_back{stand};
    auto const dome = float(stand.dome_mm), lag = float(stand.lag_mm);
    auto const back = [&](glm::ivec3 const& place) {
        std::size_t const n = number_of(grid_, place);
        Mode const m = way_back.a * back_[std::size_t(way_back.middle - 1)][n] +
                       way_back.b * back_[std::size_t(way_back.middle)][n] +
                       way_back.c * back_[std::size_t(way_back.middle + 1)][n];
        return glm::vec3{m.x(), m.y(), m.z()};
    };
    Mode const& mode = mode_[number_of(grid_, at)];
    Mode const d = stood(mode, dome, lag);
    Point point{{d.x(), d.y(), d.z()}, back(at)};
    if (lag == 0 || at.y == 0 || at.y == grid_.size.y - 1) return point;
    Hysteresis const along{stand, grid_.spacing_mm};
    along.take(point.backward, back(at + glm::ivec3{0, along.next, 0}), mode);
    return point;
}

void BreathMap::draw(int z, BreathStand const& stand, Plane const& plane) const
{
    auto const [middle, a, b, c] = Parabola{stand};
    auto const dome = float(stand.dome_mm), lag = float(stand.lag_mm);
    int const count = grid_.size.x, rows = grid_.size.y;
    for (int y = 0; y < rows; ++y) {
        std::size_t const first = number_of(grid_, {0, y, z}), to = std::size_t(y) * plane.row;
        Mode const* const low = back_[std::size_t(middle - 1)].data() + first;
        Mode const* const mid = back_[std::size_t(middle)].data() + first;
        Mode const* const high = back_[std::size_t(middle + 1)].data() + first;
        Mode const* const mode = mode_.data() + first;
        glm::vec3 *const forward = plane.forward + to, *const backward = plane.backward + to;
        float* const lung = plane.lung + to;
        for (int x = 0; x < count; ++x) {
            Mode const d = stood(mode[x], dome, lag), m = a * low[x] + b * mid[x] + c * high[x];
            forward[x] = {d.x(), d.y(), d.z()};
            backward[x] = {m.x(), m.y(), m.z()};
            lung[x] = m.w();
        }
    }
    if (lag == 0) return;
    // Rows in the order that leaves the next one as it was.
    Hysteresis const along{stand, grid_.spacing_mm};
    for (int n = 1; n + 1 < rows; ++n) {
        int const y = along.next > 0 ? n : rows - 1 - n;
        glm::vec3* const here = plane.backward + std::size_t(y) * plane.row;
        glm::vec3 const* const there = plane.backward + std::size_t(y + along.next) * plane.row;
        Mode const* const mode = mode_.data() + number_of(grid_, {0, y, z});
        for (int x = 0; x < count; ++x) along.take(here[x], there[x], mode[x]);
    }
}

} // namespace fluoro::motion
