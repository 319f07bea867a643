#include "../builders.hpp"

namespace fluoro {

std::vector<PatientOption> abdomen_options()
{
    return {};
}

void build_abdomen(Anatomy&) {}

} // namespace fluoro
