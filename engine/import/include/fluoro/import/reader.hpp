#pragma once
#include <filesystem>
#include <fluoro/patient/volume.hpp>

namespace fluoro {

struct ReadOptions {
    bool remove_couch = false;
    std::filesystem::path labels = {}; ///< a label map on the CT's grid; empty = none
};

/// Reads a CT in any format we know; what it is is decided by its content, not by its name. Runs third-party parsers:
/// called by the worker program (and tests) only. Throws Error: file, reason, what to do.
Patient read_foreign(std::filesystem::path const& input, ReadOptions const& options);

} // namespace fluoro
