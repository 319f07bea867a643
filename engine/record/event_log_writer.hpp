#pragma once
#include "bounded_queue.hpp"
#include "notices.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>

namespace fluoro {

/// Checksum of a line's object, given that of the line before (0 before the first): XXH3, 64 bits, of the 16
/// hexadecimal digits of `previous` followed by the object. Guards against accident and careless editing, not against
/// forgery.
std::uint64_t chained(std::string_view object, std::uint64_t previous);
/// `object` with its checksum as a last member: the line as it stands in the file, without line end.
std::string sealed(std::string_view object, std::uint64_t checksum);

/// Appends to a new events.log. One thread hands lines to the system as they come, another forces them to the disk
/// twice a second, so that a slow disk holds back neither the session nor the next line. After the first failure
/// nothing more is written: the file stays a whole log up to that point.
class EventLogWriter {
public:
    /// Writes the first line at once. Throws Error (failed).
    EventLogWriter(std::filesystem::path const& file, std::string_view first_object, Notices& notices);
    /// Closes.
    ~EventLogWriter();
    EventLogWriter(EventLogWriter const&) = delete;
    EventLogWriter& operator=(EventLogWriter const&) = delete;

    /// One JSON object on one line. Never waits.
    void append(std::string object);
    /// Everything appended is on the disk, or reported. Nothing may be appended afterwards.
    void close();
    bool has_failed() const { return has_failed_; }
    /// Of what was written; ask after `close`.
    std::size_t lines() const { return lines_; }
    std::uint64_t checksum() const { return checksum_; }

private:
    bool write_line(std::string_view object);
    void reserve();
    void write_lines();
    void sync_lines(std::stop_token const& stop);
    void fail(std::string const& what);

    std::filesystem::path file_;
    Notices& notices_;
    int descriptor_ = -1;
    std::uint64_t size_ = 0;     ///< bytes of whole lines in the file
    std::uint64_t reserved_ = 0; ///< bytes that the disk has been asked to keep for it
    std::size_t lines_ = 0;
    std::uint64_t checksum_ = 0;
    std::atomic<bool> has_failed_ = false;
    std::atomic<std::size_t> unsynced_lines_ = 0;
    BoundedQueue<std::string> queue_;
    std::thread writer_;
    std::jthread syncer_;
};

} // namespace fluoro
