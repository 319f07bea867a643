#include "tool_reader.hpp"

#include <algorithm>
#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>
#include <fluoro/instruments/tool_library.hpp>
#include <fluoro/yaml/map_reader.hpp>
#include <fluoro_assets/balloons_and_stents.hpp>
#include <fluoro_assets/catheters.hpp>
#include <fluoro_assets/needles.hpp>
#include <fluoro_assets/sheaths.hpp>
#include <fluoro_assets/wires.hpp>

namespace fluoro {
namespace {

std::vector<Tool> tools_of(std::filesystem::path const& file, Problems& problems)
{
    YamlNode const root = read_yaml(file, problems);
    return problems.count() == 0 ? read_tools(root, problems) : std::vector<Tool>{};
}

} // namespace

ToolLibrary::ToolLibrary()
{
    for (std::string_view const text :
         {assets::wires, assets::catheters, assets::sheaths, assets::balloons_and_stents, assets::needles}) {
        Problems problems{"assets/tools"};
        for (Tool& tool : read_tools(read_yaml_text(std::string{text}, problems), problems))
            tools_.push_back(std::make_shared<Tool const>(std::move(tool)));
        FLUORO_EXPECT(problems.count() == 0);
    }
}

void ToolLibrary::add_file(std::filesystem::path const& file)
{
    Problems problems{file};
    std::vector<Tool> read = tools_of(file, problems);
    problems.throw_first();
    for (Tool& tool : read) {
        auto added = std::make_shared<Tool const>(std::move(tool));
        auto const known = std::ranges::find(tools_, added->name, [](auto const& one) { return one->name; });
        if (known == tools_.end())
            tools_.push_back(std::move(added));
        else
            *known = std::move(added);
    }
}

std::shared_ptr<Tool const> ToolLibrary::find(std::string_view name) const
{
    name = name.substr(0, name.find('#')); // a second one of a kind
    std::vector<std::string> names;
    for (auto const& tool : tools_) {
        if (tool->name == name) return tool;
        names.push_back(tool->name);
    }
    std::string const nearest = nearest_name(name, names);
    throw Error{"no tool is named " + in_quotes(std::string{name}) + "; " +
                (nearest.empty() ? "there are: " + one_of(names) : "did you mean " + nearest + "?")};
}

bool is_tool_file(std::filesystem::path const& file)
{
    Problems problems{file};
    YamlNode const root = read_yaml(file, problems);
    return std::ranges::any_of(root.entries, [](auto const& entry) {
        return entry.first.text == "tools" && entry.second.kind == YamlNode::Kind::list &&
               !entry.second.items.empty() && entry.second.items[0].kind == YamlNode::Kind::map;
    });
}

std::vector<std::string> tool_file_problems(std::filesystem::path const& file)
{
    Problems problems{file};
    (void)tools_of(file, problems);
    return problems.lines();
}

} // namespace fluoro
