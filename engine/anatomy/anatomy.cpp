#include <fluoro/anatomy/anatomy.hpp>

#include "builders.hpp"

#include <algorithm>
#include <fluoro/core/error.hpp>

namespace fluoro {

std::vector<NamedBuilder> const& builders()
{
    static std::vector<NamedBuilder> const all{
        {"surface", build_surface, {}},
        {"muscles", build_muscles, muscles_options()},
        {"limbs", build_limbs, limbs_options()},
        {"abdomen", build_abdomen, abdomen_options()},
        {"heart", build_heart, heart_options()},
        {"arteries", build_arteries, arteries_options()},
        {"veins", build_veins, veins_options()},
        {"lungs", build_lungs, lungs_options()},
        {"head", build_head, head_options()},
        {"throat", build_throat, throat_options()},
        {"upper_gut", build_upper_gut, upper_gut_options()},
        {"spine", build_spine, spine_options()},
        {"rib_cage", build_rib_cage, rib_cage_options()},
        {"shoulder_girdle", build_shoulder_girdle, shoulder_girdle_options()},
        {"pelvis", build_pelvis, pelvis_options()},
        {"masses", build_masses, {}},
        {"objects", build_objects, objects_options()},
    };
    return all;
}

Anatomy build_anatomy(PatientParameters const& parameters)
{
    Anatomy anatomy;
    anatomy.plan = plan_body(parameters);
    anatomy.lumens.landmarks = anatomy.plan.places;
    for (NamedBuilder const& builder : builders()) builder.build(anatomy);
    return anatomy;
}

int label_of(std::string_view name)
{
    auto const found = std::ranges::find_if(label_names(), [name](LabelName const& l) { return l.name == name; });
    if (found == label_names().end())
        throw Error{"no label is called '" + std::string{name} + "'", Error::Kind::failed};
    return found->id;
}

} // namespace fluoro
