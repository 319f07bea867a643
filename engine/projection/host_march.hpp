#pragma once
// Inside the projection module: Joseph's method on the processor, many rays at a time.
#include "beam_lattice.hpp"
#include "host_volume.hpp"
#include "most_lanes.hpp"

#include <shared/march.h>
#include <span>

namespace fluoro {

/// Marches those rays of `params` whose main axis is that of `voxels`, through a body moved by `bent` (laid out by
/// `warp`) or, when that has no planes, a still one; [g/cm2] of soft and bone, one for every ray of the whole grid. The
/// others are left as they are. docs/theory/ray-march.md
void host_march(shared::MarchParams const& params, shared::MarchWarp const& warp, BeamLattice const& bent,
                VoxelOrder const& voxels, std::span<glm::vec2> soft_bone_g_cm2, MostLanes most = MostLanes::sixteen);

} // namespace fluoro
