#pragma once
// Inside the projection module: a patient's CT as a march reads it.
#include <fluoro/patient/volume.hpp>
#include <vector>

namespace fluoro {

/// Voxels as HU + 1024 in 16 bits, perhaps at a coarser level than the CT so that they fit the device.
struct WorkingVolume {
    Grid grid;
    std::vector<std::uint16_t> biased_hu;
    int level = 0; ///< how many times each side was halved
};

/// Halves the grid (means of 2x2x2 voxels) until it has at most `most_voxels` and no side above `longest_side`.
WorkingVolume make_working_volume(Volume const& volume, std::size_t most_voxels, int longest_side);
/// The grid halved along every side once.
WorkingVolume half_as_fine(WorkingVolume const& fine);

} // namespace fluoro
