#pragma once
#include <array>
#include <cstdint>
#include <fluoro/core/geometry.hpp>
#include <optional>
#include <string>

namespace fluoro {

/// How one stored sample lies in its bits (PS3.5 section 8).
struct SampleFormat {
    int bits_allocated = 16; ///< 8, 16 or 32
    int bits_stored = 16;    ///< 1 .. bits_allocated
    int high_bit = 15;       ///< bits_stored - 1 .. bits_allocated - 1
    bool is_signed = false;
    std::optional<std::uint32_t> padding;       ///< Pixel Padding Value, its bits as they stand
    std::optional<std::uint32_t> padding_limit; ///< Pixel Padding Range Limit, likewise
    friend bool operator==(SampleFormat const&, SampleFormat const&) = default;
};

/// What two volumes of one series may differ in where their slices lie at the same places, most telling first.
enum class Trait { acquisition, phase, image_type, kernel, contrast, count };

/// One image plane of a CT: a single-frame file or one frame of a multi-frame file.
struct CtPlane {
    int file = 0;  ///< index into the list of files
    int frame = 0; ///< from 0
    int columns = 0;
    int rows = 0;
    double column_spacing_mm = 0; ///< between neighbours in a row
    double row_spacing_mm = 0;    ///< between rows
    Vec3 position_mm{0.0};        ///< LPS centre of the first pixel
    Vec3 along_row{1, 0, 0};      ///< unit, the way columns count up
    Vec3 along_column{0, 1, 0};   ///< unit, the way rows count up, normal to `along_row`
    double slope = 1;             ///< HU = slope * stored + intercept
    double intercept = 0;
    SampleFormat format;
    std::string series;      ///< unique id; never leaves the module
    std::string series_name; ///< "series 3 'Thorax'"
    long series_number = 0;
    long instance = 0;
    std::array<std::string, std::size_t(Trait::count)> traits;
    double tube_voltage_kv = 0;
    std::string patient_position;

    Vec3 normal() const { return glm::cross(along_row, along_column); }
};

} // namespace fluoro
