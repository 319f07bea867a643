#pragma once
#include <array>

namespace fluoro {

/// Turns the noise-shaped blur into the pixel's own transfer for the mean picture: a short filter along rows and
/// columns whose response is presampled_mtf / noise_transfer. The picture's rays are points; a pixel is a square.
/// docs/theory/detector.md, eq. 8
class ApertureFilter {
public:
    static constexpr int radius = 3;
    /// `h_mm2` > 0, `pitch_mm` > 0.
    ApertureFilter(double h_mm2, double pitch_mm);
    /// What it does to a wave of fx, fy [1/mm]: 1 at 0.
    double response(double fx, double fy) const;
    /// Along columns: `rows` are the rows radius above to radius below, `columns` values are written.
    void filter_column(std::array<float const*, 2 * radius + 1> const& rows, int columns, float* out) const;
    /// Along a row: `padded` points at column 0 and has `radius` values more on either side; `centre` holds the
    /// unfiltered row. No pixel falls below half of what its own ray brought: the filter's negative taps must not dig a
    /// trench beside the direct beam.
    void filter_row(float const* padded, float const* centre, int columns, float* out) const;

private:
    double pitch_mm_ = 0;
    std::array<float, radius + 1> taps_{}; ///< by distance from the middle
};

} // namespace fluoro
