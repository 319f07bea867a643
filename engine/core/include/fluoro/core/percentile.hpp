#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace fluoro {

/// The value that a share of all is not above; 0 of none.
inline double percentile(std::vector<double> values, double share)
{
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    return values[std::size_t(std::lround(share * double(values.size() - 1)))];
}

} // namespace fluoro
