#pragma once
#include <cstddef>
#include <fluoro/patient/volume.hpp>

namespace fluoro {

/// Turns everything outside the body into air (-1000 HU): the couch, head holders, blankets, cables.
/// The body is the largest connected part above -300 HU after thin bridges (up to 6 mm) are cut, with whatever else is
/// at least as thick as a limb (30 mm), all that these enclose in a slice, and one voxel around for the skin's edge.
/// Returns how many voxels above -900 HU it removed. Time is linear in the number of voxels.
std::size_t remove_couch(Volume& ct);

} // namespace fluoro
