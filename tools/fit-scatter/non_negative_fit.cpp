#include "non_negative_fit.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {

std::vector<double> non_negative_fit(std::vector<double> const& rows_of_a, std::vector<double> const& b,
                                     std::size_t unknowns)
{
    std::vector<double> normal(unknowns * unknowns, 0.0), right(unknowns, 0.0), x(unknowns, 0.0);
    for (std::size_t row = 0; row < b.size(); ++row) {
        double const* const a = &rows_of_a[row * unknowns];
        for (std::size_t i = 0; i < unknowns; ++i) {
            right[i] += a[i] * b[row];
            for (std::size_t j = 0; j < unknowns; ++j) normal[i * unknowns + j] += a[i] * a[j];
        }
    }
    for (int round = 0; round < 20'000; ++round) {
        double moved = 0;
        for (std::size_t i = 0; i < unknowns; ++i) {
            double slope = right[i];
            for (std::size_t j = 0; j < unknowns; ++j) slope -= normal[i * unknowns + j] * x[j];
            double const better = std::max(0.0, x[i] + slope / normal[i * unknowns + i]);
            moved = std::max(moved, std::abs(better - x[i]) * std::sqrt(normal[i * unknowns + i]));
            x[i] = better;
        }
        if (moved < 1e-6) break;
    }
    return x;
}

} // namespace fluoro
