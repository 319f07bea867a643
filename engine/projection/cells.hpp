#pragma once
// Inside the projection module: which cells of a volume a ray may cross in one step.
#include "device_volume.hpp"

namespace fluoro {

/// About the length of a cell's sides [mm], within 2 to 8 voxels.
inline constexpr double cell_side_mm = 7;
/// What crossing a uniform cell in one step may put wrong on a line along an axis [g/cm2]; docs/theory/ray-march.md
/// says what that does to a picture.
inline constexpr double most_cell_error_g_cm2 = 0.02;

/// One word per cell, as shaders/shared/march.h reads it; i fastest. Voxel (i, j, k) lies in cell (i, j, k) / sides.
struct CellGrid {
    glm::ivec3 count{1};
    glm::ivec3 sides{1}; ///< [voxels]
    std::vector<std::uint32_t> words;
};

/// A cell is uniform when on each of its lines along the three axes the mean HU differs from the cell's own mean by no
/// more than `most_error_g_cm2` over the cell's length, and the mean of each of its eighths by no more than 0.3 of
/// that. The voxels around it count too, since the interpolation between voxel centres brings them in. Its record holds
/// the means of the interpolated HU and of the bone density, so that the sum over all rays stays what it was.
CellGrid find_uniform_cells(WorkingVolume const& volume, double most_error_g_cm2 = most_cell_error_g_cm2);
/// One cell for all, never crossed in one step: a plain march.
CellGrid one_mixed_cell(Grid const& grid);

} // namespace fluoro
