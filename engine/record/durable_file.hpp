#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace fluoro {

/// The reason behind the last failed system call, e.g. "No space left on device".
std::string system_reason();

/// Writes all of `bytes`, over interruptions and short writes; false with errno set where the system refuses.
bool write_all(int descriptor, std::string_view bytes);

/// A file that is there whole or not at all, also after a power cut: temporary file, fsync, rename, fsync of the
/// folder. Throws Error (failed).
void write_durably(std::filesystem::path const& file, std::string_view text);

/// `temporary` becomes `file`, durably. Throws Error (failed).
void rename_durably(std::filesystem::path const& temporary, std::filesystem::path const& file);

/// What was written under this file system reaches the disk before this returns. Throws Error (failed).
void sync_file_system(std::filesystem::path const& folder);

/// Forces a folder's entries to the disk. Throws Error (failed).
void sync_folder(std::filesystem::path const& folder);

} // namespace fluoro
