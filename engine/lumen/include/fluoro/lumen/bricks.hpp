#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <fluoro/core/geometry.hpp>
#include <fluoro/core/parallel.hpp>
#include <optional>
#include <vector>

namespace fluoro {

/// Where a field of voxels lies: along the patient's axes, voxel (0,0,0) centred at the origin.
struct FieldGrid {
    Vec3 origin_mm{0};
    double spacing_mm = 0.5;
    glm::ivec3 size{0}; ///< voxels
    Vec3 at(glm::ivec3 const& voxel) const { return origin_mm + spacing_mm * Vec3{voxel}; }
};

/// A field of which most is empty, in bricks of 8 x 8 x 8 voxels, x fastest: a table says where each brick lies in the
/// pool, or that it has none. Both go to a device as they are.
template <class Value> struct Bricks {
    static constexpr int side = 8;
    static constexpr std::size_t voxels = 512;
    static constexpr std::int32_t none = -1;

    FieldGrid grid;
    glm::ivec3 count{0};             ///< bricks
    std::vector<std::int32_t> table; ///< one per brick: its number in the pool, or none
    std::vector<Value> pool;         ///< 512 values per brick
    Value outside{};                 ///< of every voxel without a brick

    /// Draws every brick with `draw(first voxel, the brick's 512 values)`; a brick for which it says false is empty.
    template <class Draw> static Bricks drawn(FieldGrid const& grid, Value outside, Draw const& draw)
    {
        Bricks field;
        field.grid = grid;
        field.outside = outside;
        field.count = (grid.size + side - 1) / side;
        auto const bricks = std::size_t(field.count.x) * std::size_t(field.count.y) * std::size_t(field.count.z);
        // Rows of bricks are drawn on all cores and then laid one behind the other, so that the result is always the
        // same.
        int const rows = field.count.y * field.count.z;
        std::vector<std::vector<Value>> pools{std::size_t(rows)};
        field.table.assign(bricks, none);
        parallel_for(rows, [&](int first, int last) {
            std::array<Value, voxels> values;
            for (int row = first; row < last; ++row)
                for (int i = 0; i < field.count.x; ++i) {
                    values.fill(outside);
                    glm::ivec3 const brick{i, row % field.count.y, row / field.count.y};
                    if (!draw(brick * side, values)) continue;
                    auto& pool = pools[std::size_t(row)];
                    field.table[field.number_of(brick)] = std::int32_t(pool.size() / voxels);
                    pool.insert(pool.end(), values.begin(), values.end());
                }
        });
        for (int row = 0; row < rows; ++row) {
            auto const before = std::int32_t(field.pool.size() / voxels);
            for (int i = 0; i < field.count.x; ++i)
                if (auto& at = field.table[std::size_t(row) * std::size_t(field.count.x) + std::size_t(i)]; at != none)
                    at += before;
            auto& pool = pools[std::size_t(row)];
            field.pool.insert(field.pool.end(), pool.begin(), pool.end());
            pool = {};
        }
        return field;
    }

    /// Value of a voxel; `outside` for one that is not on the grid.
    Value at(glm::ivec3 const& voxel) const
    {
        if (voxel.x < 0 || voxel.y < 0 || voxel.z < 0 || voxel.x >= grid.size.x || voxel.y >= grid.size.y ||
            voxel.z >= grid.size.z)
            return outside;
        std::int32_t const brick = table[number_of(voxel / side)];
        if (brick == none) return outside;
        glm::ivec3 const in = voxel % side;
        return pool[std::size_t(brick) * voxels + std::size_t((in.z * side + in.y) * side + in.x)];
    }

private:
    std::size_t number_of(glm::ivec3 const& brick) const
    {
        return (std::size_t(brick.z) * std::size_t(count.y) + std::size_t(brick.y)) * std::size_t(count.x) +
               std::size_t(brick.x);
    }
};

} // namespace fluoro
