#pragma once
// Figures for docs/validation.md. tools/validation runs the tests, collects what they say here and writes the table.
#include <cstdio>
#include <string>

namespace fluoro::test {

/// `name` is what the table's template asks for, e.g. "heel_worst_percent".
inline void measured(std::string const& name, double value)
{
    std::printf("MEASURED %s %.9g\n", name.c_str(), value);
    std::fflush(stdout);
}

} // namespace fluoro::test
