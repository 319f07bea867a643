#pragma once
// Inside the projection module: a patient's CT on a GPU.
#include "working_volume.hpp"

#include <fluoro/gpu/memory.hpp>
#include <optional>

namespace fluoro {

/// How many voxels a device can work on, by the method's bytes per voxel and half of its memory.
std::size_t working_voxels(gpu::DeviceInfo const& device, bool texture);

/// The volume as a texture that a GPU filters, and which of its cells may be crossed in one step (cells.hpp).
class DeviceVolume {
public:
    DeviceVolume(gpu::Device& device, WorkingVolume const& working);

    Grid grid;
    gpu::VolumeTexture texture;
    struct Cells {
        gpu::VolumeTexture texture;
        glm::ivec3 sides{0}; ///< [voxels]
    };
    Cells cells;    ///< the empty and the uniform ones
    Cells no_cells; ///< everything is sampled
};

} // namespace fluoro
