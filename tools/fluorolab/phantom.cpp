#include "commands.hpp"

#include <cstdio>
#include <filesystem>
#include <fluoro/anatomy/built_in.hpp>
#include <fluoro/core/error.hpp>
#include <fluoro/patient/bundle.hpp>
#include <fluoro/patient/nifti_export.hpp>
#include <fstream>

namespace fluoro {

namespace {

void print_options()
{
    for (PatientOption const& field : patient_fields())
        std::printf("%s=%s\n    %s\n", field.name.c_str(), field.form.c_str(), field.meaning.c_str());
    for (NamedBuilder const& builder : builders())
        for (PatientOption const& option : builder.options)
            std::printf("%s=%s\n    %s\n", option.name.c_str(), option.form.c_str(), option.meaning.c_str());
}

/// `labels.nii.gz` -> `labels.csv`: what the numbers of a label map mean.
void write_names(std::filesystem::path const& map)
{
    std::filesystem::path table = map;
    while (table.extension() == ".gz" || table.extension() == ".nii") table.replace_extension();
    table += ".csv";
    std::ofstream out{table};
    out << "id,name\n";
    for (LabelName const& label : label_names()) out << label.id << ',' << label.name << '\n';
    if (!out.flush()) throw Error{"cannot write '" + table.string() + "'; check the folder", Error::Kind::failed};
}

} // namespace

int run_phantom(PhantomRequest const& request)
{
    if (request.list_options) {
        print_options();
        return 0;
    }
    if (request.out.empty() && request.ct.empty() && request.labels.empty())
        throw Error{"phantom has nothing to write: give -o PATIENT, --export CT.nii.gz or --labels MAP.nii.gz"};
    PatientParameters parameters = built_in_patient(request.name);
    for (std::string const& key_value : request.set) set(parameters, key_value);
    Patient const patient = draw_built_in(parameters, request.region, request.spacing_mm);
    std::fprintf(stderr, "%s\n", patient.origin.description.c_str());
    if (!request.out.empty()) write_bundle(request.out, patient);
    if (!request.ct.empty()) export_ct(request.ct, patient);
    if (!request.labels.empty()) {
        export_labels(request.labels, patient);
        write_names(request.labels);
    }
    return 0;
}

} // namespace fluoro
