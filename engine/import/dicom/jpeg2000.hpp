#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace fluoro {

/// A decoded JPEG 2000 picture of one component.
struct Jpeg2000Picture {
    int precision = 0;              ///< bits per sample, 1 .. 32
    std::vector<std::uint32_t> raw; ///< columns * rows; the lowest `precision` bits of each sample
    std::string problem;            ///< why there is no picture; empty if there is one
};

/// Decodes a codestream, or one in a JP2 box, after checking that its size is `columns` x `rows`: nothing is allocated
/// for a picture of another size.
Jpeg2000Picture decode_jpeg2000(std::span<std::uint8_t const> bytes, int columns, int rows);

} // namespace fluoro
