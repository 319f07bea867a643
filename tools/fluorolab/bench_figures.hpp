#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace fluoro {

/// Stage name -> ms of every time it was run.
using Stages = std::map<std::string, std::vector<double>>;

inline double percentile(std::vector<double> values, double share)
{
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    return values[std::size_t(std::lround(share * double(values.size() - 1)))];
}

} // namespace fluoro
