#pragma once
#include "declared_image.hpp"

#include <cstddef>
#include <vector>

namespace fluoro {

enum class NumberType { int8, uint8, int16, uint16, int32, uint32, int64, uint64, float32, float64 };

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
