#include "device_volume.hpp"

#include "cells.hpp"

#include <algorithm>
#include <limits>

namespace fluoro {
namespace {

DeviceVolume::Cells on_device(gpu::Device& device, CellGrid const& cells)
{
    return {{device, cells.count.x, cells.count.y, cells.count.z, cells.words}, cells.sides};
}

} // namespace

std::size_t working_voxels(gpu::DeviceInfo const& device, bool texture)
{
    std::size_t const bytes_per_voxel =
        texture ? 2 : 5; // the processor keeps two orders of 16-bit voxels, and the halved volume
    // A GPU shares its memory with other programs' windows; the software device's heap is a part of the machine's own.
    std::uint64_t const ours = device.is_software ? device.memory_bytes / 4 * 3 : device.memory_bytes / 2;
    return std::size_t(ours) / bytes_per_voxel;
}

DeviceVolume::DeviceVolume(gpu::Device& device, WorkingVolume const& working)
    : grid{working.grid}, texture{device, grid.size.x, grid.size.y, grid.size.z, working.biased_hu},
      cells{on_device(device, find_uniform_cells(working))}, no_cells{on_device(device, one_mixed_cell(grid))}
{
}

} // namespace fluoro
