#pragma once
#include <chrono>
#include <filesystem>
#include <span>
#include <vector>

namespace fluoro {

/// Whether a file that begins with these bytes (132 are enough) is DICOM: the preamble's "DICM", or a plausible first
/// element of a file written without one.
bool looks_like_dicom(std::span<std::uint8_t const> start);

/// The DICOM files of a folder, under the limits of list_files. Throws Error when there are none, and when none has
/// been found after `patience`.
std::vector<std::filesystem::path> find_dicom(std::filesystem::path const& folder,
                                              std::chrono::milliseconds patience = std::chrono::seconds{5});

} // namespace fluoro
