#include "../builders.hpp"

namespace fluoro {

std::vector<PatientOption> lungs_options()
{
    return {};
}

void build_lungs(Anatomy&) {}

} // namespace fluoro
