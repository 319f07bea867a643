#include <fluoro/core/executable.hpp>
#include <gtest/gtest.h>
#include <scratch_folder.hpp>

#include <cstdlib>
#include <optional>
#include <string>

using namespace fluoro;
namespace fs = std::filesystem;

namespace {

/// Sets or unsets an environment variable until the end of the test.
class Environment {
public:
    Environment(char const* name, std::optional<std::string> const& value) : name_{name}
    {
        if (char const* before = std::getenv(name)) before_ = before;
        set(value);
    }
    ~Environment() { set(before_); }
    Environment(Environment const&) = delete;
    Environment& operator=(Environment const&) = delete;

private:
    void set(std::optional<std::string> const& value)
    {
        if (value)
            ::setenv(name_, value->c_str(), 1);
        else
            ::unsetenv(name_);
    }
    char const* name_;
    std::optional<std::string> before_;
};

} // namespace

TEST(Executable, its_folder_holds_this_very_program)
{
    ASSERT_TRUE(executable_folder().is_absolute());
    EXPECT_TRUE(fs::exists(executable_folder() / "test_unit_core_executable"));
}

TEST(Executable, the_working_folder_does_not_matter)
{
    fs::path const before = executable_folder();
    fs::path const here = fs::current_path();
    fs::current_path("/");
    EXPECT_EQ(executable_folder(), before);
    fs::current_path(here);
}

TEST(CacheFolder, the_users_choice_comes_first_and_is_made)
{
    test::ScratchFolder const scratch;
    Environment const xdg{"XDG_CACHE_HOME", (scratch / "xdg").string()};
    Environment const home{"HOME", (scratch / "home").string()};
    EXPECT_EQ(cache_folder(), scratch / "xdg/fluorolab");
    EXPECT_TRUE(fs::is_directory(scratch / "xdg/fluorolab"));
    EXPECT_FALSE(fs::exists(scratch / "home"));
}

TEST(CacheFolder, without_a_choice_it_is_below_the_home_folder)
{
    test::ScratchFolder const scratch;
    Environment const home{"HOME", (scratch / "home").string()};
    for (std::optional<std::string> const& choice : {std::optional<std::string>{}, {""}, {"relative/is/not/allowed"}}) {
        Environment const xdg{"XDG_CACHE_HOME", choice};
        EXPECT_EQ(cache_folder(), scratch / "home/.cache/fluorolab");
    }
    EXPECT_TRUE(fs::is_directory(scratch / "home/.cache/fluorolab"));
    EXPECT_FALSE(fs::exists("relative"));
}

TEST(CacheFolder, where_neither_can_be_written_it_is_beside_the_program)
{
    fs::path const beside = executable_folder() / "cache";
    bool const was_there = fs::exists(beside);
    {
        // Nobody, not even root, makes folders in /proc.
        Environment const xdg{"XDG_CACHE_HOME", "/proc/none"};
        Environment const home{"HOME", "/proc/none"};
        EXPECT_EQ(cache_folder(), beside);
        EXPECT_TRUE(fs::is_directory(beside));
    }
    std::error_code error;
    if (!was_there) fs::remove(beside, error);
}
