#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace fluoro {

/// A plain picture: row 0 first (the top), column 0 first (the left as displayed).
template <class Value> struct Image {
    int columns = 0;
    int rows = 0;
    std::vector<Value> values; ///< rows * columns

    Image() = default;
    Image(int columns_, int rows_, Value value = {})
        : columns{columns_}, rows{rows_}, values(std::size_t(columns_) * std::size_t(rows_), value)
    {
    }
    Value& at(int column, int row) { return values[std::size_t(row) * std::size_t(columns) + std::size_t(column)]; }
    Value const& at(int column, int row) const
    {
        return values[std::size_t(row) * std::size_t(columns) + std::size_t(column)];
    }
};

/// Rectangle of pixels [column, column + columns) x [row, row + rows).
struct PixelRect {
    int column = 0;
    int row = 0;
    int columns = 0;
    int rows = 0;
    friend bool operator==(PixelRect const&, PixelRect const&) = default;
};

/// What the scintillator absorbs during one pulse, before any noise or blur.
struct Signal {
    Image<float> primary;               ///< mean absorbed energy [keV/mm2]
    Image<float> primary_second_moment; ///< sum of quanta x energy^2 [keV2/mm2]: the variance per mm2
    Image<float> scatter;               ///< mean absorbed energy of scatter [keV/mm2]
    Image<float> scatter_second_moment; ///< [keV2/mm2]
    Image<float> open_beam; ///< mean energy that an open beam of this quality would leave, relative to the central
                            ///< ray's: obliquity and heel, no blades, wedges, patient or scatter; empty = 1 everywhere
    double pixel_pitch_mm = 0; ///< square pixels on the detector plane
    PixelRect exposed;         ///< pixels that the blades let the beam reach, penumbra included
};

/// Digital numbers as the detector hands them over: linear in absorbed energy, noise included, corrected for dead
/// pixels and for the open beam's own shape (flat field).
struct RawImage {
    Image<std::uint16_t> digital_numbers; ///< 0 .. saturation
    double dn_per_kev_mm2 = 0;            ///< gain: digital numbers per keV/mm2
    std::uint16_t saturation = 65535;
    double pixel_pitch_mm = 0;
    PixelRect exposed;
};

/// What is shown: 12 bits, 0 black .. 4095 white.
struct Picture {
    Image<std::uint16_t> grey;
};

} // namespace fluoro
