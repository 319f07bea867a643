#include "../builders.hpp"
#include "heart_build.hpp"

namespace fluoro {

std::vector<PatientOption> heart_options()
{
    return {};
}

void build_heart(Anatomy& anatomy)
{
    auto const heart = std::make_shared<HeartForm const>(anatomy.plan);
    add_chambers(anatomy, heart);
    add_chamber_ways(anatomy, heart);
}

} // namespace fluoro
