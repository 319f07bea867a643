#pragma once
#include <cstdlib>
#include <filesystem>
#include <fluoro/core/error.hpp>
#include <fstream>
#include <stdexcept>
#include <string>

namespace fluoro::test {

/// A folder of its own that goes away with the test.
class ScratchFolder {
public:
    ScratchFolder()
    {
        std::string name = (std::filesystem::temp_directory_path() / "fluorolab-scenario-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error{"no scratch folder"};
        path_ = name;
    }
    ~ScratchFolder() { std::filesystem::remove_all(path_); }
    ScratchFolder(ScratchFolder const&) = delete;
    ScratchFolder& operator=(ScratchFolder const&) = delete;

    std::filesystem::path const& path() const { return path_; }
    std::filesystem::path write(std::string const& name, std::string const& text) const
    {
        std::ofstream{path_ / name, std::ios::binary} << text;
        return path_ / name;
    }

private:
    std::filesystem::path path_;
};

inline std::string read_text(std::filesystem::path const& path)
{
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace fluoro::test
