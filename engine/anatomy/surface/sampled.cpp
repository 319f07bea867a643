#include "body_form.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <fluoro/core/parallel.hpp>

namespace fluoro {

namespace {

/// Distances on a lattice.
struct Table {
    Vec3 low{0};
    double step = 1;
    glm::ivec3 size{0};
    std::vector<float> values;

    std::size_t index(int i, int j, int k) const
    {
        return (std::size_t(k) * std::size_t(size.y) + std::size_t(j)) * std::size_t(size.x) + std::size_t(i);
    }
    double at(Vec3 const& p) const
    {
        Vec3 const q = glm::clamp((p - low) / step, Vec3{0}, Vec3{size} - 1.001);
        glm::ivec3 const c{q};
        Vec3 const f = q - Vec3{c};
        std::size_t const row = std::size_t(size.x), slice = row * std::size_t(size.y), o = index(c.x, c.y, c.z);
        auto const along_x = [&](std::size_t at) { return std::lerp(double(values[at]), double(values[at + 1]), f.x); };
        return std::lerp(std::lerp(along_x(o), along_x(o + row), f.y),
                         std::lerp(along_x(o + slice), along_x(o + slice + row), f.y), f.z);
    }
};

/// Values divided by the local slope; what is far away stays on the safe side of the true distance.
Table to_distances(Table const& raw)
{
    Table result = raw;
    parallel_for(raw.size.z, [&](int first, int last) {
        for (int k = first; k < last; ++k)
            for (int j = 0; j < raw.size.y; ++j)
                for (int i = 0; i < raw.size.x; ++i) {
                    Vec3 slope{0};
                    std::array<int, 3> const here{i, j, k};
                    for (int axis = 0; axis < 3; ++axis) {
                        auto a = here, b = here;
                        a[std::size_t(axis)] = std::max(0, a[std::size_t(axis)] - 1);
                        b[std::size_t(axis)] = std::min(raw.size[axis] - 1, b[std::size_t(axis)] + 1);
                        slope[axis] =
                            (raw.values[raw.index(b[0], b[1], b[2])] - raw.values[raw.index(a[0], a[1], a[2])]) /
                            (raw.step * (b[std::size_t(axis)] - a[std::size_t(axis)]));
                    }
                    double const value = raw.values[raw.index(i, j, k)];
                    double const near = value / std::max(0.5, glm::length(slope));
                    double const margin = 3 * raw.step;
                    result.values[raw.index(i, j, k)] = float(
                        std::abs(near) < margin ? near : std::copysign(margin + 0.7 * (std::abs(near) - margin), near));
                }
    });
    return result;
}

} // namespace

Shape sampled(Shape const& shape, double step_mm, double margin_mm)
{
    FLUORO_EXPECT(step_mm > 0 && !is_empty(shape.bounds()));
    Box const box = grown(shape.bounds(), 2 * step_mm + margin_mm);
    Table raw;
    raw.low = box.low;
    raw.step = step_mm;
    raw.size = glm::ivec3{glm::ceil((box.high - box.low) / step_mm)} + 2;
    raw.values.resize(std::size_t(raw.size.x) * std::size_t(raw.size.y) * std::size_t(raw.size.z));
    parallel_for(raw.size.z, [&](int first, int last) {
        for (int k = first; k < last; ++k)
            for (int j = 0; j < raw.size.y; ++j)
                for (int i = 0; i < raw.size.x; ++i)
                    raw.values[raw.index(i, j, k)] = float(shape.distance_mm(raw.low + step_mm * Vec3{i, j, k}));
    });
    auto const table = std::make_shared<Table const>(to_distances(raw));
    return {shape.bounds(), [table, box](Vec3 const& p) {
                double const outside = glm::length(glm::max(glm::max(box.low - p, p - box.high), Vec3{0}));
                double const inside = table->at(p);
                return outside > 0 ? std::max(outside, inside - outside) : inside;
            }};
}

} // namespace fluoro
