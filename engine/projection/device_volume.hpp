#pragma once
// Inside the projection module: a patient's CT in the form that a march reads fastest.
#include <array>
#include <fluoro/gpu/memory.hpp>
#include <fluoro/patient/volume.hpp>
#include <optional>
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
/// How many voxels a device can work on, by the method's bytes per voxel and half of its memory.
std::size_t working_voxels(gpu::DeviceInfo const& device, bool texture);

/// For Joseph: pairs of neighbours along u, packed into one word, the main axis fastest in memory; cut into
/// textures of at most the device's longest side.
struct PackedAxis {
    int u = 0, v = 1, main = 2; ///< voxel axes
    int planes_per_texture = 0;
    std::vector<gpu::VolumeTexture> textures;
};

/// One resolution of the volume, ready to be marched: packed for Joseph, or as a texture.
struct MarchVolume {
    Grid grid;
    std::array<PackedAxis, 3> packed;
    std::optional<gpu::VolumeTexture> texture;
    /// Beside a texture: which cells may be crossed in one step (cells.hpp).
    struct Cells {
        gpu::VolumeTexture texture;
        glm::ivec3 sides{0}; ///< [voxels]
    };
    std::optional<Cells> cells;    ///< the empty and the uniform ones
    std::optional<Cells> no_cells; ///< everything is sampled
};

/// The volume in full, and, for Joseph, halved: a view that is passing is marched through the halved one.
class DeviceVolume {
public:
    DeviceVolume(gpu::Device& device, Volume const& volume, bool texture);
    int level() const { return level_; }
    MarchVolume const& full() const { return full_; }
    MarchVolume const& halved() const { return halved_; } ///< empty when a texture

private:
    int level_ = 0;
    MarchVolume full_, halved_;
};

} // namespace fluoro
