#include "field.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/parallel.hpp>

namespace fluoro::motion {

namespace {

/// A line of points through a lattice: where it begins and how far apart its points are.
struct Line {
    std::size_t first = 0, stride = 0;
};
struct Lines {
    int axis;
    int length, count;
    glm::ivec3 size;
    Line line(int n) const
    {
        std::size_t const x = std::size_t(size.x), y = std::size_t(size.y), m = std::size_t(n);
        if (axis == 0) return {m * x, 1};
        if (axis == 1) return {m / x * x * y + m % x, x};
        return {m, x * y};
    }
};
Lines lines_along(FieldGrid const& grid, int axis)
{
    int const length = grid.size[axis];
    return {axis, length, length > 0 ? int(points_of(grid) / std::size_t(length)) : 0, grid.size};
}

/// Lower envelope of parabolas (Felzenszwalb & Huttenlocher 2012): squared distances along one line, in place.
void squared_distances(std::vector<double>& f, std::vector<double>& out, std::vector<int>& place,
                       std::vector<double>& limit, double step)
{
    int const n = int(f.size());
    int k = 0;
    place[0] = 0;
    limit[0] = -1e30;
    limit[1] = 1e30;
    double const s2 = step * step;
    for (int q = 1; q < n; ++q) {
        auto const meet = [&](int p) {
            return ((f[std::size_t(q)] + s2 * q * q) - (f[std::size_t(p)] + s2 * p * p)) / (2 * s2 * (q - p));
        };
        double s = meet(place[std::size_t(k)]);
        while (k > 0 && s <= limit[std::size_t(k)]) s = meet(place[std::size_t(--k)]);
        place[std::size_t(++k)] = q;
        limit[std::size_t(k)] = s;
        limit[std::size_t(k) + 1] = 1e30;
    }
    k = 0;
    for (int q = 0; q < n; ++q) {
        while (limit[std::size_t(k) + 1] < q) ++k;
        int const p = place[std::size_t(k)];
        out[std::size_t(q)] = s2 * (q - p) * (q - p) + f[std::size_t(p)];
    }
}

} // namespace

double Field::at(Vec3 const& p) const
{
    Vec3 const last{grid.size - 1};
    Vec3 const at = glm::clamp((p - grid.origin_mm) / grid.spacing_mm, Vec3{0}, last);
    glm::ivec3 const low = glm::min(glm::ivec3{at}, glm::max(grid.size - 2, glm::ivec3{0}));
    Vec3 const share = at - Vec3{low};
    auto const row = [&](int y, int z) {
        std::size_t const n =
            number_of(grid, {low.x, std::min(low.y + y, grid.size.y - 1), std::min(low.z + z, grid.size.z - 1)});
        return std::lerp(double(value[n]), double(value[n + (grid.size.x > 1 ? 1 : 0)]), share.x);
    };
    return std::lerp(std::lerp(row(0, 0), row(1, 0), share.y), std::lerp(row(0, 1), row(1, 1), share.y), share.z);
}

bool Mask::is_empty() const
{
    return std::ranges::none_of(is, [](std::uint8_t v) { return v != 0; });
}

Field distance_to(Mask const& mask, double z_share)
{
    constexpr double far = 1e8; // mm^2
    Field field{mask.grid, std::vector<float>(mask.is.size())};
    for (std::size_t n = 0; n < mask.is.size(); ++n) field.value[n] = mask.is[n] ? 0.0F : float(far);
    for (int axis = 0; axis < 3; ++axis) {
        Lines const lines = lines_along(mask.grid, axis);
        double const step = mask.grid.spacing_mm * (axis == 2 ? z_share : 1);
        parallel_for(lines.count, [&](int first, int last) {
            std::size_t const n = std::size_t(lines.length);
            std::vector<double> f(n), out(n), limit(n + 1);
            std::vector<int> place(n);
            for (int l = first; l < last; ++l) {
                Line const line = lines.line(l);
                for (std::size_t i = 0; i < n; ++i) f[i] = double(field.value[line.first + i * line.stride]);
                squared_distances(f, out, place, limit, step);
                for (std::size_t i = 0; i < n; ++i) field.value[line.first + i * line.stride] = float(out[i]);
            }
        });
    }
    for (float& v : field.value) v = std::sqrt(v);
    return field;
}

void blur(Field& field, double across_mm, double along_mm)
{
    for (int axis = 0; axis < 3; ++axis) {
        double const sigma = (axis == 2 ? along_mm : across_mm) / field.grid.spacing_mm;
        int const reach = std::max(1, int(std::ceil(3 * sigma)));
        std::vector<double> weight(std::size_t(2 * reach + 1));
        double sum = 0;
        for (int i = -reach; i <= reach; ++i)
            sum += weight[std::size_t(i + reach)] = std::exp(-0.5 * i * i / (sigma * sigma));
        for (double& w : weight) w /= sum;
        Lines const lines = lines_along(field.grid, axis);
        parallel_for(lines.count, [&](int first, int last) {
            std::vector<double> f(std::size_t(lines.length));
            for (int l = first; l < last; ++l) {
                Line const line = lines.line(l);
                for (std::size_t i = 0; i < f.size(); ++i) f[i] = double(field.value[line.first + i * line.stride]);
                for (int i = 0; i < lines.length; ++i) {
                    double blurred = 0;
                    for (int k = -reach; k <= reach; ++k)
                        blurred +=
                            weight[std::size_t(k + reach)] * f[std::size_t(std::clamp(i + k, 0, lines.length - 1))];
                    field.value[line.first + std::size_t(i) * line.stride] = float(blurred);
                }
            }
        });
    }
}

} // namespace fluoro::motion
