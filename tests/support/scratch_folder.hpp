#pragma once
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

namespace fluoro::test {

/// A folder of the test's own, removed at the end.
class ScratchFolder {
public:
    ScratchFolder()
    {
        std::string name = (std::filesystem::temp_directory_path() / "fluoro-test-XXXXXX").string();
        if (::mkdtemp(name.data())) path_ = name;
    }
    ~ScratchFolder()
    {
        std::error_code error;
        std::filesystem::remove_all(path_, error);
    }
    ScratchFolder(ScratchFolder const&) = delete;
    ScratchFolder& operator=(ScratchFolder const&) = delete;
    std::filesystem::path operator/(std::string const& name) const { return path_ / name; }
    std::filesystem::path const& path() const { return path_; }

private:
    std::filesystem::path path_;
};

inline std::filesystem::path write_file(std::filesystem::path const& file, std::span<std::uint8_t const> bytes)
{
    std::filesystem::create_directories(file.parent_path());
    std::ofstream{file, std::ios::binary}.write(reinterpret_cast<char const*>(bytes.data()),
                                                std::streamsize(bytes.size()));
    return file;
}

inline std::vector<std::uint8_t> file_bytes(std::filesystem::path const& file)
{
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

/// The real trial data's folder, or an empty path: $FLUORO_DATA, else the one beside the source tree.
inline std::filesystem::path real_data(std::filesystem::path const& source_folder)
{
    char const* const set = std::getenv("FLUORO_DATA");
    std::filesystem::path const folder = set ? std::filesystem::path{set} : source_folder / ".." / "shared" / "data";
    std::error_code error;
    return std::filesystem::is_directory(folder, error) ? folder : std::filesystem::path{};
}

} // namespace fluoro::test
