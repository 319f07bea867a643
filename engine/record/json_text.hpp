#pragma once
#include <cstdint>
#include <fluoro/record/dose_summary.hpp>
#include <fluoro/record/entries.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fluoro {

// The run folder's JSON. All texts are one JSON object; those of the log stand on one line.

/// Version of the log's format; a log of a later one is refused.
inline constexpr int log_version = 3;

std::string log_text(RunInfo const& info);
std::string log_text(LogEntry const& entry);
/// Throw std::runtime_error with the reason where the text is not such an entry.
RunInfo run_info_of(std::string_view text);
LogEntry log_entry_of(std::string_view text);

/// How a run ended, as far as it has.
struct RunOutcome {
    bool is_complete = false;
    std::string ended_utc;
    Tick end = 0;
    std::size_t log_lines = 0;
    std::uint64_t log_checksum = 0;
    int frames = 0;            ///< written
    int pictures_left_out = 0; ///< frames and video pictures that came faster than the disk took them
    bool has_video = false;
    Tick video_start = 0; ///< tick of the video's first picture
    std::vector<std::string> notes, troubles;
};
std::string run_json(RunInfo const& info, RunOutcome const& outcome);
/// Lines and checksum of the log of a complete run; nothing where run.json says that it is incomplete.
struct LogExtent {
    std::size_t lines = 0;
    std::uint64_t checksum = 0;
};
std::optional<LogExtent> log_extent_of(std::string_view run_json);

std::string dose_json(DoseSummary const& summary);

/// 16 lower-case hexadecimal digits.
std::string hex(std::uint64_t value);

} // namespace fluoro
