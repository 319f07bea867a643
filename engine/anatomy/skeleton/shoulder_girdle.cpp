#include "../builders.hpp"

namespace fluoro {

std::vector<PatientOption> shoulder_girdle_options()
{
    return {};
}

void build_shoulder_girdle(Anatomy&) {}

} // namespace fluoro
