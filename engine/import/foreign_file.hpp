#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace fluoro {

/// A regular file, open for reading. Opening never waits on a pipe or a device; Error otherwise.
class ForeignFile {
public:
    /// `follow_link` is for the path a person named; files named inside other files are not followed.
    explicit ForeignFile(std::filesystem::path const& file, bool follow_link = true);
    ~ForeignFile();
    ForeignFile(ForeignFile const&) = delete;
    ForeignFile& operator=(ForeignFile const&) = delete;

    std::uint64_t bytes() const { return bytes_; }
    /// Up to `count` bytes from `offset`; fewer at the end.
    std::vector<std::uint8_t> read(std::uint64_t offset, std::size_t count) const;

private:
    int descriptor_ = -1;
    std::uint64_t bytes_ = 0;
};

std::string quoted(std::filesystem::path const& path);

} // namespace fluoro
