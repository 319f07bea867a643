#pragma once
#include <fluoro/image/image.hpp>

namespace fluoro {

/// Half the size (rounded up), smoothed with the binomial 1 4 6 4 1. Only the pixels of `valid` count: what lies
/// outside, in the picture or beyond its border, has the value of the nearest valid one.
Image<float> reduced(Image<float> const& fine, PixelRect const& valid);
inline Image<float> reduced(Image<float> const& fine)
{
    return reduced(fine, {0, 0, fine.columns, fine.rows});
}

/// One row of the picture twice as fine as `coarse`, smoothly interpolated; `out` holds `columns` values.
void expand_row(Image<float> const& coarse, int row, int columns, float* out);

/// `coarse` interpolated to the size of the finer level.
Image<float> expanded(Image<float> const& coarse, int columns, int rows);

} // namespace fluoro
