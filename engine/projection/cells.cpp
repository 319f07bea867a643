#include "cells.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/parallel.hpp>
#include <fluoro/physics/basis.hpp>
#include <shared/march.h>

namespace fluoro {
namespace {

/// Noise averages out from cell to cell, structure does not: the means of a cell's eighths, which show structure, are
/// held to a smaller part of the error that one line may have.
constexpr double structure_share = 0.3;

std::uint32_t half_word(double value, double least, double step)
{
    return std::uint32_t(std::lround((value - least) / step));
}

/// The voxels of one cell and one more on every side (repeated at the volume's edge, as the texture is), and how much
/// of each lies in the cell: of a voxel just outside the linear interpolation brings 1/8 in, of one just inside 7/8
/// stays.
class Block {
public:
    Block(WorkingVolume const& volume, glm::ivec3 first, glm::ivec3 sides)
    {
        glm::ivec3 const n = volume.grid.size;
        std::vector<std::size_t> at[3];
        for (int axis = 0; axis < 3; ++axis) {
            inside_[axis] = std::min(sides[axis], n[axis] - first[axis]);
            count_[axis] = inside_[axis] + 2;
            weights_[axis].assign(std::size_t(count_[axis]), 1.0);
            weights_[axis].front() = weights_[axis].back() = 0.125;
            weights_[axis][1] -= 0.125;
            weights_[axis][std::size_t(inside_[axis])] -= 0.125;
            for (int i = 0; i < count_[axis]; ++i)
                at[axis].push_back(std::size_t(std::clamp(first[axis] + i - 1, 0, n[axis] - 1)));
        }
        values_.reserve(std::size_t(count_.x) * std::size_t(count_.y) * std::size_t(count_.z));
        for (auto const k : at[2])
            for (auto const j : at[1]) {
                std::uint16_t const* const row =
                    volume.biased_hu.data() + (k * std::size_t(n.y) + j) * std::size_t(n.x);
                for (auto const i : at[0]) values_.push_back(row[i]);
            }
    }

    /// Difference of the largest and the smallest voxel.
    int range() const
    {
        auto const [least, most] = std::minmax_element(values_.begin(), values_.end());
        return *most - *least;
    }
    /// Mean over the cell of `value_of` the voxel.
    template <class Of> double mean(Of const& value_of) const
    {
        double sum = 0;
        auto value = values_.begin();
        for (double const wz : weights_[2])
            for (double const wy : weights_[1])
                for (double const wx : weights_[0]) sum += wx * wy * wz * value_of(*value++);
        return sum / (double(inside_.x) * inside_.y * inside_.z);
    }
    /// Largest difference between `mean` and the mean of a line along `axis`.
    double worst_line(int axis, double mean) const
    {
        glm::ivec3 const strides{1, count_.x, count_.x * count_.y};
        int const u = (axis + 1) % 3, v = (axis + 2) % 3;
        double worst = 0;
        for (int j = 0; j < count_[v]; ++j)
            for (int i = 0; i < count_[u]; ++i) {
                auto const start = std::size_t(i * strides[u] + j * strides[v]);
                double sum = 0;
                for (int k = 0; k < count_[axis]; ++k)
                    sum += weights_[axis][std::size_t(k)] * values_[start + std::size_t(k * strides[axis])];
                worst = std::max(worst, std::abs(sum / inside_[axis] - mean));
            }
        return worst;
    }
    /// Largest difference between `mean` and the mean of an eighth of the cell (half of it along each axis).
    double worst_eighth(double mean) const
    {
        double worst = 0;
        for (int eighth = 0; eighth < 8; ++eighth) {
            glm::ivec3 from, to;
            for (int axis = 0; axis < 3; ++axis) {
                int const half = (inside_[axis] + 1) / 2;
                bool const upper = (eighth >> axis & 1) != 0;
                from[axis] = upper ? 1 + inside_[axis] - half : 1;
                to[axis] = from[axis] + half;
            }
            double sum = 0;
            for (int k = from.z; k < to.z; ++k)
                for (int j = from.y; j < to.y; ++j)
                    for (int i = from.x; i < to.x; ++i) sum += values_[std::size_t((k * count_.y + j) * count_.x + i)];
            glm::ivec3 const sides = to - from;
            worst = std::max(worst, std::abs(sum / (double(sides.x) * sides.y * sides.z) - mean));
        }
        return worst;
    }
    int inside(int axis) const { return inside_[axis]; }

private:
    glm::ivec3 inside_{0}, count_{0};
    std::vector<double> weights_[3];
    std::vector<std::uint16_t> values_;
};

} // namespace

CellGrid find_uniform_cells(WorkingVolume const& volume, double most_error_g_cm2)
{
    CellGrid cells;
    for (int axis = 0; axis < 3; ++axis)
        cells.sides[axis] = std::clamp(int(std::lround(cell_side_mm / volume.grid.spacing_mm[axis])), 2, 8);
    cells.count = (volume.grid.size + cells.sides - 1) / cells.sides;
    cells.words.assign(std::size_t(cells.count.x) * std::size_t(cells.count.y) * std::size_t(cells.count.z),
                       shared::march_cell_mixed);
    // How far a line's mean may be off, over this many voxels of an axis [HU].
    auto const allowed_hu = [&](int axis, int voxels) {
        return 1000 * most_error_g_cm2 / (0.1 * volume.grid.spacing_mm[axis] * voxels);
    };
    double const one_voxel = std::max({allowed_hu(0, 1), allowed_hu(1, 1), allowed_hu(2, 1)});
    parallel_for(cells.count.y * cells.count.z, [&](int first, int last) {
        for (int row = first; row < last; ++row)
            for (int i = 0; i < cells.count.x; ++i) {
                Block const block{volume, cells.sides * glm::ivec3{i, row % cells.count.y, row / cells.count.y},
                                  cells.sides};
                // An edge in the cell: quickly out. One voxel may hardly be farther off than a whole line.
                if (block.range() > 2 * one_voxel) continue;
                double const mean = block.mean([](std::uint16_t v) { return double(v); });
                double const through = std::min(
                    {allowed_hu(0, block.inside(0)), allowed_hu(1, block.inside(1)), allowed_hu(2, block.inside(2))});
                bool uniform = block.worst_eighth(mean) <= structure_share * through;
                for (int axis = 0; axis < 3 && uniform; ++axis)
                    uniform = block.worst_line(axis, mean) <= allowed_hu(axis, block.inside(axis));
                double const above_air = mean - shared::hu_bias + 1000;
                double const bone = block.mean(
                    [](std::uint16_t v) { return basis_densities(int(v) - int(shared::hu_bias)).bone_g_cm3; });
                // What the two 16-bit halves hold; the last word means "mixed".
                uniform = uniform && above_air < 4071 && bone < 3;
                if (!uniform) continue;
                cells.words[std::size_t(row) * std::size_t(cells.count.x) + std::size_t(i)] =
                    half_word(above_air, shared::cell_least_hu, shared::cell_hu_step) |
                    half_word(bone, shared::cell_least_bone_g_cm3, shared::cell_bone_step_g_cm3) << 16;
            }
    });
    return cells;
}

CellGrid one_mixed_cell(Grid const& grid)
{
    CellGrid cells;
    cells.sides = grid.size;
    cells.words = {shared::march_cell_mixed};
    return cells;
}

} // namespace fluoro
