#pragma once
#include "declared_image.hpp"

#include <cstddef>
#include <vector>

namespace fluoro {

/// The first volume of a foreign image as it is stored, slope and intercept applied, in this machine's byte order.
struct ForeignVolume {
    Grid grid;
    NumberType type = NumberType::int16;
    std::vector<std::byte> values;
    std::vector<std::string> notes;
};

/// Reads through ITK what `declared` promised. `scratch`: see ReadOptions.
ForeignVolume read_with_itk(std::filesystem::path const& file, DeclaredImage const& declared,
                            std::filesystem::path const& scratch);

} // namespace fluoro
