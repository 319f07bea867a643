#include <fluoro/anatomy/anatomy.hpp>

#include "builders.hpp"

#include <algorithm>
#include <fluoro/core/error.hpp>

namespace fluoro {

std::vector<NamedBuilder> const& builders()
{
    static std::vector<NamedBuilder> const all{
        {"surface", build_surface, {}},
    };
    return all;
}

Anatomy build_anatomy(PatientParameters const& parameters)
{
    Anatomy anatomy;
    anatomy.plan = plan_body(parameters);
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
