#pragma once
#include <array>
#include <span>

namespace fluoro {

/// 6 x 6, row by row.
using Block = std::array<double, 36>;
using Column = std::array<double, 6>;

/// One row of a chain: a symmetric block on the diagonal, the block that ties it to the next row, its right side.
/// Solving leaves the solution in `right`.
struct ChainRow {
    alignas(64) Block diagonal;
    alignas(64) Block to_next; ///< not read in the last row
    Column right;
};

/// Solves a symmetric positive definite chain of blocks, each tied to its neighbours alone, directly (Thomas' way with
/// Cholesky's factors of each block): the cost grows with the length and nothing is left over. docs/theory/rods.md
void solve_chain(std::span<ChainRow> rows);

} // namespace fluoro
