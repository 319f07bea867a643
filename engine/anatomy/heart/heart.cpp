#include "../builders.hpp"
#include "heart_build.hpp"

namespace fluoro {

std::vector<PatientOption> heart_options()
{
    return {
        {"coronary-dominance", "right, left or balanced", "which artery supplies the underside of the heart"},
        {"anomalous-origin", "none, rca-left-sinus or lcx-right-sinus", "a coronary artery from the wrong sinus"},
        {"coronary-tortuosity", "NUMBER, 1 = usual for the age", "how much the coronaries wind"},
        {"stenosis", "SEGMENT:PERCENT[:LENGTH_MM][:eccentric][:calcified]; more after a ;",
         "coronary narrowing in per cent of the diameter, 100 = closed; SEGMENT by name or SYNTAX number"},
        {"ectasia", "SEGMENT:FACTOR; more after a ;", "a coronary segment widened by a factor"},
        {"coronary-calcification", "none, mild or heavy; by age when not given", "calcium in the coronary walls"},
        {"opacified", "none or coronaries", "coronary blood replaced by contrast medium of 350 mg iodine per mL"},
    };
}

void build_heart(Anatomy& anatomy)
{
    auto const heart = std::make_shared<HeartForm const>(anatomy.plan);
    add_chambers(anatomy, heart);
    add_chamber_ways(anatomy, heart);
    add_cardiac_veins(anatomy, heart);
    add_coronaries(anatomy, heart);
}

} // namespace fluoro
