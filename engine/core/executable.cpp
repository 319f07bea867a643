#include <fluoro/core/executable.hpp>

#include <cstdlib>
#include <unistd.h>

namespace fluoro {

std::filesystem::path executable_folder()
{
    return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

std::filesystem::path cache_folder()
{
    namespace fs = std::filesystem;
    auto const usable = [](fs::path const& folder) {
        std::error_code error;
        fs::create_directories(folder, error);
        return fs::is_directory(folder, error) && ::access(folder.c_str(), W_OK | X_OK) == 0;
    };
    if (char const* xdg = std::getenv("XDG_CACHE_HOME"); xdg && *xdg == '/' && usable(fs::path{xdg} / "fluorolab"))
        return fs::path{xdg} / "fluorolab";
    if (char const* home = std::getenv("HOME"); home && *home == '/' && usable(fs::path{home} / ".cache/fluorolab"))
        return fs::path{home} / ".cache/fluorolab";
    fs::path const beside = executable_folder() / "cache";
    usable(beside);
    return beside;
}

} // namespace fluoro
