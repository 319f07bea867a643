#pragma once
#include "commands.hpp"
#include "json.hpp"

#include <fluoro/patient/volume.hpp>
#include <memory>
#include <vector>

namespace fluoro {

/// How many photons a second are followed through the patient: on one core, on all, and on the device.
void bench_photons(std::shared_ptr<Patient const> const& patient, BenchRequest const& request,
                   std::vector<JsonFields>& results);

} // namespace fluoro
