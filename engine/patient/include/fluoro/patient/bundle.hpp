#pragma once
#include <filesystem>
#include <fluoro/patient/volume.hpp>

namespace fluoro {

/// Our own patient file: magic, version, and named sections, each with its size and XXH3 checksum.
/// What the import worker hands back and what `fluorolab import -o` keeps. docs/patient-bundle.md
bool is_bundle(std::filesystem::path const& file);
/// Everything is checked before it is believed: sizes against the file, checksums, finite numbers, spacing 0.01-20 mm,
/// at most 1024^3 voxels and 2 GiB. Throws Error with file and reason.
Patient read_bundle(std::filesystem::path const& file);
/// Written to a temporary file beside it, synced, renamed. Throws Error (failed).
void write_bundle(std::filesystem::path const& file, Patient const& patient);

} // namespace fluoro
