#include "durable_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fluoro/core/error.hpp>
#include <system_error>
#include <unistd.h>

namespace fluoro {
namespace {

/// A descriptor that closes itself.
class Descriptor {
public:
    Descriptor(std::filesystem::path const& path, int flags) : value_{::open(path.c_str(), flags | O_CLOEXEC, 0644)} {}
    ~Descriptor()
    {
        if (value_ >= 0) ::close(value_);
    }
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
    explicit operator bool() const { return value_ >= 0; }
    int value() const { return value_; }

private:
    int value_;
};

Error cannot_write(std::filesystem::path const& file)
{
    return Error{"cannot write '" + file.string() + "': " + system_reason() + "; check the folder and the free space",
                 Error::Kind::failed};
}

void sync_path(std::filesystem::path const& path, int flags)
{
    Descriptor const descriptor{path, flags};
    if (!descriptor || ::fsync(descriptor.value()) != 0) throw cannot_write(path);
}

} // namespace

std::string system_reason()
{
    return std::generic_category().message(errno);
}

bool write_all(int descriptor, std::string_view bytes)
{
    while (!bytes.empty()) {
        ssize_t const written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        bytes.remove_prefix(std::size_t(written));
    }
    return true;
}

void write_durably(std::filesystem::path const& file, std::string_view text)
{
    auto temporary = file;
    temporary += ".part";
    {
        Descriptor const out{temporary, O_WRONLY | O_CREAT | O_TRUNC};
        if (!out || !write_all(out.value(), text)) {
            Error const error = cannot_write(file);
            ::unlink(temporary.c_str());
            throw error;
        }
    }
    rename_durably(temporary, file);
}

void rename_durably(std::filesystem::path const& temporary, std::filesystem::path const& file)
{
    sync_path(temporary, O_RDONLY);
    if (::rename(temporary.c_str(), file.c_str()) != 0) throw cannot_write(file);
    sync_folder(file.parent_path());
}

void sync_file_system(std::filesystem::path const& folder)
{
    Descriptor const descriptor{folder, O_RDONLY | O_DIRECTORY};
    if (!descriptor || ::syncfs(descriptor.value()) != 0) throw cannot_write(folder);
}

void sync_folder(std::filesystem::path const& folder)
{
    sync_path(folder.empty() ? std::filesystem::path{"."} : folder, O_RDONLY | O_DIRECTORY);
}

} // namespace fluoro
