#pragma once
#include "commands.hpp"
#include "json.hpp"

#include <memory>
#include <vector>

namespace fluoro {

struct Patient;

/// What the parts of a living body cost in a frame of 1/60 s, on one core while a coronary injection and a swallow are
/// under way, and what the displacement of a picture costs.
void bench_body(std::shared_ptr<Patient const> const& patient, BenchRequest const& request,
                std::vector<JsonFields>& results);

} // namespace fluoro
