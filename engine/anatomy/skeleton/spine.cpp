#include "../builders.hpp"

namespace fluoro {

std::vector<PatientOption> spine_options()
{
    return {};
}

void build_spine(Anatomy&) {}

} // namespace fluoro
