#include "block_chain.hpp"

#include <cmath>
#include <cstddef>

namespace fluoro {

namespace {

/// Lower factor in place, its diagonal inverted: a = L L^T.
void factor(Block& a)
{
    for (std::size_t j = 0; j < 6; ++j) {
        double pivot = a[7 * j];
        for (std::size_t k = 0; k < j; ++k) pivot -= a[6 * j + k] * a[6 * j + k];
        double const inverse = 1 / std::sqrt(pivot);
        a[7 * j] = inverse;
        for (std::size_t i = j + 1; i < 6; ++i) {
            double sum = a[6 * i + j];
            for (std::size_t k = 0; k < j; ++k) sum -= a[6 * i + k] * a[6 * j + k];
            a[6 * i + j] = sum * inverse;
        }
    }
}

/// b = L^-1 b, for all six columns of a block at once.
void forward(Block const& factor, Block& b)
{
    for (std::size_t i = 0; i < 6; ++i) {
        for (std::size_t k = 0; k < i; ++k) {
            double const share = factor[6 * i + k];
            for (std::size_t c = 0; c < 6; ++c) b[6 * i + c] -= share * b[6 * k + c];
        }
        for (std::size_t c = 0; c < 6; ++c) b[6 * i + c] *= factor[7 * i];
    }
}

void forward(Block const& factor, Column& b)
{
    for (std::size_t i = 0; i < 6; ++i) {
        for (std::size_t k = 0; k < i; ++k) b[i] -= factor[6 * i + k] * b[k];
        b[i] *= factor[7 * i];
    }
}

/// b = L^-T b.
void backward(Block const& factor, Column& b)
{
    for (std::size_t i = 6; i-- > 0;) {
        for (std::size_t k = i + 1; k < 6; ++k) b[i] -= factor[6 * k + i] * b[k];
        b[i] *= factor[7 * i];
    }
}

} // namespace

void solve_chain(std::span<ChainRow> rows)
{
    for (std::size_t r = 0; r < rows.size(); ++r) {
        ChainRow& row = rows[r];
        if (r > 0) {
            ChainRow const& before = rows[r - 1];
            for (std::size_t k = 0; k < 6; ++k)
                for (std::size_t i = 0; i < 6; ++i) {
                    double const share = before.to_next[6 * k + i];
                    for (std::size_t j = 0; j < 6; ++j) row.diagonal[6 * i + j] -= share * before.to_next[6 * k + j];
                    row.right[i] -= share * before.right[k];
                }
        }
        factor(row.diagonal);
        forward(row.diagonal, row.right);
        if (r + 1 < rows.size()) forward(row.diagonal, row.to_next);
    }
    for (std::size_t r = rows.size(); r-- > 0;) {
        ChainRow& row = rows[r];
        if (r + 1 < rows.size())
            for (std::size_t i = 0; i < 6; ++i)
                for (std::size_t j = 0; j < 6; ++j) row.right[i] -= row.to_next[6 * i + j] * rows[r + 1].right[j];
        backward(row.diagonal, row.right);
    }
}

} // namespace fluoro
