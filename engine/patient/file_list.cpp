#include <fluoro/core/error.hpp>
#include <fluoro/patient/file_list.hpp>

#include <algorithm>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace fluoro {

namespace {

// Folders and odd entries count against this, so that a tree of empty folders ends too.
constexpr std::size_t max_entries = 3 * max_folder_files;

struct Folder {
    std::string relative;
    int depth;
};

ListedFile listed(std::string relative, struct stat const& status)
{
    return {std::move(relative), std::uint64_t(status.st_size),
            std::int64_t(status.st_mtim.tv_sec) * 1'000'000'000 + status.st_mtim.tv_nsec};
}

} // namespace

std::vector<ListedFile> list_files(std::filesystem::path const& input, std::chrono::steady_clock::time_point deadline)
{
    std::string const where = "'" + input.string() + "'";
    struct stat top {};
    if (::stat(input.c_str(), &top) != 0) throw Error{where + ": no such file or folder; check the path"};
    if (S_ISREG(top.st_mode)) return {listed("", top)};
    if (!S_ISDIR(top.st_mode))
        throw Error{where + ": neither a file nor a folder; give a CT file or a folder of DICOM files"};

    std::vector<ListedFile> files;
    std::vector<Folder> open{{"", 0}};
    std::size_t entries = 0;
    while (!open.empty()) {
        Folder const folder = open.back();
        open.pop_back();
        int const descriptor =
            ::open((input / folder.relative).c_str(),
                   O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK | (folder.depth > 0 ? O_NOFOLLOW : 0));
        if (descriptor < 0) {
            if (folder.depth == 0) throw Error{where + ": cannot be opened; check its permissions"};
            continue;
        }
        std::unique_ptr<DIR, int (*)(DIR*)> const directory{::fdopendir(descriptor), &::closedir};
        if (!directory) {
            ::close(descriptor);
            continue;
        }
        while (dirent const* const entry = ::readdir(directory.get())) {
            std::string const name = entry->d_name;
            if (name == "." || name == "..") continue;
            if (std::chrono::steady_clock::now() > deadline)
                throw Error{where + ": no DICOM header was found within 5 s; name the series' own folder"};
            if (++entries > max_entries)
                throw Error{where + ": holds more than " + std::to_string(max_entries) +
                            " entries; name the series' own folder"};
            struct stat status {};
            if (::fstatat(descriptor, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 || status.st_dev != top.st_dev)
                continue;
            std::string const relative = folder.relative.empty() ? name : folder.relative + "/" + name;
            if (S_ISDIR(status.st_mode) && folder.depth < max_folder_depth)
                open.push_back({relative, folder.depth + 1});
            if (!S_ISREG(status.st_mode)) continue;
            files.push_back(listed(relative, status));
            if (files.size() > max_folder_files)
                throw Error{where + ": holds more than " + std::to_string(max_folder_files) +
                            " files; name the series' own folder"};
        }
    }
    std::sort(files.begin(), files.end(), [](auto const& a, auto const& b) { return a.relative < b.relative; });
    return files;
}

} // namespace fluoro
