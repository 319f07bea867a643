#pragma once
#include <filesystem>
#include <fluoro/patient/file_list.hpp>
#include <fluoro/patient/importer.hpp>
#include <optional>
#include <string>

namespace fluoro {

/// Imported patients under cache_folder()/patients, at most 8 GiB of them: the least recently used go first.
/// Name of the bundle that holds `ct` imported with `options`, whether it exists or not; nothing when the input cannot
/// be listed quickly, so that the importer decides.
std::optional<std::filesystem::path> cached_bundle(std::filesystem::path const& ct, ImportOptions const& options);
/// Moves a finished bundle to its place in the cache. A cache that cannot be written is no error.
void keep_in_cache(std::filesystem::path const& bundle, std::filesystem::path const& place);
/// Marks a cached bundle as used just now.
void mark_used(std::filesystem::path const& place);

} // namespace fluoro
