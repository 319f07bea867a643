#include "../builders.hpp"

namespace fluoro {

std::vector<PatientOption> lungs_options()
{
    return {};
}

void build_lungs(Anatomy& anatomy)
{
    anatomy.lumens.airways.add_node(anatomy.plan.place("trachea-top"), "trachea-top");
}

} // namespace fluoro
