#pragma once
#include <fluoro/anatomy/parameters.hpp>
#include <string_view>

namespace fluoro {

/// Mass of an organ [g] in a patient of this sex and height: ICRP Publication 89's reference adults, others by the
/// square of their height. Throws Error for an organ that it does not list.
double reference_mass_g(PatientParameters const& patient, std::string_view organ);

} // namespace fluoro
