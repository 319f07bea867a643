#include "../builders.hpp"

namespace fluoro {

std::vector<PatientOption> muscles_options()
{
    return {};
}

void build_muscles(Anatomy&) {}

} // namespace fluoro
