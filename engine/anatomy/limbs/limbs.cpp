#include "../builders.hpp"

namespace fluoro {

std::vector<PatientOption> limbs_options()
{
    return {};
}

void build_limbs(Anatomy&) {}

} // namespace fluoro
