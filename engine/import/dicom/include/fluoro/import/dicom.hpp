#pragma once
#include <filesystem>
#include <fluoro/patient/volume.hpp>
#include <string>
#include <vector>

namespace fluoro {

/// Reads the largest CT volume found among `files`: regular files in any order, other files among them are passed over.
/// Single-frame and Enhanced (multi-frame) CT; uncompressed, deflated, RLE, JPEG, JPEG-LS and JPEG 2000. The result is
/// in HU on an orthogonal grid: gantry tilt is sheared away, a few missing slices are interpolated, padding is air;
/// `origin.notes` says what was chosen and mended, and holds nothing of the person. docs/dicom-import.md
/// `described_as` is what the user gave (folder or file) and opens the message. Throws Error with reason and remedy.
/// Not for the main process: the files are parsed in the calling process, on its threads.
Patient read_dicom(std::vector<std::filesystem::path> const& files, std::string const& described_as);

} // namespace fluoro
