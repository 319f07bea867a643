#include "commands.hpp"

#include <cstdio>
#include <fluoro/anatomy/built_in.hpp>
#include <fluoro/core/error.hpp>
#include <fluoro/implant/implant.hpp>
#include <fluoro/patient/bundle.hpp>

namespace fluoro {

namespace {

double millimetres(std::string const& unit)
{
    return unit == "m" ? 1000 : unit == "cm" ? 10 : unit == "inch" ? 25.4 : 1;
}

void insert_mesh(Patient& patient, ImportRequest const& request)
{
    MaterialId const made_of = find_material(request.material);
    int const label = label_of(request.label);
    Mesh mesh = import_mesh(request.mesh);
    if (make_closed(mesh, "'" + request.mesh + "'"))
        std::fprintf(stderr, "note: '%s' was inside out and is turned\n", request.mesh.c_str());
    double const scale = millimetres(request.unit);
    auto const vec = [](std::vector<double> const& v, Vec3 const& otherwise) {
        return v.empty() ? otherwise : Vec3{v[0], v[1], v[2]};
    };
    mesh = placed(std::move(mesh), scale, vec(request.turn_deg, Vec3{0}), vec(request.at_mm, scale * middle_of(mesh)));
    double const whole = volume_mm3(mesh), inside = insert(patient, mesh, made_of, label);
    char line[400];
    std::snprintf(line, sizeof line, "%s put in as %s, %.3g cm3%s", request.mesh.c_str(), request.material.c_str(),
                  inside / 1000, inside < 0.995 * whole ? " of it inside the volume" : "");
    patient.origin.notes.emplace_back(line);
}

} // namespace

int run_import(ImportRequest const& request)
{
    if (request.ct.size() != 1)
        throw Error{"import takes one CT: a DICOM folder or a single file; put the slices of a series into one folder"};
    ImportOptions const options{request.remove_couch, request.labels};
    Patient patient =
        request.mesh.empty() ? import_ct(request.ct.front(), options) : load_patient(request.ct.front(), options);
    if (!request.mesh.empty()) insert_mesh(patient, request);
    write_bundle(request.out, patient);
    auto const& grid = patient.ct.grid;
    std::fprintf(stderr, "%s\n", patient.origin.description.c_str());
    for (auto const& note : patient.origin.notes) std::fprintf(stderr, "note: %s\n", note.c_str());
    std::fprintf(stderr, "%d x %d x %d voxels of %.4g x %.4g x %.4g mm -> %s\n", grid.size.x, grid.size.y, grid.size.z,
                 grid.spacing_mm.x, grid.spacing_mm.y, grid.spacing_mm.z, request.out.c_str());
    return 0;
}

} // namespace fluoro
