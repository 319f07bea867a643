#pragma once
// Inside the instruments module: where the shell of a vertebra is broken.
#include <cstdint>
#include <fluoro/patient/volume.hpp>
#include <vector>

namespace fluoro {

/// Voxels of the CT, ascending, where this label's shell has a hole: a patch of at least 30 mm2 that is nowhere denser
/// than 75 HU through 2.5 mm along its normal. docs/theory/cement.md, section 3
std::vector<std::uint32_t> shell_holes(Patient const& patient, int label);

} // namespace fluoro
