#include "../builders.hpp"

namespace fluoro {

std::vector<PatientOption> rib_cage_options()
{
    return {};
}

void build_rib_cage(Anatomy&) {}

} // namespace fluoro
