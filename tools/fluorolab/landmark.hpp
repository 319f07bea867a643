#pragma once
#include <fluoro/patient/volume.hpp>
#include <string>

namespace fluoro {

/// Where the patient's landmark of this name is. Throws Error, beginning with `where`, with the names there are.
Vec3 landmark(Patient const& patient, std::string const& name, std::string const& where);

} // namespace fluoro
