#include "worker_process.hpp"

#include <fluoro/core/executable.hpp>
#include <fluoro/patient/bundle.hpp>
#include <fluoro/patient/file_list.hpp>
#include <fluoro/patient/importer.hpp>
#include <fluoro/patient/patient_cache.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <unistd.h>

namespace fluoro {

namespace fs = std::filesystem;

namespace {

#ifdef FLUORO_SANITIZED
constexpr double slowness = 6; // checked code in the worker, checked libraries around it
#else
constexpr double slowness = 1;
#endif

std::string quoted(fs::path const& path)
{
    return "'" + path.string() + "'";
}

class TemporaryFolder {
public:
    TemporaryFolder()
    {
        std::string name = (cache_folder() / "import-XXXXXX").string();
        if (!::mkdtemp(name.data()))
            throw Error{"cannot make a temporary folder in " + quoted(cache_folder()) + ": " + std::strerror(errno) +
                            "; set XDG_CACHE_HOME to a folder you may write to",
                        Error::Kind::failed};
        path_ = name;
    }
    ~TemporaryFolder()
    {
        std::error_code error;
        fs::remove_all(path_, error);
    }
    TemporaryFolder(TemporaryFolder const&) = delete;
    TemporaryFolder& operator=(TemporaryFolder const&) = delete;
    fs::path const& path() const { return path_; }

private:
    fs::path path_;
};

/// What an honest import of this input needs, with room; a small file gets less than 5 s.
WorkerLimits limits_for(fs::path const& ct, ImportOptions const& options)
{
    std::uint64_t bytes = 0;
    std::size_t files = 0;
    auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds{1};
    for (fs::path const& input : {ct, options.labels}) {
        if (input.empty()) continue;
        try {
            for (ListedFile const& file : list_files(input, deadline)) {
                bytes += file.bytes;
                ++files;
            }
        } catch (Error const&) {
            files += max_folder_files / 10; // The worker says what is wrong with it, after 5 s at most.
        }
    }
    constexpr std::uint64_t mebi = std::uint64_t{1} << 20;
    // Whatever expands by more than 200 is refused, and so is a volume beyond 2 GiB.
    std::uint64_t const declared =
        std::clamp<std::uint64_t>(std::min<std::uint64_t>(bytes, 1024 * mebi) * 200, 256 * mebi, 2048 * mebi);
    // JPEG 2000, the slowest of the codecs, decodes above 2 MB of compressed data a second.
    double const extra_s = double(bytes) / 2e6 + double(files) / 500;
    return {.cpu_s = slowness * (4 + extra_s),
            .wall_s = slowness * (4.8 + 2 * extra_s),
            .memory_bytes = 1024 * mebi + 3 * declared,
            .file_bytes = 2 * declared + 64 * mebi};
}

void say_notes(Patient const& patient)
{
    for (std::string const& note : patient.origin.notes) std::fprintf(stderr, "note: %s\n", note.c_str());
}

[[noreturn]] void throw_failure(fs::path const& ct, WorkerOutcome const& outcome, WorkerLimits const& limits)
{
    auto const seconds = std::to_string(int(limits.cpu_s));
    if (outcome.out_of_time)
        throw Error{quoted(ct) + ": reading it took more than " + seconds + " s; it is damaged, or no CT"};
    if (outcome.signal != 0)
        throw Error{quoted(ct) + ": its reader was stopped by signal " + std::to_string(outcome.signal) + " (" +
                    ::strsignal(outcome.signal) + "); the file is damaged, or needs more memory than there is"};
    if (outcome.exit_code == 127 && outcome.last_line.empty())
        throw Error{quoted(ct) + ": the import worker could not be run; build the whole program again",
                    Error::Kind::failed};
    std::string message = outcome.last_line;
    if (message.empty())
        message = "its reader ended with status " + std::to_string(outcome.exit_code) + " and said nothing";
    if (message.find(quoted(ct)) == std::string::npos) message = quoted(ct) + ": " + message;
    throw Error{message, outcome.exit_code == 2 ? Error::Kind::bad_input : Error::Kind::failed};
}

/// Runs the worker on `input` until it has written `out`. Throws Error with its last line otherwise.
void work_on(fs::path const& input, fs::path const& out, std::vector<std::string> const& more,
             ImportOptions const& options)
{
    fs::path const worker = options.worker.empty() ? executable_folder() / "fluorolab-import" : options.worker;
    std::vector<std::string> arguments{fs::absolute(input).string(), "--out", out.string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    WorkerLimits const limits = limits_for(input, options);
    WorkerOutcome const outcome = run_worker(worker, arguments, limits);
    if (!outcome.started)
        throw Error{quoted(input) + ": the import worker " + quoted(worker) +
                        " is missing; it belongs beside the program: build again",
                    Error::Kind::failed};
#ifdef FLUORO_SANITIZED
    // A finding in the worker is a finding, not a damaged file.
    if (outcome.notes.find("Sanitizer") != std::string::npos ||
        outcome.notes.find("runtime error:") != std::string::npos) {
        std::fprintf(stderr, "%s\n", outcome.notes.c_str());
        std::abort();
    }
#endif
    if (outcome.exit_code != 0 || outcome.signal != 0 || outcome.out_of_time) throw_failure(input, outcome, limits);
}

/// The patient that the worker hands back stands in `bundle` and has been validated here.
Patient import_into(fs::path const& bundle, fs::path const& ct, ImportOptions const& options)
{
    std::vector<std::string> more;
    if (options.remove_couch) more.emplace_back("--remove-couch");
    if (!options.labels.empty()) {
        more.emplace_back("--labels");
        more.push_back(fs::absolute(options.labels).string());
    }
    work_on(ct, bundle, more, options);
    try {
        Patient patient = read_bundle(bundle);
        say_notes(patient);
        return patient;
    } catch (Error const& error) {
        throw Error{quoted(ct) + ": its reader handed back no valid patient (" + error.what() + ")",
                    Error::Kind::failed};
    }
}

constexpr char const* installed_head = "/usr/share/doc/invesalius-examples/examples/Cranium.inv3";

fs::path fetched_head()
{
    return cache_folder() / "examples" / "Cranium.inv3";
}

fs::path example_head()
{
    if (fs::path const head = find_example_head(); !head.empty()) return head;
    throw Error{"example-head: the head CT of Debian's invesalius-examples is not here (looked for " +
                std::string{installed_head} + " and " + fetched_head().string() +
                "); run tools/run once, which fetches it"};
}

// Counts up whenever the importer starts to read the same files differently.
constexpr char const* importer_version = "1";
constexpr std::chrono::seconds listing_time{2};

void add_files(std::string& identity, fs::path const& input)
{
    identity += fs::canonical(input).string() + '\0';
    for (ListedFile const& file : list_files(input, std::chrono::steady_clock::now() + listing_time))
        identity += file.relative + '\0' + std::to_string(file.bytes) + '\0' + std::to_string(file.modified_ns) + '\0';
}

/// Where the cache keeps `ct` imported with `options`; nothing when the input cannot be listed quickly, so that the
/// importer decides.
std::optional<fs::path> place_of(fs::path const& ct, ImportOptions const& options)
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
    return place_in_cache(identity);
}

} // namespace

Patient import_ct(fs::path const& ct, ImportOptions const& options)
{
    TemporaryFolder const folder;
    return import_into(folder.path() / "patient", ct, options);
}

Mesh import_mesh(fs::path const& file)
{
    TemporaryFolder const folder;
    fs::path const out = folder.path() / "mesh";
    work_on(file, out, {"--mesh"}, {});
    try {
        return read_mesh(out);
    } catch (Error const& error) {
        throw Error{quoted(file) + ": its reader handed back no valid surface (" + error.what() + ")",
                    Error::Kind::failed};
    }
}

fs::path find_example_head()
{
    std::error_code error;
    for (fs::path const& place : {fs::path{installed_head}, fetched_head()})
        if (fs::is_regular_file(place, error)) return place;
    return {};
}

Patient load_ct(std::string const& patient, ImportOptions const& options)
{
    std::error_code error;
    bool const is_there = fs::exists(patient, error);
    bool const is_example = !is_there && patient == "example-head";
    fs::path const ct = is_example ? example_head() : fs::path{patient};
    if (!is_example && !is_there)
        throw Error{quoted(ct) +
                    ": no such file or folder, and no name of a patient; give a patient bundle, a CT, or example-head"};

    bool const as_it_is = !options.remove_couch && options.labels.empty();
    if (as_it_is && is_bundle(ct)) return read_bundle(ct);

    auto const place = place_of(ct, options);
    if (place)
        if (auto kept = find_in_cache(*place)) return std::move(*kept);
    TemporaryFolder const folder;
    fs::path const bundle = folder.path() / "patient";
    Patient imported = import_into(bundle, ct, options);
    if (place) keep_in_cache(bundle, *place);
    return imported;
}

} // namespace fluoro
