#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace fluoro {

struct WorkerLimits {
    double cpu_s = 4;
    double wall_s = 4.8;
    std::uint64_t memory_bytes = 0;
    std::uint64_t file_bytes = 0; ///< largest file it may write
};

struct WorkerOutcome {
    bool started = false;
    bool out_of_time = false; ///< killed by us or by the CPU limit
    int exit_code = 0;        ///< when it ended by itself
    int signal = 0;           ///< when it was killed
    std::string last_line;    ///< of its stderr, printable characters only, at most 1,000
    std::string notes;        ///< all it said on stderr, bounded
};

/// Runs `program` with `arguments` under `limits` and waits for it. Its stdin and stdout are /dev/null; a bounded tail
/// of its stderr is kept. The memory limit is left off under sanitizers, whose shadow needs terabytes.
WorkerOutcome run_worker(std::filesystem::path const& program, std::vector<std::string> const& arguments,
                         WorkerLimits const& limits);

} // namespace fluoro
