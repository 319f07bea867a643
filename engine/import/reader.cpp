#include <fluoro/import/reader.hpp>

#include "declared_image.hpp"
#include "foreign_file.hpp"
#include "gzip_stream.hpp"
#include "hounsfield.hpp"
#include "inv3.hpp"
#include "itk_reader.hpp"
#include "labels.hpp"
#include "raw_reader.hpp"

#include <algorithm>
#include <cstring>
#include <fluoro/core/error.hpp>
#include <fluoro/import/couch.hpp>
#include <fluoro/import/dicom.hpp>
#include <fluoro/import/scan.hpp>
#include <fluoro/patient/bundle.hpp>

namespace fluoro {

namespace fs = std::filesystem;

namespace {

using Bytes = std::vector<std::uint8_t>;

bool has_at(Bytes const& bytes, std::size_t at, char const* text)
{
    return bytes.size() >= at + std::strlen(text) && std::memcmp(bytes.data() + at, text, std::strlen(text)) == 0;
}

bool is_nifti(Bytes const& bytes)
{
    return has_at(bytes, 344, "n+1") || has_at(bytes, 344, "ni1") || has_at(bytes, 4, "n+2") || has_at(bytes, 4, "ni2");
}

bool is_meta(Bytes const& bytes)
{
    std::string const text(bytes.begin(), bytes.end());
    bool const begins = text.find("ObjectType") < 200 || text.find("NDims") < 200 || text.find("Comment") < 200;
    return begins && text.find("DimSize") != std::string::npos;
}

enum class Kind { bundle, dicom, nifti, nifti_gz, nrrd, meta, inv3 };

Kind kind_of(fs::path const& file)
{
    Bytes const start = ForeignFile{file}.read(0, 8192);
    if (start.empty()) throw Error{quoted(file) + ": is empty; copy the file again"};
    if (is_bundle(file)) return Kind::bundle;
    if (has_at(start, 0, "\x1f\x8b")) {
        Bytes const inside = GzipStream{file}.read(8192);
        if (has_at(inside, 257, "ustar") || (file.extension() == ".inv3" && !is_nifti(inside))) return Kind::inv3;
        if (is_nifti(inside)) return Kind::nifti_gz;
        throw Error{quoted(file) +
                    ": compressed, but inside is neither NIfTI nor an InVesalius project; unpack it first"};
    }
    if (has_at(start, 257, "ustar")) return Kind::inv3;
    if (has_at(start, 0, "NRRD")) return Kind::nrrd;
    if (is_nifti(start)) return Kind::nifti;
    if (looks_like_dicom(start)) return Kind::dicom;
    if (is_meta(start)) return Kind::meta;
    if (has_at(start, 0, "PK\x03\x04")) throw Error{quoted(file) + ": a zip archive; unpack it and name the folder"};
    throw Error{quoted(file) +
                ": no format this program knows; give a DICOM folder, NIfTI (.nii, .nii.gz), NRRD, MHA/MHD, "
                "an InVesalius .inv3 or a patient bundle"};
}

DeclaredImage read_header(fs::path const& file, Kind kind)
{
    switch (kind) {
    case Kind::nifti:
        return read_nifti_header(file, false);
    case Kind::nifti_gz:
        return read_nifti_header(file, true);
    case Kind::nrrd:
        return read_nrrd_header(file);
    default:
        return read_meta_header(file);
    }
}

ForeignVolume read_volume(fs::path const& file, Kind kind)
{
    DeclaredImage const declared = read_header(file, kind);
    return declared.raw ? read_raw(file, declared) : read_with_itk(file, declared);
}

char const* name_of(Kind kind)
{
    switch (kind) {
    case Kind::nifti:
    case Kind::nifti_gz:
        return "NIfTI";
    case Kind::nrrd:
        return "NRRD";
    default:
        return "MetaImage";
    }
}

Patient read_image(fs::path const& file, Kind kind)
{
    ForeignVolume volume = read_volume(file, kind);
    Patient patient;
    patient.ct.grid = volume.grid;
    patient.origin.description = std::string{name_of(kind)} + " '" + file.filename().string() + "'";
    patient.origin.notes = std::move(volume.notes);
    patient.ct.hu = to_hounsfield(volume, quoted(file), patient.origin.notes);
    return patient;
}

Patient read_ct(fs::path const& input)
{
    std::error_code error;
    if (fs::is_directory(input, error)) return read_dicom(find_dicom(input), input.string());
    switch (Kind const kind = kind_of(input)) {
    case Kind::bundle:
        return read_bundle(input);
    case Kind::dicom:
        return read_dicom({input}, input.string());
    case Kind::inv3:
        return read_inv3(input);
    default:
        return read_image(input, kind);
    }
}

std::vector<std::uint16_t> read_labels(fs::path const& file, Grid const& ct)
{
    Kind const kind = kind_of(file);
    if (kind == Kind::bundle || kind == Kind::dicom || kind == Kind::inv3)
        throw Error{quoted(file) + ": a label map is read from NIfTI, NRRD or MHA/MHD"};
    ForeignVolume const volume = read_volume(file, kind);
    return labels_on(ct, volume.grid, to_label_ids(volume, quoted(file)), quoted(file));
}

/// Notes travel in the bundle: a bounded number of bounded lines.
void tidy(VolumeOrigin& origin, Grid const& grid)
{
    constexpr std::size_t max_notes = 200, max_length = 500;
    if (origin.notes.size() > max_notes) {
        std::size_t const more = origin.notes.size() - max_notes;
        origin.notes.resize(max_notes);
        origin.notes.push_back("and " + std::to_string(more) + " more");
    }
    auto const tidy_line = [](std::string& line) {
        line = line.substr(0, max_length);
        std::replace_if(
            line.begin(), line.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
    };
    for (auto& note : origin.notes) tidy_line(note);
    tidy_line(origin.description);
    if (origin.description.find(" voxels of ") == std::string::npos) origin.description += ", " + describe(grid);
}

} // namespace

Patient read_foreign(fs::path const& input, ReadOptions const& options)
{
    Patient patient = read_ct(input);
    if (options.remove_couch) {
        std::size_t const removed = remove_couch(patient.ct);
        patient.origin.notes.push_back(removed > 0 ? "couch removed: " + std::to_string(removed) +
                                                         " voxels outside the body became air"
                                                   : "couch removed: nothing lay outside the body");
    }
    if (!options.labels.empty()) patient.labels = read_labels(options.labels, patient.ct.grid);
    tidy(patient.origin, patient.ct.grid);
    return patient;
}

} // namespace fluoro
