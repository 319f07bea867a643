#pragma once
#include <vector>

namespace fluoro {

/// The x >= 0 that makes |A x - b| least; `rows_of_a` holds A row by row, `unknowns` numbers each. Coordinate descent.
std::vector<double> non_negative_fit(std::vector<double> const& rows_of_a, std::vector<double> const& b,
                                     std::size_t unknowns);

} // namespace fluoro
