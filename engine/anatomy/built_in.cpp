#include <fluoro/anatomy/built_in.hpp>

#include "anatomy_version.hpp"

#include <algorithm>
#include <filesystem>
#include <fluoro/core/error.hpp>
#include <fluoro/patient/patient_cache.hpp>
#include <sstream>

namespace fluoro {

namespace {

/// Everything that the drawing depends on, in words.
std::string identity_of(PatientParameters const& p, std::string_view region, double spacing_mm)
{
    std::ostringstream text;
    text.precision(17);
    text << "fluoro-phantom " << anatomy_version << '\0' << p.name << '\0' << int(p.sex) << ' ' << p.age_y << ' '
         << p.height_mm << ' ' << p.mass_kg << ' ' << p.bone_density << ' ' << p.subcutaneous_mm << ' ' << p.seed
         << '\0' << region << '\0' << spacing_mm << '\0';
    for (auto const& [key, value] : p.options) text << key << '=' << value << '\0';
    return text.str();
}

} // namespace

Patient draw_built_in(PatientParameters const& parameters, std::string_view region, double spacing_mm)
{
    return cached_patient(identity_of(parameters, region, spacing_mm), [&] {
        Anatomy const anatomy = build_anatomy(parameters);
        return voxelise(anatomy, {spacing_mm, region_named(anatomy.plan, region)});
    });
}

Patient load_patient(std::string const& patient, ImportOptions const& options)
{
    auto const names = built_in_patient_names();
    std::error_code error;
    bool const is_there = std::filesystem::exists(patient, error);
    if (!is_there && std::ranges::find(names, patient) != names.end())
        return draw_built_in(built_in_patient(patient), "trunk", 1);
    if (!is_there && patient != "example-head") {
        std::string known = "example-head";
        for (auto const& name : names) known += ", " + name;
        throw Error{"'" + patient + "': no such file or folder, and no patient has that name; give a CT, a patient " +
                    "file or one of " + known};
    }
    return load_ct(patient, options);
}

} // namespace fluoro
