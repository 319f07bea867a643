#pragma once
#include <cstddef>
#include <vector>

namespace fluoro {

/// The panel's blur as quanta feel it: light spread and pixel aperture, sampled, on one pixel grid: response
/// noise_transfer. It is held as a sum of a few products of a row and a column filter, which costs a fraction of the
/// full square. Every pixel's energy is kept: the picture is mirrored at its border. docs/theory/detector.md, eq. 6, 7
class ScintillatorBlur {
public:
    /// `h_mm2` > 0; `pitch_mm` > 0 of the square pixels.
    ScintillatorBlur(double h_mm2, double pitch_mm);

    /// The filters reach this many pixels to either side.
    int radius() const { return radius_; }
    /// Products that the kernel is the sum of.
    std::size_t terms() const { return terms_; }
    /// What the kernel really does to a wave of `fx`, `fy` [1/mm]: 1 at 0.
    double response(double fx, double fy) const;
    /// Variance of blurred white noise over that of the white noise: the sum of the squared kernel.
    double variance_ratio() const;

    /// The row filters of all terms: `padded` points at column 0 and has radius() more values on either side; term t
    /// writes `columns` values from planes[t][offset] on.
    void filter_row(float const* padded, int columns, std::size_t offset,
                    std::vector<std::vector<float>>& planes) const;
    /// The column filters of all terms at row `row` of `rows`: `planes` holds the filtered rows, one after another.
    void combine_rows(std::vector<std::vector<float>> const& planes, int row, int rows, int columns, float* out) const;

private:
    template <int Terms>
    void filter_row_of(float const* padded, int columns, std::size_t offset,
                       std::vector<std::vector<float>>& planes) const;

    double pitch_mm_ = 0;
    int radius_ = 0;
    std::size_t terms_ = 0;
    std::vector<std::vector<float>> taps_;        ///< [term][distance from the middle]
    std::vector<std::vector<float>> column_taps_; ///< the same times the term's sign
};

/// Index into [0, count) of a sequence mirrored at its ends (the end itself is repeated once).
constexpr int mirrored(int index, int count)
{
    if (index < 0) index = -1 - index;
    if (index >= count) index = 2 * count - 1 - index;
    return index < 0 ? 0 : index >= count ? count - 1 : index;
}
/// The `radius` values on either side of a row of `columns` values.
inline void mirror_ends(float* row, int columns, int radius)
{
    for (int i = 1; i <= radius; ++i) {
        row[-i] = row[mirrored(-i, columns)];
        row[columns - 1 + i] = row[mirrored(columns - 1 + i, columns)];
    }
}

} // namespace fluoro
