#include "distance_lattice.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/core/parallel.hpp>
#include <limits>
#include <memory>

namespace fluoro {

namespace {

struct Lattice {
    Vec3 low{0};
    double spacing = 1;
    glm::ivec3 size{0};
    std::vector<float> values;

    std::size_t index(int i, int j, int k) const
    {
        return (std::size_t(k) * std::size_t(size.y) + std::size_t(j)) * std::size_t(size.x) + std::size_t(i);
    }
    double at(Vec3 const& p) const
    {
        Vec3 const q = glm::clamp((p - low) / spacing, Vec3{0}, Vec3{size - 1} - 1e-6);
        glm::ivec3 const c{q};
        Vec3 const t = q - Vec3{c};
        std::size_t const at = index(c.x, c.y, c.z), dy = std::size_t(size.x), dz = dy * std::size_t(size.y);
        auto const along = [&](std::size_t i) { return std::lerp(double(values[i]), double(values[i + 1]), t.x); };
        return std::lerp(std::lerp(along(at), along(at + dy), t.y), std::lerp(along(at + dz), along(at + dy + dz), t.y),
                         t.z);
    }
};

/// Distance of a node whose neighbours along the axes are this far from the surface: the plane through them (Godunov's
/// upwind solution of |grad d| = 1).
double upwind(std::array<double, 3> near, double spacing)
{
    std::ranges::sort(near);
    double d = near[0] + spacing;
    if (d > near[1]) {
        double const gap = near[1] - near[0];
        d = (near[0] + near[1] + std::sqrt(std::max(0.0, 2 * spacing * spacing - gap * gap))) / 2;
        if (d > near[2]) {
            double const sum = near[0] + near[1] + near[2];
            double const squares = near[0] * near[0] + near[1] * near[1] + near[2] * near[2];
            d = (sum + std::sqrt(std::max(0.0, sum * sum - 3 * (squares - spacing * spacing)))) / 3;
        }
    }
    return d;
}

/// Distance to the surface between the nodes, by where the value changes its sign along the axes; none away from it.
std::vector<float> distances_at_surface(Lattice const& f)
{
    constexpr float far = std::numeric_limits<float>::max();
    std::vector<float> d(f.values.size(), far);
    glm::ivec3 const n = f.size;
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) {
                double const here = f.values[f.index(i, j, k)];
                double sum = 0;
                for (int axis = 0; axis < 3; ++axis) {
                    double nearest = far;
                    for (int step = -1; step <= 1; step += 2) {
                        glm::ivec3 o{i, j, k};
                        o[axis] += step;
                        if (o[axis] < 0 || o[axis] >= n[axis]) continue;
                        double const there = f.values[f.index(o.x, o.y, o.z)];
                        if ((here < 0) == (there < 0)) continue;
                        nearest = std::min(nearest, f.spacing * std::abs(here) /
                                                        std::max(1e-9, std::abs(here) + std::abs(there)));
                    }
                    if (nearest < far) sum += 1 / std::max(1e-6, nearest * nearest);
                }
                if (sum > 0) d[f.index(i, j, k)] = float(1 / std::sqrt(sum));
            }
    return d;
}

/// Fast sweeping (Zhao, Math Comput 2005; 74:603): each of the eight orders carries distances one way along each axis.
void sweep(Lattice const& f, std::vector<float>& d)
{
    std::vector<float> const known = d;
    constexpr float far = std::numeric_limits<float>::max();
    glm::ivec3 const n = f.size;
    for (int order = 0; order < 8; ++order) {
        auto const run = [order](int axis, int t, int count) { return order >> axis & 1 ? count - 1 - t : t; };
        for (int kk = 0; kk < n.z; ++kk)
            for (int jj = 0; jj < n.y; ++jj)
                for (int ii = 0; ii < n.x; ++ii) {
                    int const i = run(0, ii, n.x), j = run(1, jj, n.y), k = run(2, kk, n.z);
                    std::size_t const at = f.index(i, j, k);
                    if (known[at] < far) continue;
                    auto const value = [&](int x, int y, int z) {
                        return x < 0 || y < 0 || z < 0 || x >= n.x || y >= n.y || z >= n.z
                                   ? 1e9
                                   : double(d[f.index(x, y, z)]);
                    };
                    std::array<double, 3> const near{std::min(value(i - 1, j, k), value(i + 1, j, k)),
                                                     std::min(value(i, j - 1, k), value(i, j + 1, k)),
                                                     std::min(value(i, j, k - 1), value(i, j, k + 1))};
                    if (std::ranges::min(near) >= 1e9) continue;
                    d[at] = std::min(d[at], float(upwind(near, f.spacing)));
                }
    }
}

} // namespace

Shape on_lattice(Box const& box, double spacing_mm, std::function<double(Vec3 const&)> const& inside)
{
    auto lattice = std::make_shared<Lattice>();
    lattice->low = box.low;
    lattice->spacing = spacing_mm;
    lattice->size = glm::ivec3{glm::ceil((box.high - box.low) / spacing_mm)} + 2;
    lattice->values.resize(std::size_t(lattice->size.x) * std::size_t(lattice->size.y) * std::size_t(lattice->size.z));
    parallel_for(lattice->size.z, [&](int first, int last) {
        for (int k = first; k < last; ++k)
            for (int j = 0; j < lattice->size.y; ++j)
                for (int i = 0; i < lattice->size.x; ++i)
                    lattice->values[lattice->index(i, j, k)] = float(inside(box.low + spacing_mm * Vec3{i, j, k}));
    });
    std::vector<float> distances = distances_at_surface(*lattice);
    sweep(*lattice, distances);
    for (std::size_t i = 0; i < distances.size(); ++i)
        lattice->values[i] = std::copysign(std::min(distances[i], 1e6F), lattice->values[i]);
    // Upwind differences overstate what is far from the surface by a few per cent of a spacing per step.
    double const exact = 2 * spacing_mm;
    return {box, [lattice, exact](Vec3 const& p) {
                double const d = lattice->at(p);
                return std::abs(d) <= exact ? d : std::copysign(exact + 0.92 * (std::abs(d) - exact), d);
            }};
}

} // namespace fluoro
