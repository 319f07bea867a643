#pragma once
#include <fluoro/lumen/bricks.hpp>
#include <functional>
#include <memory>
#include <span>

namespace fluoro {

/// A field in bricks as Bricks has it, each of them drawn when a voxel of it is first asked for. For one thread.
template <class Value> class DrawnBricks {
public:
    static constexpr int side = Bricks<Value>::side;
    static constexpr std::size_t voxels = Bricks<Value>::voxels;
    /// Fills a brick's values, given its first voxel; says false for one that is empty: all of it is `outside`.
    using Draw = std::function<bool(glm::ivec3 const& first, std::span<Value, voxels>)>;

    DrawnBricks(FieldGrid const& grid, Value outside, Draw draw)
        : grid_{grid}, count_{(grid.size + side - 1) / side}, outside_{outside}, draw_{std::move(draw)},
          table_(std::size_t(count_.x) * std::size_t(count_.y) * std::size_t(count_.z), unseen)
    {
    }
    FieldGrid const& grid() const { return grid_; }

    /// Value of a voxel; `outside` for one that is not on the grid.
    Value at(glm::ivec3 const& voxel) const
    {
        if (voxel.x < 0 || voxel.y < 0 || voxel.z < 0 || voxel.x >= grid_.size.x || voxel.y >= grid_.size.y ||
            voxel.z >= grid_.size.z)
            return outside_;
        Value const* const values = brick(voxel / side);
        return values ? values[in_brick(voxel % side)] : outside_;
    }

    /// Values of a voxel and its next neighbours up each axis, x fastest: the corners of a cell.
    std::array<Value, 8> corners(glm::ivec3 const& low) const
    {
        std::array<Value, 8> found;
        auto const is_within = [](int v, int many) { return v >= 0 && v + 1 < many && v % side + 1 < side; };
        if (is_within(low.x, grid_.size.x) && is_within(low.y, grid_.size.y) && is_within(low.z, grid_.size.z)) {
            Value const* const values = brick(low / side);
            if (!values) {
                found.fill(outside_);
                return found;
            }
            Value const* const first = values + in_brick(low % side);
            for (std::size_t n = 0; n < 8; ++n)
                found[n] = first[(n & 1) + (n >> 1 & 1) * std::size_t(side) + (n >> 2) * std::size_t(side * side)];
            return found;
        }
        for (int n = 0; n < 8; ++n) found[std::size_t(n)] = at(low + glm::ivec3{n & 1, n >> 1 & 1, n >> 2});
        return found;
    }

private:
    static constexpr std::int32_t unseen = -2, none = -1;
    static constexpr std::size_t together = 64; ///< bricks that are allocated at once
    static std::size_t in_brick(glm::ivec3 const& at) { return std::size_t((at.z * side + at.y) * side + at.x); }

    /// Null for an empty one.
    Value const* brick(glm::ivec3 const& at) const
    {
        std::int32_t& number =
            table_[(std::size_t(at.z) * std::size_t(count_.y) + std::size_t(at.y)) * std::size_t(count_.x) +
                   std::size_t(at.x)];
        if (number == unseen) {
            if (drawn_ == pool_.size() * together) pool_.push_back(std::make_unique<Value[]>(together * voxels));
            std::span<Value, voxels> const values{place(drawn_), voxels};
            std::ranges::fill(values, outside_);
            number = draw_(at * side, values) ? std::int32_t(drawn_++) : none;
        }
        return number == none ? nullptr : place(std::size_t(number));
    }
    Value* place(std::size_t number) const { return pool_[number / together].get() + number % together * voxels; }

    FieldGrid grid_;
    glm::ivec3 count_{0};
    Value outside_{};
    Draw draw_;
    mutable std::vector<std::int32_t> table_; ///< one per brick: its number in the pool, or none, or unseen
    mutable std::vector<std::unique_ptr<Value[]>> pool_;
    mutable std::size_t drawn_ = 0;
};

} // namespace fluoro
