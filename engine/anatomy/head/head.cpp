#include "../builders.hpp"

namespace fluoro {

std::vector<PatientOption> head_options()
{
    return {};
}

void build_head(Anatomy&) {}

} // namespace fluoro
