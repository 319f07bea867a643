#include "foreign_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fluoro/core/error.hpp>
#include <sys/stat.h>
#include <unistd.h>

namespace fluoro {

ForeignFile::ForeignFile(std::filesystem::path const& file, bool follow_link)
    : descriptor_{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (follow_link ? 0 : O_NOFOLLOW))}
{
    struct stat status {};
    if (descriptor_ < 0)
        throw Error{quoted(file) + ": cannot be opened (" + std::strerror(errno) + "); check the path"};
    if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
        ::close(descriptor_);
        throw Error{quoted(file) + ": not a regular file; give a CT file or a folder of DICOM files"};
    }
    bytes_ = std::uint64_t(status.st_size);
}

ForeignFile::~ForeignFile()
{
    ::close(descriptor_);
}

std::vector<std::uint8_t> ForeignFile::read(std::uint64_t offset, std::size_t count) const
{
    std::vector<std::uint8_t> data(count);
    std::size_t done = 0;
    while (done < count) {
        ssize_t const got = ::pread(descriptor_, data.data() + done, count - done, off_t(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        done += std::size_t(got);
    }
    data.resize(done);
    return data;
}

std::string quoted(std::filesystem::path const& path)
{
    return "'" + path.string() + "'";
}

} // namespace fluoro
