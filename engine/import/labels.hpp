#pragma once
#include <cstdint>
#include <fluoro/patient/volume.hpp>
#include <string>
#include <vector>

namespace fluoro {

/// `ids`, stored on `from`, in the voxel order of `ct`. The two grids must be one and the same in space to 1e-3 mm;
/// axes may be stored in another order or direction (converters turn rows around). Error naming both grids otherwise.
std::vector<std::uint16_t> labels_on(Grid const& ct, Grid const& from, std::vector<std::uint16_t> ids,
                                     std::string const& where);

} // namespace fluoro
