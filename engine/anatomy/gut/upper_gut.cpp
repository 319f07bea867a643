#include "../builders.hpp"
#include "gut_form.hpp"

#include <fluoro/core/error.hpp>

namespace fluoro {

std::vector<PatientOption> upper_gut_options()
{
    return {
        {"posture", "supine or upright", "where gas and liquid settle in stomach and gullet"},
        {"stomach-gas_ml", "0 to 1000", "gas in the stomach, else 40"},
        {"stomach-content_ml", "10 to 1500", "what else is in it; else a usual filling of 240 mL, fasting 25 to 50"},
        {"hiatal-hernia", "sliding:SIZE_MM or paraoesophageal:SIZE_MM", "stomach above the hiatus"},
        {"zenker", "SIZE_MM", "pouch at the upper sphincter"},
        {"oesophageal-ring", "DIAMETER_MM", "Schatzki ring at the cardia"},
        {"stricture", "KIND:PERCENT:LENGTH_MM:AT_MM; more after a ;",
         "peptic, caustic, radiation or anastomotic narrowing of the diameter; AT below the upper sphincter"},
        {"oesophageal-carcinoma", "AT_MM:LENGTH_MM; more after a ;", "uneven, shouldered narrowing"},
        {"achalasia", "mild, moderate or severe", "wide gullet with food in it, a beak at the cardia"},
        {"varices", "1, 2 or 3", "veins in the lower gullet's wall, by grade"},
        {"leak", "AT_MM", "a hole in the gullet with a way into the mediastinum"},
    };
}

void build_upper_gut(Anatomy& anatomy)
{
    BodyPlan const& plan = anatomy.plan;
    double const healthy_mm = gullet_profile(plan, GutPathology::Hernia::none, 0, false).length_mm();
    GutPathology pathology = gut_pathology(plan.parameters, healthy_mm);
    GulletProfile profile = gullet_profile(plan, pathology.hernia, pathology.hernia_mm, pathology.zenker_mm > 0);
    // A sliding hernia shortens the gullet: the lesions' places are asked of the length that is left.
    pathology = gut_pathology(plan.parameters, profile.length_mm());
    apply(pathology, plan, profile);
    add_oesophagus(anatomy, profile, pathology);
    add_gullet_lesions(anatomy, profile, pathology);
    add_stomach(anatomy, profile, pathology);
    add_duodenum(anatomy);
}

} // namespace fluoro
