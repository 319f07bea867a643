#pragma once
// The heart alone of a built-in patient.
#include "builders.hpp"

#include <fluoro/anatomy/coronary.hpp>

namespace fluoro {

inline Anatomy heart_of(std::string const& name, std::vector<std::string> const& options = {})
{
    Anatomy anatomy;
    PatientParameters who = built_in_patient(name);
    for (std::string const& option : options) set(who, option);
    anatomy.plan = plan_body(who);
    build_heart(anatomy);
    return anatomy;
}

} // namespace fluoro
