#include "commands.hpp"

#include <cstdio>
#include <fluoro/anatomy/voxelise.hpp>
#include <fluoro/patient/bundle.hpp>

namespace fluoro {

int run_phantom(PhantomRequest const& request)
{
    PatientParameters parameters = built_in_patient(request.name);
    for (std::string const& key_value : request.set) set(parameters, key_value);
    Anatomy const anatomy = build_anatomy(parameters);
    Patient const patient = voxelise(anatomy, {request.spacing_mm, region_named(anatomy.plan, request.region)});
    write_bundle(request.out, patient);
    std::fprintf(stderr, "%s -> %s\n", patient.origin.description.c_str(), request.out.c_str());
    return 0;
}

} // namespace fluoro
