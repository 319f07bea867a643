#include "landmark.hpp"

#include <fluoro/core/error.hpp>

namespace fluoro {

Vec3 landmark(Patient const& patient, std::string const& name, std::string const& where)
{
    auto const& all = patient.lumens.landmarks;
    if (auto const found = all.find(name); found != all.end()) return found->second;
    if (all.empty())
        throw Error{where + ": '" + name +
                    "' is no point, and a CT has no landmarks before `fluorolab fit`; give X,Y,Z in mm"};
    std::string known;
    for (auto const& [one, at] : all) known += (known.empty() ? "" : ", ") + one;
    throw Error{where + ": the patient has no landmark called '" + name + "'; there are: " + known};
}

} // namespace fluoro
