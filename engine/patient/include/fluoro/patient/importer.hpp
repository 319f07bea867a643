#pragma once
#include <filesystem>
#include <fluoro/patient/mesh.hpp>
#include <fluoro/patient/volume.hpp>
#include <string>

namespace fluoro {

struct ImportOptions {
    bool remove_couch = false;
    std::filesystem::path labels = {}; ///< a label map on the CT's grid; empty = none
    std::filesystem::path worker = {}; ///< the program that reads; empty = `fluorolab-import` beside this one
};

/// Reads a foreign CT (DICOM folder or file, NIfTI, NRRD, MHA/MHD, .inv3) by running the worker `fluorolab-import`
/// beside the program, under limits of memory, CPU time and file size. The worker is the only process that parses
/// foreign files; its answer is validated again. What was chosen or mended is said on stderr. Throws Error: one line
/// with file, reason, what to do.
Patient import_ct(std::filesystem::path const& ct, ImportOptions const& options);

/// Reads a surface (STL, OBJ, glTF) by the same worker under the same limits; units are the file's. Throws Error.
Mesh import_mesh(std::filesystem::path const& file);

/// The head CT that Debian's invesalius-examples ships, where it is installed or was fetched; empty = neither.
std::filesystem::path find_example_head();

/// A bundle, a CT (imported once, then kept in the user's cache under a key made of the files' names, sizes and times),
/// or "example-head": the head CT that Debian's invesalius-examples ships. Built-in patients: load_patient() of the
/// anatomy.
Patient load_ct(std::string const& patient, ImportOptions const& options = {});

} // namespace fluoro
