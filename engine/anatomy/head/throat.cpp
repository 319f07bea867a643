#include "../builders.hpp"

namespace fluoro {

std::vector<PatientOption> throat_options()
{
    return {};
}

void build_throat(Anatomy&) {}

} // namespace fluoro
