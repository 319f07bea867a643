#include "yaml_file.hpp"

#include <chrono>
#include <fluoro/core/random.hpp>
#include <fluoro/scenario/scenario.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

/// Damages a text: bytes changed, cut, doubled, moved, and YAML's own signs put where they do not belong.
std::string mutated(std::string text, std::uint32_t number)
{
    static std::vector<std::string> const signs{
        "[",    "]",  "{",    "}",   ":",     "- ",       "? ",       "*a",      "&a ",
        "!!x ", "|",  ">",    "\t",  "\n",    "'",        "\"",       "%YAML 9", "---\n",
        "...",  "#",  ",",    "\\x", ".nan",  "1e999",    "-",        "\xff",    "\xef\xbb\xbf",
        "\r",   "<<", "null", "~",   "[[[[[", "{a: {a: ", "\xfe\xff", "@",       "`"};
    RandomSequence random{2026, RandomStream::mutation, number, 0};
    auto const below = [&](std::size_t n) {
        return n == 0 ? std::size_t{0} : std::size_t(random.next_uniform() * double(n));
    };
    std::size_t const changes = 1 + below(6);
    for (std::size_t i = 0; i < changes; ++i) {
        std::size_t const at = below(text.size()), length = std::min(below(40), text.size() - at);
        switch (below(6)) {
        case 0:
            if (!text.empty()) text[at] = char(below(256));
            break;
        case 1:
            text.erase(at, length);
            break;
        case 2:
            text.insert(at, text.substr(at, length));
            break;
        case 3:
            text.insert(below(text.size()), text.substr(at, length));
            break;
        case 4:
            text.resize(at);
            break;
        default:
            text.insert(at, signs[below(signs.size())]);
            break;
        }
    }
    return text;
}

/// Read, or refused with one line that names the file; never anything else, never slow.
void expect_read_or_refused(std::filesystem::path const& file, bool is_scenario, std::uint32_t number, int& read,
                            int& refused)
{
    auto const begin = std::chrono::steady_clock::now();
    try {
        if (is_scenario)
            read_scenario(file);
        else
            read_operator(file);
        ++read;
    } catch (Error const& error) {
        std::string const text = error.what();
        EXPECT_TRUE(text.starts_with(file.string() + ":")) << text;
        EXPECT_EQ(text.find('\n'), std::string::npos) << text;
        ++refused;
    }
    // A small text takes milliseconds; five seconds is what any refused file may take.
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{5}) << "mutation " << number;
}

TEST(ScenarioMutations, every_damaged_file_is_read_or_refused)
{
    bool const is_long = std::getenv("FLUORO_LONG") != nullptr;
    std::uint32_t const count = is_long ? 20'000 : 400;
    std::string const scenario =
        test::read_text(std::filesystem::path{FLUORO_SOURCE_DIR} / "scenarios/first-look.yaml");
    ASSERT_FALSE(scenario.empty());
    std::string const script = scenario.substr(scenario.find("    - {at_s"));
    test::ScratchFolder const folder;
    int read = 0, refused = 0;
    for (std::uint32_t number = 0; number < count; ++number) {
        bool const is_scenario = number % 2 == 0;
        auto const file = folder.write("mutant.yaml", mutated(is_scenario ? scenario : script, number));
        ASSERT_NO_FATAL_FAILURE(expect_read_or_refused(file, is_scenario, number, read, refused));
    }
    RecordProperty("read", read);
    RecordProperty("refused", refused);
    // The damage is neither harmless (comments and texts take any byte) nor always fatal.
    EXPECT_GT(refused, int(count) / 4);
    EXPECT_GT(read, int(count) / 50);
}

} // namespace
} // namespace fluoro
