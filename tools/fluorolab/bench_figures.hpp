#pragma once
#include <fluoro/core/percentile.hpp>
#include <map>
#include <string>
#include <vector>

namespace fluoro {

/// Stage name -> ms of every time it was run.
using Stages = std::map<std::string, std::vector<double>>;

} // namespace fluoro
