#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace fluoro {

/// A folder is read this many levels below itself (a media export has DICOM/patient/study/series), and no further than
/// this many regular files.
inline constexpr int max_folder_depth = 4;
inline constexpr std::size_t max_folder_files = 20'000;

struct ListedFile {
    std::string relative; ///< below the folder; empty when the input is one file
    std::uint64_t bytes = 0;
    std::int64_t modified_ns = 0;
};

/// The regular files at `input` (a file or a folder), sorted by name. Looks with lstat alone: nothing is opened, no
/// link below `input` is followed, other file systems and special files are left out. Throws Error beyond the limits
/// above, when `input` is neither file nor folder, and when `deadline` passes.
std::vector<ListedFile> list_files(std::filesystem::path const& input, std::chrono::steady_clock::time_point deadline);

} // namespace fluoro
