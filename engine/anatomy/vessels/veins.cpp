#include "../builders.hpp"

namespace fluoro {

std::vector<PatientOption> veins_options()
{
    return {};
}

void build_veins(Anatomy&) {}

} // namespace fluoro
