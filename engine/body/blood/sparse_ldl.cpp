#include "blood/sparse_ldl.hpp"
#include <algorithm>
#include <set>

namespace fluoro {

SparseLdl::SparseLdl(int rows, std::vector<std::pair<int, int>> const& pairs, std::vector<int> const& restless)
{
    auto const count = std::size_t(rows);
    std::vector<std::set<int>> beside(count);
    for (auto const& [a, b] : pairs) {
        if (a == b) continue;
        beside[std::size_t(a)].insert(b);
        beside[std::size_t(b)].insert(a);
    }
    std::vector<char> is_restless(count, 0);
    for (int const row : restless) is_restless[std::size_t(row)] = 1;

    // Least fill: always the row with the fewest neighbours left; among equals the first. Restless ones wait.
    std::set<std::pair<int, int>> waiting; // (neighbours, row)
    auto rank = [&](int row) {
        return std::pair{int(beside[std::size_t(row)].size()) + (is_restless[std::size_t(row)] ? rows : 0), row};
    };
    for (int row = 0; row < rows; ++row) waiting.insert(rank(row));
    place_.assign(count, 0);
    std::vector<std::vector<int>> column(count);
    first_restless_ = rows;
    for (int place = 0; place < rows; ++place) {
        int const row = waiting.begin()->second;
        waiting.erase(waiting.begin());
        if (is_restless[std::size_t(row)]) first_restless_ = std::min(first_restless_, place);
        place_[std::size_t(row)] = place;
        auto const& left = beside[std::size_t(row)];
        column[std::size_t(place)].assign(left.begin(), left.end());
        for (int const a : left) {
            waiting.erase(rank(a));
            auto& others = beside[std::size_t(a)];
            others.erase(row);
            for (int const b : left)
                if (b != a) others.insert(b);
            waiting.insert(rank(a));
        }
    }
    column_begin_.assign(count + 1, 0);
    for (int place = 0; place < rows; ++place) {
        auto& below = column[std::size_t(place)];
        for (int& row : below) row = place_[std::size_t(row)];
        std::sort(below.begin(), below.end());
        row_.insert(row_.end(), below.begin(), below.end());
        column_begin_[std::size_t(place) + 1] = int(row_.size());
    }
    update_begin_.assign(count, 0);
    for (int place = 0; place < rows; ++place) {
        update_begin_[std::size_t(place)] = int(update_.size());
        auto const& below = column[std::size_t(place)];
        for (std::size_t i = 0; i < below.size(); ++i)
            for (std::size_t j = 0; j < i; ++j) update_.push_back(entry(below[i], below[j]));
    }
    inverse_.assign(count, 0);
    lower_.assign(row_.size(), 0);
    quiet_diagonal_.assign(count, 0);
    quiet_beside_.assign(row_.size(), 0);
    diagonal_ = quiet_diagonal_;
    beside_ = quiet_beside_;
}

int SparseLdl::entry(int a, int b) const
{
    auto const column = std::size_t(std::min(a, b));
    auto const first = row_.begin() + column_begin_[column], last = row_.begin() + column_begin_[column + 1];
    return int(std::lower_bound(first, last, std::max(a, b)) - row_.begin());
}

void SparseLdl::eliminate(int place, std::vector<double>& diagonal, std::vector<double>& beside)
{
    auto const k = std::size_t(place);
    double const inverse = 1 / diagonal[k];
    inverse_[k] = inverse;
    int update = update_begin_[k];
    for (int i = column_begin_[k]; i < column_begin_[k + 1]; ++i) {
        double const value = beside[std::size_t(i)], lower = value * inverse;
        lower_[std::size_t(i)] = lower;
        diagonal[std::size_t(row_[std::size_t(i)])] -= lower * value;
        for (int j = column_begin_[k]; j < i; ++j, ++update)
            beside[std::size_t(update_[std::size_t(update)])] -= lower * beside[std::size_t(j)];
    }
}

void SparseLdl::factor_quiet(std::span<double const> diagonal, std::span<double const> beside)
{
    std::copy(diagonal.begin(), diagonal.end(), quiet_diagonal_.begin());
    std::copy(beside.begin(), beside.end(), quiet_beside_.begin());
    for (int place = 0; place < first_restless_; ++place) eliminate(place, quiet_diagonal_, quiet_beside_);
}

void SparseLdl::factor_restless(std::span<double const> diagonal, std::span<double const> beside)
{
    for (auto k = std::size_t(first_restless_); k < inverse_.size(); ++k)
        diagonal_[k] = quiet_diagonal_[k] + diagonal[k];
    for (auto i = std::size_t(column_begin_[std::size_t(first_restless_)]); i < row_.size(); ++i)
        beside_[i] = quiet_beside_[i] + beside[i];
    for (int place = first_restless_; place < rows(); ++place) eliminate(place, diagonal_, beside_);
}

void SparseLdl::solve(std::span<double> x) const
{
    std::size_t const count = inverse_.size();
    int const* const row = row_.data();
    double const* const lower = lower_.data();
    double* const value = x.data();
    for (std::size_t k = 0; k < count; ++k) {
        double const known = value[k];
        for (int i = column_begin_[k]; i < column_begin_[k + 1]; ++i) value[row[i]] -= lower[i] * known;
    }
    for (std::size_t k = count; k-- > 0;) {
        double sum = value[k] * inverse_[k];
        for (int i = column_begin_[k]; i < column_begin_[k + 1]; ++i) sum -= lower[i] * value[row[i]];
        value[k] = sum;
    }
}

} // namespace fluoro
