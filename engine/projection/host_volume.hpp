#pragma once
// Inside the projection module: a patient's CT in the form that the processor marches fastest.
#include "working_volume.hpp"

#include <span>

namespace fluoro {

/// The voxels as rays along one main axis read them: neighbours along u are neighbours in memory.
struct VoxelOrder {
    int u = 0, v = 1, main = 2; ///< the grid's axes
    std::span<std::uint16_t const> biased_hu;
    int v_stride = 0, main_stride = 0; ///< [voxels]
};

/// Voxels in two orders, so that for every main axis there is one with another axis fastest.
class HostVolume {
public:
    explicit HostVolume(WorkingVolume volume);
    Grid const& grid() const { return grid_; }
    VoxelOrder order(int main) const;

private:
    Grid grid_;
    std::vector<std::uint16_t> x_fastest_; ///< then y, z; one more at the end, since pairs are read
    std::vector<std::uint16_t> y_fastest_; ///< then x, z
};

} // namespace fluoro
