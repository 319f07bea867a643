#include "commands.hpp"

#include <cstdio>
#include <fluoro/core/error.hpp>
#include <fluoro/patient/bundle.hpp>
#include <fluoro/patient/importer.hpp>

namespace fluoro {

int run_import(ImportRequest const& request)
{
    if (request.ct.size() != 1)
        throw Error{"import takes one CT: a DICOM folder or a single file; put the slices of a series into one folder"};
    Patient const patient = import_ct(request.ct.front(), {request.remove_couch, request.labels});
    write_bundle(request.out, patient);
    auto const& grid = patient.ct.grid;
    std::fprintf(stderr, "%s\n", patient.origin.description.c_str());
    for (auto const& note : patient.origin.notes) std::fprintf(stderr, "note: %s\n", note.c_str());
    std::fprintf(stderr, "%d x %d x %d voxels of %.4g x %.4g x %.4g mm -> %s\n", grid.size.x, grid.size.y, grid.size.z,
                 grid.spacing_mm.x, grid.spacing_mm.y, grid.spacing_mm.z, request.out.c_str());
    return 0;
}

} // namespace fluoro
