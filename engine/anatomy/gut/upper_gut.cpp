#include "../builders.hpp"

namespace fluoro {

std::vector<PatientOption> upper_gut_options()
{
    return {};
}

void build_upper_gut(Anatomy&) {}

} // namespace fluoro
