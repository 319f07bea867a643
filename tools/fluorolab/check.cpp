#include "commands.hpp"

#include <cstdio>
#include <fluoro/console/inputs.hpp>
#include <fluoro/instruments/tool_library.hpp>
#include <fluoro/scenario/scenario.hpp>

namespace fluoro {

int run_check(CheckRequest const& request)
{
    int problems = 0;
    for (auto const& file : request.scenarios) {
        bool const holds_tools = is_tool_file(file);
        bool const holds_inputs = !holds_tools && is_inputs_file(file);
        auto const found = holds_tools    ? tool_file_problems(file)
                           : holds_inputs ? inputs_file_problems(file)
                                          : scenario_problems(file);
        for (auto const& problem : found) std::fprintf(stderr, "%s\n", problem.c_str());
        problems += int(found.size());
        if (!found.empty()) continue;
        if (!holds_tools && !holds_inputs)
            for (auto const& warning : read_scenario(file).warnings)
                std::fprintf(stderr, "warning: %s\n", warning.c_str());
        std::printf("%s: no problems\n", file.c_str());
    }
    return problems ? 2 : 0;
}

} // namespace fluoro
