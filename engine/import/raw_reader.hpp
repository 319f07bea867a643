#pragma once
#include "itk_reader.hpp"

namespace fluoro {

/// Reads the numbers that `declared.raw` describes; geometry is the declared grid.
ForeignVolume read_raw(std::filesystem::path const& file, DeclaredImage const& declared);

} // namespace fluoro
