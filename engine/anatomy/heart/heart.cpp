#include "../builders.hpp"

namespace fluoro {

std::vector<PatientOption> heart_options()
{
    return {};
}

void build_heart(Anatomy&) {}

} // namespace fluoro
