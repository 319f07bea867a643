#pragma once
#include <filesystem>
#include <fluoro/instruments/tool.hpp>
#include <memory>
#include <span>

namespace fluoro {

/// Tools by name, from the program's own files and from an instructor's. docs/tool-format.md
class ToolLibrary {
public:
    /// Those that come with the program (assets/tools).
    ToolLibrary();
    /// Adds the tools of a YAML file; one of a name that is there already takes its place. Throws Error with
    /// file:line:column, the reason and what to write instead; the library is then as before.
    void add_file(std::filesystem::path const& file);

    /// Throws Error with the nearest name when there is none of that name.
    std::shared_ptr<Tool const> find(std::string_view name) const;
    std::span<std::shared_ptr<Tool const> const> tools() const { return tools_; }

private:
    std::vector<std::shared_ptr<Tool const>> tools_;
};

} // namespace fluoro
