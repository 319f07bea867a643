#include "../builders.hpp"
#include "heart_build.hpp"

namespace fluoro {

std::vector<PatientOption> heart_options()
{
    return {
        {"coronary-dominance", "right, left or balanced", "which artery supplies the underside of the heart"},
        {"anomalous-origin", "none, rca-left-sinus or lcx-right-sinus", "a coronary artery from the wrong sinus"},
        {"coronary-tortuosity", "NUMBER, 1 = usual for the age", "how much the coronaries wind"},
        {"opacified", "none or coronaries", "coronary blood replaced by contrast medium of 350 mg iodine per mL"},
    };
}

void build_heart(Anatomy& anatomy)
{
    auto const heart = std::make_shared<HeartForm const>(anatomy.plan);
    add_chambers(anatomy, heart);
    add_chamber_ways(anatomy, heart);
    add_coronaries(anatomy, heart);
}

} // namespace fluoro
