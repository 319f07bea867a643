#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fluoro/record/entries.hpp>
#include <string>
#include <vector>

namespace fluoro {

/// A log as read back, every line checked against the chain of checksums.
struct EventLog {
    RunInfo info;
    std::vector<LogEntry> entries; ///< in the order they happened
    bool has_ended = false;        ///< the run ended in order
    std::string torn_tail;         ///< the last line was cut off and left out: one line that says so; empty = whole
    std::size_t lines = 0;         ///< whole lines, the first one (`info`) included
    std::uint64_t checksum = 0;    ///< of the last whole line
};

/// Reads a run's events.log. A last line without its line end (the program was killed while writing) is left out and
/// reported in `torn_tail`; any other damage throws Error naming the line.
EventLog read_event_log(std::filesystem::path const& file);

/// The same for a run folder; where run.json says that the run is complete, the log must also be as long as it was
/// then.
EventLog read_run(std::filesystem::path const& folder);

} // namespace fluoro
