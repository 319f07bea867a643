#include "event_log_writer.hpp"
#include "durable_file.hpp"
#include "json_text.hpp"
#include "signals_blocked.hpp"

#include <chrono>
#include <fcntl.h>
#include <fluoro/core/error.hpp>
#include <mutex>
#include <sys/file.h>
#include <unistd.h>
#include <xxhash.h>

namespace fluoro {
namespace {

constexpr std::chrono::milliseconds sync_interval{500};
// At 30 pulses and as many commands a second this is a quarter of an hour without a disk, in some 20 MB.
constexpr std::size_t most_waiting_lines = 65'536;
// Room on the disk that is claimed ahead of the lines: ten minutes of beam at 15 pulses a second, and frames cannot
// take it.
constexpr std::uint64_t reserve_bytes = 4u << 20;

} // namespace

std::uint64_t chained(std::string_view object, std::uint64_t previous)
{
    std::string bytes = hex(previous);
    bytes += object;
    return XXH3_64bits(bytes.data(), bytes.size());
}

std::string sealed(std::string_view object, std::uint64_t checksum)
{
    return std::string{object.substr(0, object.size() - 1)} + R"(,"sum":")" + hex(checksum) + "\"}";
}

EventLogWriter::EventLogWriter(std::filesystem::path const& file, std::string_view first_object, Notices& notices)
    : file_{file}, notices_{notices}, queue_{most_waiting_lines}
{
    auto const failed = [&] {
        Error error{"cannot write the event log '" + file.string() + "': " + system_reason() +
                        "; a run is not started without its record",
                    Error::Kind::failed};
        if (descriptor_ >= 0) ::close(descriptor_);
        return error;
    };
    descriptor_ = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
    if (descriptor_ < 0) throw failed();
    // Tells others that the run is going on. Some network file systems have no locks; the run goes on without.
    ::flock(descriptor_, LOCK_EX | LOCK_NB);
    if (!write_line(first_object) || ::fdatasync(descriptor_) != 0) throw failed();
    SignalsBlocked const here;
    writer_ = std::thread{[this] { write_lines(); }};
    syncer_ = std::jthread{[this](std::stop_token const& stop) { sync_lines(stop); }};
}

EventLogWriter::~EventLogWriter()
{
    close();
}

void EventLogWriter::append(std::string object)
{
    if (!has_failed_ && !queue_.try_push(std::move(object))) fail("the disk does not take it in time");
}

void EventLogWriter::close()
{
    if (descriptor_ < 0) return;
    queue_.close();
    writer_.join();
    syncer_.request_stop();
    syncer_.join();
    if (!has_failed_ && ::fdatasync(descriptor_) != 0) fail(system_reason());
    ::close(descriptor_);
    descriptor_ = -1;
}

bool EventLogWriter::write_line(std::string_view object)
{
    std::uint64_t const checksum = chained(object, checksum_);
    std::string const line = sealed(object, checksum) + "\n";
    if (!write_all(descriptor_, line)) return false;
    size_ += line.size();
    checksum_ = checksum;
    ++lines_;
    return true;
}

void EventLogWriter::reserve()
{
    if (size_ + reserve_bytes / 2 < reserved_) return;
    // The file does not become longer by this. Where the disk or its file system cannot, the lines take their chance.
    [[maybe_unused]] int const result =
        ::fallocate(descriptor_, FALLOC_FL_KEEP_SIZE, off_t(size_), off_t(reserve_bytes));
    reserved_ = size_ + reserve_bytes;
}

void EventLogWriter::write_lines()
{
    reserve();
    while (auto const object = queue_.pop()) {
        if (has_failed_) continue;
        reserve();
        if (write_line(*object)) {
            ++unsynced_lines_;
            continue;
        }
        fail(system_reason());
    }
    // Gives back what was claimed and takes off half a line. Where even this fails, the reader leaves that out.
    [[maybe_unused]] int const result = ::ftruncate(descriptor_, off_t(size_));
}

void EventLogWriter::sync_lines(std::stop_token const& stop)
{
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock{mutex};
    while (!stopped.wait_for(lock, stop, sync_interval, [&] { return stop.stop_requested(); }))
        if (unsynced_lines_.exchange(0) > 0 && !has_failed_ && ::fdatasync(descriptor_) != 0) fail(system_reason());
}

void EventLogWriter::fail(std::string const& what)
{
    if (has_failed_.exchange(true)) return;
    notices_.trouble("the event log '" + file_.string() + "' could not be written any further: " + what +
                     "; the run goes on unrecorded from here, free some space and start a new one");
}

} // namespace fluoro
