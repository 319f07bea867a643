#pragma once
#include <filesystem>
#include <fluoro/image/image.hpp>
#include <span>

namespace fluoro {

/// Grey PNG of 16 bits a pixel, values as they are. Written whole or not at all (temporary file, then rename).
/// Throws Error (failed) if the file cannot be written.
void write_png16(std::filesystem::path const& file, Image<std::uint16_t> const& image);
/// Grey PNG of 8 bits a pixel.
void write_png8(std::filesystem::path const& file, Image<std::uint8_t> const& image);
/// MetaImage: NDims 2, interleaved channels, little-endian MET_FLOAT, data in the file, row 0 first.
/// All channels have one size; throws Error (failed) if the file cannot be written.
void write_mha(std::filesystem::path const& file, std::span<Image<float> const> channels, double pixel_pitch_mm);

} // namespace fluoro
