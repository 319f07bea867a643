#pragma once
#include <array>
#include <cstdint>
#include <fluoro/lumen/bricks.hpp>
#include <fluoro/patient/volume.hpp>
#include <span>
#include <vector>

// Scalar fields on lattices, from which the modes of motion are made.
namespace fluoro::motion {

inline std::size_t points_of(FieldGrid const& grid)
{
    return std::size_t(grid.size.x) * std::size_t(grid.size.y) * std::size_t(grid.size.z);
}
inline std::size_t number_of(FieldGrid const& grid, glm::ivec3 const& at)
{
    return (std::size_t(at.z) * std::size_t(grid.size.y) + std::size_t(at.y)) * std::size_t(grid.size.x) +
           std::size_t(at.x);
}

/// Calls see(point, its number) in the order of the numbers.
template <class See> void for_each_point(FieldGrid const& grid, See const& see)
{
    std::size_t n = 0;
    glm::ivec3 at;
    for (at.z = 0; at.z < grid.size.z; ++at.z)
        for (at.y = 0; at.y < grid.size.y; ++at.y)
            for (at.x = 0; at.x < grid.size.x; ++at.x) see(at, n++);
}

/// A share or a distance at every point of a lattice.
struct Field {
    FieldGrid grid;
    std::vector<float> value;
    /// Trilinear; the nearest value outside.
    double at(Vec3 const& p) const;
};

/// Which points of a lattice belong to something.
struct Mask {
    FieldGrid grid;
    std::vector<std::uint8_t> is;
    bool is_empty() const;
};

/// Distance to the nearest point of the mask [mm]; millimetres along z count as `z_share` of one. Large where the mask
/// is empty.
Field distance_to(Mask const& mask, double z_share = 1);
/// Weighted with a Gaussian of these standard deviations across and along z; values at the border go on beyond it.
void blur(Field& field, double across_mm, double along_mm);
/// 0 up to `from`, 1 beyond `to` (or the other way round when to < from).
inline double ramp(double x, double from, double to)
{
    double const t = (x - from) / (to - from);
    return t < 0 ? 0 : t > 1 ? 1 : t;
}
inline double smooth_ramp(double x, double from, double to)
{
    double const t = ramp(x, from, to);
    return t * t * (3 - 2 * t);
}

} // namespace fluoro::motion
