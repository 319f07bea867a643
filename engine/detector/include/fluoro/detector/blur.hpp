#pragma once
#include <array>
#include <cstddef>
#include <vector>

namespace fluoro {

/// The scintillator's blur, MTF 1/(1 + H f^2), on one pixel grid. The kernel is isotropic; it is held as a sum of a few
/// products of a row and a column filter, which costs a fraction of the full square. Every pixel's energy is kept: the
/// picture is mirrored at its border. docs/theory/detector.md, eq. 5 to 7.
class ScintillatorBlur {
public:
    /// `h_mm2` > 0; `pitch_mm` > 0 of the square pixels.
    ScintillatorBlur(double h_mm2, double pitch_mm);

    /// The filters reach this many pixels to either side.
    int radius() const { return radius_; }
    static constexpr int terms = 3;
    /// What the kernel really does to a wave of `fx`, `fy` [1/mm]: 1 at 0.
    double response(double fx, double fy) const;
    /// Variance of blurred white noise over that of the white noise: the sum of the squared kernel.
    double variance_ratio() const;

    /// The row filters of all terms: `padded` holds `columns` values with radius() more on either side; term t writes
    /// `columns` values from planes[t][offset] on.
    void filter_row(float const* padded, int columns, std::size_t offset,
                    std::vector<std::vector<float>>& planes) const;
    /// The column filters of all terms at row `row` of `rows`: `planes` holds the filtered rows, one after another.
    void combine_rows(std::vector<std::vector<float>> const& planes, int row, int rows, int columns, float* out) const;

private:
    double pitch_mm_ = 0;
    int radius_ = 0;
    std::array<std::vector<float>, terms> taps_;        ///< [term][distance from the middle]
    std::array<std::vector<float>, terms> column_taps_; ///< the same times the term's sign
};

/// Index into [0, count) of a sequence mirrored at its ends (the end itself is repeated once).
constexpr int mirrored(int index, int count)
{
    if (index < 0) index = -1 - index;
    if (index >= count) index = 2 * count - 1 - index;
    return index < 0 ? 0 : index >= count ? count - 1 : index;
}

} // namespace fluoro
