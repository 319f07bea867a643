#include "../builders.hpp"

namespace fluoro {

std::vector<PatientOption> objects_options()
{
    return {};
}

void build_objects(Anatomy&) {}

} // namespace fluoro
