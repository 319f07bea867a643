#pragma once
#include "field.hpp"

#include <fluoro/body/displacement.hpp>

// Displacements that are known at the points of a lattice and linear between them, and what is asked of them.
namespace fluoro::motion {

/// A displacement [mm] and one number more.
struct alignas(16) Mode {
    float x = 0, y = 0, z = 0, w = 0;
};
inline Mode operator+(Mode const& a, Mode const& b)
{
    return {a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w};
}
inline Mode operator-(Mode const& a, Mode const& b)
{
    return {a.x - b.x, a.y - b.y, a.z - b.z, a.w - b.w};
}
inline Mode operator*(float s, Mode const& a)
{
    return {s * a.x, s * a.y, s * a.z, s * a.w};
}
inline Vec3 way(Mode const& m)
{
    return {double(m.x), double(m.y), double(m.z)};
}

/// Where a point lies in a lattice: its cell's first point and the shares along the axes.
struct Cell {
    std::size_t first = 0, row = 0, plane = 0;
    float x = 0, y = 0, z = 0;
    /// False outside.
    bool find(FieldGrid const& grid, Vec3 const& p)
    {
        Vec3 const at = (p - grid.origin_mm) * (1 / grid.spacing_mm);
        Vec3 const last{grid.size - 1};
        if (!(at.x > 0 && at.y > 0 && at.z > 0 && at.x < last.x && at.y < last.y && at.z < last.z)) return false;
        glm::ivec3 const low{at};
        row = std::size_t(grid.size.x);
        plane = row * std::size_t(grid.size.y);
        first = std::size_t(low.z) * plane + std::size_t(low.y) * row + std::size_t(low.x);
        x = float(at.x - low.x);
        y = float(at.y - low.y);
        z = float(at.z - low.z);
        return true;
    }
};

/// Value at a point of a cell, and the derivatives along the axes [per mm].
struct Slope {
    Mode value, by_x, by_y, by_z;
};
/// `corner(n)`: the Mode at the lattice point of number n.
template <class Corner> Mode linear(Cell const& c, Corner const& corner)
{
    auto const along_x = [&](std::size_t n) {
        Mode const low = corner(n);
        return low + c.x * (corner(n + 1) - low);
    };
    Mode const a = along_x(c.first), b = along_x(c.first + c.row);
    Mode const d = along_x(c.first + c.plane), e = along_x(c.first + c.plane + c.row);
    Mode const low = a + c.y * (b - a);
    return low + c.z * (d + c.y * (e - d) - low);
}
template <class Corner> Slope linear_with_slope(Cell const& c, double spacing_mm, Corner const& corner)
{
    auto const per_mm = float(1 / spacing_mm);
    Mode const m000 = corner(c.first), m100 = corner(c.first + 1);
    Mode const m010 = corner(c.first + c.row), m110 = corner(c.first + c.row + 1);
    Mode const m001 = corner(c.first + c.plane), m101 = corner(c.first + c.plane + 1);
    Mode const m011 = corner(c.first + c.plane + c.row), m111 = corner(c.first + c.plane + c.row + 1);
    Mode const x00 = m100 - m000, x10 = m110 - m010, x01 = m101 - m001, x11 = m111 - m011;
    Mode const a00 = m000 + c.x * x00, a10 = m010 + c.x * x10, a01 = m001 + c.x * x01, a11 = m011 + c.x * x11;
    Mode const y0 = a10 - a00, y1 = a11 - a01;
    Mode const b0 = a00 + c.y * y0, b1 = a01 + c.y * y1;
    Mode const x0 = x00 + c.y * (x10 - x00), x1 = x01 + c.y * (x11 - x01);
    return {b0 + c.z * (b1 - b0), per_mm * (x0 + c.z * (x1 - x0)), per_mm * (y0 + c.z * (y1 - y0)), per_mm * (b1 - b0)};
}
inline Mat3 gradient(Slope const& s)
{
    return {way(s.by_x), way(s.by_y), way(s.by_z)};
}

/// The X near `start` where X + d(X) = target; `slope(X)` gives d and its gradient there, as Slope. Newton, with
/// shorter steps where whole ones lead away.
template <class SlopeAt> Vec3 undone(Vec3 const& target, Vec3 const& start, SlopeAt const& slope_at)
{
    constexpr double near_mm = 1e-3;
    Vec3 x = start;
    Slope slope = slope_at(x);
    Vec3 miss = x + way(slope.value) - target;
    for (int step = 0; step < 12 && glm::dot(miss, miss) > near_mm * near_mm; ++step) {
        Mat3 const jacobian = Mat3{1} + gradient(slope);
        double const det = glm::determinant(jacobian);
        Vec3 const whole = det > 0.05 ? glm::inverse(jacobian) * miss : miss;
        for (double share = 1; share > 0.1; share *= 0.5) {
            Vec3 const next = x - share * whole;
            Slope const there = slope_at(next);
            Vec3 const left = next + way(there.value) - target;
            bool const is_last = share < 0.2;
            if (glm::dot(left, left) < glm::dot(miss, miss) || is_last) {
                x = next;
                slope = there;
                miss = left;
                break;
            }
        }
    }
    return x;
}

/// The part of a lattice that `box` names, from point `low` on.
inline FieldGrid part_of(FieldGrid const& lattice, glm::ivec3 const& low, glm::ivec3 const& size)
{
    return {lattice.at(low), lattice.spacing_mm, size};
}
/// Where the part's first point lies in the lattice.
inline glm::ivec3 place_in(FieldGrid const& lattice, FieldGrid const& part)
{
    return glm::ivec3{glm::round((part.origin_mm - lattice.origin_mm) / lattice.spacing_mm)};
}
/// The smallest part of an endless lattice (points at multiples of the spacing) around a box.
FieldGrid lattice_around(Vec3 const& low_mm, Vec3 const& high_mm, double spacing_mm);
/// And around two of them.
FieldGrid lattice_around(FieldGrid const& a, FieldGrid const& b);

} // namespace fluoro::motion
