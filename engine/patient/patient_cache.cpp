#include "patient_cache.hpp"

#include <fluoro/core/error.hpp>
#include <fluoro/core/executable.hpp>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <xxhash.h>

namespace fluoro {

namespace fs = std::filesystem;

namespace {

// Counts up whenever the importer starts to read the same files differently.
constexpr char const* importer_version = "1";
constexpr std::uintmax_t max_cache_bytes = std::uintmax_t{8} << 30;
constexpr std::chrono::seconds listing_time{2};
constexpr char const* extension = ".fluoro-patient";

void add_files(std::string& identity, fs::path const& input)
{
    identity += fs::canonical(input).string() + '\0';
    for (ListedFile const& file : list_files(input, std::chrono::steady_clock::now() + listing_time))
        identity += file.relative + '\0' + std::to_string(file.bytes) + '\0' + std::to_string(file.modified_ns) + '\0';
}

void prune(fs::path const& folder)
{
    struct Kept {
        fs::path path;
        fs::file_time_type used;
        std::uintmax_t bytes;
    };
    std::vector<Kept> kept;
    std::uintmax_t total = 0;
    std::error_code error;
    for (fs::directory_iterator entry{folder, error}, end; !error && entry != end; entry.increment(error)) {
        if (entry->path().extension() != extension) continue;
        std::error_code gone;
        Kept const one{entry->path(), entry->last_write_time(gone), entry->file_size(gone)};
        if (gone) continue;
        total += one.bytes;
        kept.push_back(one);
    }
    std::sort(kept.begin(), kept.end(), [](auto const& a, auto const& b) { return a.used < b.used; });
    for (Kept const& one : kept) {
        if (total <= max_cache_bytes) break;
        fs::remove(one.path, error);
        total -= one.bytes;
    }
}

} // namespace

std::optional<fs::path> cached_bundle(fs::path const& ct, ImportOptions const& options)
{
    std::string identity = std::string{"fluoro-patient "} + importer_version + '\0';
    identity += options.remove_couch ? "no couch" : "as it is";
    identity += '\0';
    try {
        add_files(identity, ct);
        if (!options.labels.empty()) add_files(identity, options.labels);
    } catch (std::exception const&) {
        return std::nullopt; // The importer finds the same fault and says it properly.
    }
    XXH128_hash_t const hash = XXH3_128bits(identity.data(), identity.size());
    char name[40];
    std::snprintf(name, sizeof name, "%016" PRIx64 "%016" PRIx64, std::uint64_t(hash.high64),
                  std::uint64_t(hash.low64));
    return cache_folder() / "patients" / (std::string{name} + extension);
}

void keep_in_cache(fs::path const& bundle, fs::path const& place)
{
    std::error_code error;
    fs::create_directories(place.parent_path(), error);
    fs::rename(bundle, place, error);
    if (!error) prune(place.parent_path());
}

void mark_used(fs::path const& place)
{
    ::utimensat(AT_FDCWD, place.c_str(), nullptr, 0);
}

} // namespace fluoro
