#pragma once
#include "declared_image.hpp"

#include <vector>

namespace fluoro {

/// The first volume of a foreign image as it is stored, slope and intercept applied, in this machine's byte order.
struct ForeignVolume {
    Grid grid;
    NumberType type = NumberType::int16;
    std::vector<std::uint8_t> values;
    std::vector<std::string> notes;
};

/// Reads through ITK what `declared` promised.
ForeignVolume read_with_itk(std::filesystem::path const& file, DeclaredImage const& declared);

} // namespace fluoro
