#pragma once
#include <span>
#include <utility>
#include <vector>

namespace fluoro {

/// Symmetric positive definite equations of a network that is nearly a tree: L D L^T in an order found once, least fill
/// first, so that a tree costs O(n) and a loop a little more. Rows that change at every step come last in that order:
/// the others are factored again only when told.
class SparseLdl {
public:
    /// `pairs`: where the matrix has an entry beside its diagonal; `restless`: rows whose entries change often.
    SparseLdl(int rows, std::vector<std::pair<int, int>> const& pairs, std::vector<int> const& restless);

    int rows() const { return int(column_begin_.size()) - 1; }
    /// Place of a row in the order; all numbers below are places.
    int place(int row) const { return place_[std::size_t(row)]; }
    int first_restless() const { return first_restless_; }
    /// Index into `beside` of the entry between two places.
    int entry(int a, int b) const;
    std::size_t entries() const { return row_.size(); }

    /// Eliminates the quiet rows; `diagonal` and `beside` hold the quiet part of the matrix for all rows.
    void factor_quiet(std::span<double const> diagonal, std::span<double const> beside);
    /// Eliminates the restless rows; `diagonal` and `beside` hold what is to be added to the quiet part there.
    void factor_restless(std::span<double const> diagonal, std::span<double const> beside);
    void solve(std::span<double> right_hand_side) const;

private:
    void eliminate(int place, std::vector<double>& diagonal, std::vector<double>& beside);

    std::vector<int> place_;
    std::vector<int> column_begin_, row_;    ///< below the diagonal, by column; ascending
    std::vector<int> update_begin_, update_; ///< of every pair of a column's rows: the entry it changes
    int first_restless_ = 0;
    std::vector<double> quiet_diagonal_, quiet_beside_; ///< of the restless rows, quiet ones eliminated
    std::vector<double> diagonal_, beside_;             ///< of the restless rows while they are eliminated
    std::vector<double> inverse_, lower_;
};

} // namespace fluoro
