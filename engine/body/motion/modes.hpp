#pragma once
#include "field.hpp"

#include <fluoro/body/displacement.hpp>

// Displacements that are known at the points of a lattice and linear between them, and what is asked of them.
namespace fluoro::motion {

/// A displacement [mm] and one number more; four numbers that the processor adds at once.
struct Mode {
    using Four = float __attribute__((vector_size(16)));
    Four v{0, 0, 0, 0};
    Mode() = default;
    Mode(Four four) : v{four} {}
    Mode(float x, float y, float z, float w) : v{x, y, z, w} {}
    explicit Mode(Vec3 const& d, double w = 0) : v{float(d.x), float(d.y), float(d.z), float(w)} {}
    float x() const { return v[0]; }
    float y() const { return v[1]; }
    float z() const { return v[2]; }
    float w() const { return v[3]; }
    bool is_still() const { return v[0] == 0 && v[1] == 0 && v[2] == 0; }
};
inline Mode operator+(Mode const& a, Mode const& b)
{
    return a.v + b.v;
}
inline Mode operator-(Mode const& a, Mode const& b)
{
    return a.v - b.v;
}
inline Mode operator*(float s, Mode const& a)
{
    return Mode::Four{s, s, s, s} * a.v;
}
inline Vec3 way(Mode const& m)
{
    return {double(m.x()), double(m.y()), double(m.z())};
}

/// Where a point lies in a lattice: its cell's first point and the shares along the axes.
struct Cell {
    std::size_t first = 0, row = 0, plane = 0;
    float x = 0, y = 0, z = 0;
    /// False outside.
    bool find(FieldGrid const& grid, Vec3 const& p)
    {
        double const per_mm = 1 / grid.spacing_mm;
        double const at_x = (p.x - grid.origin_mm.x) * per_mm, at_y = (p.y - grid.origin_mm.y) * per_mm,
                     at_z = (p.z - grid.origin_mm.z) * per_mm;
        if (!(at_x > 0 && at_y > 0 && at_z > 0 && at_x < grid.size.x - 1 && at_y < grid.size.y - 1 &&
              at_z < grid.size.z - 1))
            return false;
        int const low_x = int(at_x), low_y = int(at_y), low_z = int(at_z);
        row = std::size_t(grid.size.x);
        plane = row * std::size_t(grid.size.y);
        first = std::size_t(low_z) * plane + std::size_t(low_y) * row + std::size_t(low_x);
        x = float(at_x - low_x);
        y = float(at_y - low_y);
        z = float(at_z - low_z);
        return true;
    }
};

/// Value at a point of a cell, and the derivatives along the axes [per mm].
struct Slope {
    Mode value, by_x, by_y, by_z;
    void operator+=(Slope const& s)
    {
        value = value + s.value;
        by_x = by_x + s.by_x;
        by_y = by_y + s.by_y;
        by_z = by_z + s.by_z;
    }
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

/// (1 + gradient)^-1 v by Cramer's rule; v itself where the map is about to fold.
inline Vec3 solved(Slope const& slope, Vec3 const& v)
{
    Vec3 a = way(slope.by_x), b = way(slope.by_y), c = way(slope.by_z);
    a.x += 1;
    b.y += 1;
    c.z += 1;
    Vec3 const bc = glm::cross(b, c);
    double const det = glm::dot(a, bc);
    if (det < 0.05) return v;
    return Vec3{glm::dot(v, bc), glm::dot(a, glm::cross(v, c)), glm::dot(a, glm::cross(b, v))} / det;
}

/// How well a displacement is undone: where the search ends [mm], and a step so short that nobody needs to look where
/// it led.
struct Care {
    double near_mm, short_mm;
};
inline constexpr Care with_care{2e-3, 5e-3}, on_lattice{0.06, 0.5};

/// The X near `start` where X + d(X) = target; `slope_at(X)` gives d and its gradient there, `last` gets the last one
/// looked at. Newton, with shorter steps where whole ones lead away.
template <class SlopeAt>
Vec3 undone(Vec3 const& target, Vec3 const& start, Care const& care, Slope& last, SlopeAt const& slope_at)
{
    Vec3 x = start;
    last = slope_at(x);
    Vec3 miss = x + way(last.value) - target;
    for (int step = 0; step < 12; ++step) {
        double const missed = glm::dot(miss, miss);
        if (missed <= care.near_mm * care.near_mm) break;
        Vec3 const whole = solved(last, miss);
        if (glm::dot(whole, whole) < care.short_mm * care.short_mm) return x - whole;
        for (double share = 1;; share *= 0.5) {
            Vec3 const next = x - share * whole;
            Slope const there = slope_at(next);
            Vec3 const left = next + way(there.value) - target;
            if (glm::dot(left, left) >= missed && share > 0.2) continue;
            x = next;
            last = there;
            miss = left;
            break;
        }
    }
    return x;
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
