#include "motion/modes.hpp"

#include <algorithm>
#include <cstring>
#include <fluoro/body/displacement.hpp>

namespace fluoro {
namespace {

/// In the moved body [mm]: a twentieth of what a voxel of the picture is wide.
constexpr motion::Care on_place{0.02, 0.05};

motion::Slope slope_at(FieldGrid const& grid, std::vector<glm::vec3> const& field, Vec3 const& p)
{
    motion::Cell cell;
    if (!cell.find(grid, p)) return {};
    glm::vec3 const* const way = field.data();
    return motion::linear_with_slope(cell, grid.spacing_mm, [way](std::size_t n) {
        return motion::Mode{way[n].x, way[n].y, way[n].z, 0};
    });
}

/// The way forward and its derivatives; of two ways one after the other by the chain rule.
motion::Slope way_forward(Displacement const& d, Vec3 const& rest)
{
    if (d.inner_mm.empty()) return slope_at(d.grid, d.forward_mm, rest);
    motion::Slope const inner = slope_at(d.grid, d.inner_mm, rest);
    motion::Slope const breath = slope_at(d.grid, d.breath_mm, rest + motion::way(inner.value));
    auto const carried = [&](motion::Mode const& by) {
        return by + by.x() * breath.by_x + by.y() * breath.by_y + by.z() * breath.by_z;
    };
    return {inner.value + breath.value, breath.by_x + carried(inner.by_x), breath.by_y + carried(inner.by_y),
            breath.by_z + carried(inner.by_z)};
}

/// A cell of a lattice and where in it a place lies; outside the lattice, or on its border, none.
struct CellOf {
    std::size_t first = 0, row, plane;
    glm::vec3 share{0};
    bool is_there = false;

    CellOf(FieldGrid const& grid, Vec3 const& p) : row{std::size_t(grid.size.x)}, plane{row * std::size_t(grid.size.y)}
    {
        Vec3 const at = (p - grid.origin_mm) / grid.spacing_mm;
        if (glm::any(glm::lessThanEqual(at, Vec3{0})) || glm::any(glm::greaterThanEqual(at, Vec3{grid.size - 1})))
            return;
        glm::ivec3 const low{at};
        first = std::size_t(low.z) * plane + std::size_t(low.y) * row + std::size_t(low.x);
        share = glm::vec3{at - Vec3{low}};
        is_there = true;
    }
};

} // namespace

Vec3 sampled(FieldGrid const& grid, std::vector<glm::vec3> const& field, Vec3 const& p)
{
    CellOf const cell{grid, p};
    if (!cell.is_there) return Vec3{0};
    auto const* const corner = field.data() + cell.first;
    auto const along_x = [&](std::size_t n) { return glm::mix(corner[n], corner[n + 1], cell.share.x); };
    return Vec3{glm::mix(glm::mix(along_x(0), along_x(cell.row), cell.share.y),
                         glm::mix(along_x(cell.plane), along_x(cell.plane + cell.row), cell.share.y), cell.share.z)};
}

Stretched stretched(FieldGrid const& grid, std::vector<glm::vec3> const& field, glm::vec3 const& p)
{
    // Asked for every parcel of a cloud in every picture: single numbers do, to 1e-4 mm.
    auto const per_mm = float(1 / grid.spacing_mm);
    glm::vec3 const at = per_mm * (p - glm::vec3{grid.origin_mm}), most{grid.size - 1};
    if (!(at.x > 0 && at.y > 0 && at.z > 0 && at.x < most.x && at.y < most.y && at.z < most.z)) return {};
    glm::ivec3 const low{at};
    float const u = at.x - float(low.x), v = at.y - float(low.y), w = at.z - float(low.z);
    std::size_t const row = std::size_t(grid.size.x), plane = row * std::size_t(grid.size.y);
    glm::vec3 const* const corner =
        field.data() + std::size_t(low.z) * plane + std::size_t(low.y) * row + std::size_t(low.x);
    // Means over x of the four edges along it, and how they rise.
    struct Edge {
        motion::Mode mean, rise;
    };
    auto const edge = [&](std::size_t n) {
        // Six numbers side by side, as two fours that overlap.
        motion::Mode::Four a, b;
        std::memcpy(&a, &corner[n].x, sizeof a);
        std::memcpy(&b, &corner[n].z, sizeof b);
        motion::Mode const from{a}, to{motion::Mode::Four{b[1], b[2], b[3], 0}};
        return Edge{from + u * (to - from), to - from};
    };
    Edge const a = edge(0), b = edge(row), c = edge(plane), d = edge(plane + row);
    motion::Mode const front = a.mean + v * (b.mean - a.mean), back = c.mean + v * (d.mean - c.mean);
    motion::Mode const way = front + w * (back - front);
    auto const mixed = [](float from, float to, float share) { return from + share * (to - from); };
    glm::vec3 const slope{mixed(mixed(a.rise.x(), b.rise.x(), v), mixed(c.rise.x(), d.rise.x(), v), w),
                          mixed(b.mean.y() - a.mean.y(), d.mean.y() - c.mean.y(), w), back.z() - front.z()};
    constexpr float least = 0.5f;
    return {{way.x(), way.y(), way.z()}, glm::max(1.0f + per_mm * slope, least)};
}

Vec3 rest_of(Displacement const& displacement, Vec3 const& place)
{
    Vec3 const start = place + sampled(displacement.grid, displacement.backward_mm, place);
    if (displacement.forward_mm.empty()) return start;
    motion::Slope last;
    return motion::undone(place, start, on_place, last,
                          [&](Vec3 const& rest) { return way_forward(displacement, rest); });
}

} // namespace fluoro
