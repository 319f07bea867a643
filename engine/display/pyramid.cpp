#include "pyramid.hpp"

#include <algorithm>
#include <fluoro/core/parallel.hpp>
#include <vector>

namespace fluoro {

Image<float> reduced(Image<float> const& fine, PixelRect const& valid)
{
    Image<float> coarse{(fine.columns + 1) / 2, (fine.rows + 1) / 2};
    int const last_column = valid.column + valid.columns - 1, last_row = valid.row + valid.rows - 1;
    auto const work = [&](int first, int last) {
        // One row smoothed along the columns, with the two more values on either side that its own smoothing needs.
        std::vector<float> smooth(std::size_t(fine.columns + 5));
        for (int y = first; y < last; ++y) {
            float const* rows[5];
            for (int i = 0; i < 5; ++i) rows[i] = &fine.at(0, std::clamp(2 * y + i - 2, valid.row, last_row));
            float* const middle = smooth.data() + 2;
            for (int x = valid.column; x <= last_column; ++x)
                middle[x] = (rows[0][x] + rows[4][x] + 4 * (rows[1][x] + rows[3][x]) + 6 * rows[2][x]) * (1.0f / 16);
            std::fill(smooth.data(), middle + valid.column, middle[valid.column]);
            std::fill(middle + last_column + 1, smooth.data() + smooth.size(), middle[last_column]);
            float* const out = &coarse.at(0, y);
            for (int x = 0; x < coarse.columns; ++x) {
                float const* const s = middle + 2 * x;
                out[x] = (s[-2] + s[2] + 4 * (s[-1] + s[1]) + 6 * s[0]) * (1.0f / 16);
            }
        }
    };
    // Threads are only worth their start on the finest level.
    if (coarse.rows >= 128)
        parallel_for(coarse.rows, work);
    else
        work(0, coarse.rows);
    return coarse;
}

void expand_row(Image<float> const& coarse, int row, int columns, float* out)
{
    auto const row_at = [&](int r) { return &coarse.at(0, std::clamp(r, 0, coarse.rows - 1)); };
    int const y = row / 2;
    std::vector<float> line(std::size_t(coarse.columns + 2));
    float* const middle = line.data() + 1;
    float const *const here = row_at(y), *const after = row_at(y + 1);
    if (row % 2 == 0) {
        float const* const before = row_at(y - 1);
        for (int x = 0; x < coarse.columns; ++x) middle[x] = (before[x] + 6 * here[x] + after[x]) * 0.125f;
    } else {
        for (int x = 0; x < coarse.columns; ++x) middle[x] = (here[x] + after[x]) * 0.5f;
    }
    middle[-1] = middle[0];
    middle[coarse.columns] = middle[coarse.columns - 1];
    for (int x = 0; 2 * x < columns; ++x) out[2 * x] = (middle[x - 1] + 6 * middle[x] + middle[x + 1]) * 0.125f;
    for (int x = 0; 2 * x + 1 < columns; ++x) out[2 * x + 1] = (middle[x] + middle[x + 1]) * 0.5f;
}

Image<float> expanded(Image<float> const& coarse, int columns, int rows)
{
    Image<float> fine{columns, rows};
    for (int row = 0; row < rows; ++row) expand_row(coarse, row, columns, &fine.at(0, row));
    return fine;
}

} // namespace fluoro
