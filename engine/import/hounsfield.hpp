#pragma once
#include "itk_reader.hpp"

#include <string>
#include <vector>

namespace fluoro {

/// Stored numbers -> Hounsfield units: padding (-1500 and below, or no number at all) becomes air, fractions are
/// rounded, what int16 cannot hold is clamped, each with a note. Throws Error (beginning with `where`) for values that
/// cannot be HU: masks, normalised images, MR.
std::vector<std::int16_t> to_hounsfield(ForeignVolume const& volume, std::string const& where,
                                        std::vector<std::string>& notes);

/// Stored numbers -> label ids; Error unless all are whole and within 0-65535.
std::vector<std::uint16_t> to_label_ids(ForeignVolume const& volume, std::string const& where);

} // namespace fluoro
