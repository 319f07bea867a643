#include "../builders.hpp"

namespace fluoro {

std::vector<PatientOption> arteries_options()
{
    return {};
}

void build_arteries(Anatomy&) {}

} // namespace fluoro
