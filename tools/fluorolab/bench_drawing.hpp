#pragma once
#include "commands.hpp"
#include "json.hpp"

#include <vector>

namespace fluoro {

/// How long a built-in patient takes to draw, to keep and to read again, and its lumens to index.
void bench_drawing(BenchRequest const& request, std::vector<JsonFields>& results);

} // namespace fluoro
