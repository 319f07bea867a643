#include <fluoro/patient/patient_cache.hpp>

#include <fluoro/core/error.hpp>
#include <fluoro/core/executable.hpp>
#include <fluoro/patient/bundle.hpp>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <xxhash.h>

namespace fluoro {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t max_cache_bytes = std::uintmax_t{8} << 30;
constexpr char const* extension = ".fluoro-patient";

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

fs::path place_in_cache(std::string const& identity)
{
    XXH128_hash_t const hash = XXH3_128bits(identity.data(), identity.size());
    char name[40];
    std::snprintf(name, sizeof name, "%016" PRIx64 "%016" PRIx64, std::uint64_t(hash.high64),
                  std::uint64_t(hash.low64));
    return cache_folder() / "patients" / (std::string{name} + extension);
}

std::optional<Patient> find_in_cache(fs::path const& place)
{
    if (!is_bundle(place)) return std::nullopt;
    try {
        Patient patient = read_bundle(place);
        ::utimensat(AT_FDCWD, place.c_str(), nullptr, 0); // used just now
        return patient;
    } catch (Error const&) {
        std::error_code error;
        fs::remove(place, error); // Damaged on disk: made again.
        return std::nullopt;
    }
}

void keep_in_cache(fs::path const& bundle, fs::path const& place)
{
    std::error_code error;
    fs::create_directories(place.parent_path(), error);
    fs::rename(bundle, place, error);
    if (!error) prune(place.parent_path());
}

Patient cached_patient(std::string const& identity, std::function<Patient()> const& make)
{
    fs::path const place = place_in_cache(identity);
    if (auto kept = find_in_cache(place)) return std::move(*kept);
    Patient patient = make();
    try {
        fs::create_directories(place.parent_path());
        write_bundle(place, patient);
        prune(place.parent_path());
    } catch (std::exception const&) {
        // A full disk costs the next start some time, and nothing else.
    }
    return patient;
}

} // namespace fluoro
