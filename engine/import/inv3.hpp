#pragma once
#include <filesystem>
#include <fluoro/patient/volume.hpp>

namespace fluoro {

/// An InVesalius project: a gzip tar with main.plist and the voxels as raw int16. Columns run to the patient's left,
/// rows from posterior to anterior, slices toward the head; its place in space is not kept, so voxel (0,0,0) is the
/// origin.
Patient read_inv3(std::filesystem::path const& file);

} // namespace fluoro
