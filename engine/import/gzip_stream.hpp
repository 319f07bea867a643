#pragma once
#include "foreign_file.hpp"

#include <memory>

namespace fluoro {

/// The bytes of a file, inflated on the way when it is gzip. Never gives more than 2 GiB, nor (beyond 64 MiB) more than
/// 200 times what the file holds: Error instead.
class GzipStream {
public:
    explicit GzipStream(std::filesystem::path const& file);
    ~GzipStream();
    /// Fills `count` bytes or fewer at the end. Error where the compressed data is damaged.
    std::vector<std::uint8_t> read(std::size_t count);
    /// Passes over `count` bytes; Error if there are fewer.
    void skip(std::uint64_t count);
    /// Reads on to the end of what is compressed, up to 1 MiB, so that its checksum is asked. Error where it is wrong.
    void check_end();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace fluoro
