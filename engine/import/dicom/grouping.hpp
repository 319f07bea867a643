#pragma once
#include "ct_plane.hpp"
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace fluoro {

/// Planes that may make one volume: one series, size, spacing and orientation, no two at one place.
struct VolumeCandidate {
    std::vector<CtPlane> planes;
    std::vector<std::string> notes; ///< what was dropped
    std::string refused;            ///< why it is no volume although its planes are good; empty = it may be one
};

/// A number that two planes share only if their HU are the same: 64 bits of hash. Decodes the plane.
using PixelDigest = std::function<std::uint64_t(CtPlane const&)>;

/// Groups planes by series, size, spacing and orientation. Where planes of a group lie at the same place, the group is
/// split by what tells them apart (acquisition, phase, kernel, ...); identical copies are dropped with a note; what is
/// left at the same place is split by instance number if that is even, else the candidate is refused.
/// Largest first: most slices, then the finest voxels, then the lowest series number.
std::vector<VolumeCandidate> group_planes(std::vector<CtPlane> planes, PixelDigest const& digest);

} // namespace fluoro
