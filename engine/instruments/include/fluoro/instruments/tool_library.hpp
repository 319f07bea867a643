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

    /// Throws Error with the nearest name when there is none of that name; "bone-11g#2" is a second bone-11g.
    std::shared_ptr<Tool const> find(std::string_view name) const;
    std::span<std::shared_ptr<Tool const> const> tools() const { return tools_; }

private:
    std::vector<std::shared_ptr<Tool const>> tools_;
};

/// Whether the file's first level has tools: then it is no scenario.
bool is_tool_file(std::filesystem::path const& file);
/// Every problem of a tool file, one line each, in the order of the file; empty when add_file() would succeed.
std::vector<std::string> tool_file_problems(std::filesystem::path const& file);

} // namespace fluoro
