#include "event_log_writer.hpp"
#include "json_text.hpp"

#include <fluoro/core/error.hpp>
#include <fluoro/record/event_log.hpp>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace fluoro {
namespace {

namespace fs = std::filesystem;

/// The object of a sealed line, its checksum taken off and compared. Throws std::runtime_error.
std::string opened(std::string const& line, std::uint64_t& checksum)
{
    std::size_t const seal_size = sealed("{}", 0).size() - 1; // the brace that closed the object stands behind it
    if (line.size() <= seal_size) throw std::runtime_error{"it is too short for an entry"};
    std::string object = line.substr(0, line.size() - seal_size) + "}";
    std::uint64_t const expected = chained(object, checksum);
    if (sealed(object, expected) != line)
        throw std::runtime_error{"its checksum does not follow from the lines before: the file was changed or damaged"};
    checksum = expected;
    return object;
}

std::string text_of(fs::path const& file)
{
    std::ifstream in{file, std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) throw Error{"cannot read '" + file.string() + "'"};
    return std::move(text).str();
}

} // namespace

EventLog read_event_log(fs::path const& file)
{
    std::error_code error;
    if (!fs::is_regular_file(file, error))
        throw Error{"cannot read '" + file.string() + "': a run folder holds a file of this name"};
    std::ifstream in{file, std::ios::binary};
    if (!in) throw Error{"cannot read '" + file.string() + "'"};

    EventLog log;
    std::string line;
    while (std::getline(in, line)) {
        std::string const number = std::to_string(log.lines + 1);
        if (in.eof()) {
            log.torn_tail = "line " + number + " of '" + file.string() + "' was cut off after " +
                            std::to_string(line.size()) + " bytes and is left out";
            break;
        }
        try {
            if (log.has_ended) throw std::runtime_error{"it stands behind the end of the run"};
            std::string const object = opened(line, log.checksum);
            if (log.lines == 0)
                log.info = run_info_of(object);
            else
                log.entries.push_back(log_entry_of(object));
        } catch (std::exception const& reason) {
            throw Error{"line " + number + " of '" + file.string() + "' cannot be trusted: " + reason.what()};
        }
        ++log.lines;
        log.has_ended = !log.entries.empty() && std::holds_alternative<EndEntry>(log.entries.back());
    }
    if (in.bad()) throw Error{"cannot read '" + file.string() + "'"};
    if (log.lines == 0) throw Error{"'" + file.string() + "' holds no whole line: nothing was recorded"};
    return log;
}

EventLog read_run(fs::path const& folder)
{
    EventLog log = read_event_log(folder / "events.log");
    std::optional<LogExtent> extent;
    try {
        extent = log_extent_of(text_of(folder / "run.json"));
    } catch (Error const&) {
        throw;
    } catch (std::exception const& reason) {
        throw Error{"'" + (folder / "run.json").string() + "' is damaged: " + reason.what()};
    }
    if (extent && (extent->lines != log.lines || extent->checksum != log.checksum))
        throw Error{"'" + (folder / "events.log").string() +
                    "' is not the log that run.json speaks of: it ends at line " + std::to_string(log.lines) +
                    ", the run at line " + std::to_string(extent->lines)};
    return log;
}

} // namespace fluoro
