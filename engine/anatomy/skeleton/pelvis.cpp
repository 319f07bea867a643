#include "../builders.hpp"

namespace fluoro {

std::vector<PatientOption> pelvis_options()
{
    return {};
}

void build_pelvis(Anatomy&) {}

} // namespace fluoro
