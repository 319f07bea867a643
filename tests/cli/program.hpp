#pragma once
#include <fcntl.h>
#include <filesystem>
#include <fluoro/core/geometry.hpp>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <iterator>
#include <nlohmann/json.hpp>
#include <phantoms.hpp>
#include <scratch_folder.hpp>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <vector>

// The program as a person meets it: started with a command line, judged by its exit code, what it prints and the files
// it leaves.
namespace fluoro::test {

inline std::string text_of(std::filesystem::path const& file)
{
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

inline nlohmann::json json_of(std::filesystem::path const& file)
{
    return nlohmann::json::parse(text_of(file));
}

struct Outcome {
    int exit_code = -1; ///< 128 + signal where one ended it
    std::string out, err;
};

/// Runs `fluorolab` with these words and waits for it. Its cache stands in `folder`; no display is there.
inline Outcome fluorolab(ScratchFolder const& folder, std::vector<std::string> const& words)
{
    std::vector<std::string> line{FLUORO_PROGRAM};
    line.insert(line.end(), words.begin(), words.end());
    std::vector<char*> argv;
    for (auto& word : line) argv.push_back(word.data());
    argv.push_back(nullptr);

    std::vector<std::string> surroundings{"XDG_CACHE_HOME=" + (folder / "cache").string()};
    for (char** one = environ; *one; ++one) {
        std::string const variable{*one};
        auto const starts = [&](char const* name) { return variable.rfind(name, 0) == 0; };
        if (!starts("XDG_CACHE_HOME=") && !starts("DISPLAY=") && !starts("WAYLAND_DISPLAY="))
            surroundings.push_back(variable);
    }
    std::vector<char*> environment;
    for (auto& variable : surroundings) environment.push_back(variable.data());
    environment.push_back(nullptr);

    std::filesystem::create_directories(folder / "cache");
    std::string const out = (folder / "stdout.txt").string(), err = (folder / "stderr.txt").string();
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    pid_t child = 0;
    int const failure = ::posix_spawn(&child, FLUORO_PROGRAM, &actions, nullptr, argv.data(), environment.data());
    posix_spawn_file_actions_destroy(&actions);
    Outcome outcome;
    if (failure != 0) {
        outcome.err = "cannot start " FLUORO_PROGRAM;
        return outcome;
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    outcome.out = text_of(out);
    outcome.err = text_of(err);
    return outcome;
}

/// Done, or the test says what the program said.
inline testing::AssertionResult is_done(Outcome const& outcome)
{
    if (outcome.exit_code == 0) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "exit code " << outcome.exit_code << ": " << outcome.err;
}

/// Wrong usage or bad input as the contract wants it: exit code 2, nothing on stdout, one line on stderr.
inline testing::AssertionResult is_refused_in_one_line(Outcome const& outcome)
{
    auto const lines = std::count(outcome.err.begin(), outcome.err.end(), '\n');
    if (outcome.exit_code == 2 && lines == 1 && outcome.err.back() == '\n' && outcome.err.size() > 20 &&
        outcome.out.empty())
        return testing::AssertionSuccess();
    return testing::AssertionFailure() << "exit code " << outcome.exit_code << ", stderr: '" << outcome.err
                                       << "', stdout: '" << outcome.out << "'";
}

/// A synthetic CT as a MetaImage file.
inline std::string write_ct(std::filesystem::path const& file, Grid const& grid,
                            std::function<double(Vec3 const&)> const& hu_at)
{
    auto const patient = make_patient(grid, hu_at);
    std::ofstream out{file, std::ios::binary};
    out << "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n"
        << "TransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = " << grid.origin_mm.x << ' ' << grid.origin_mm.y << ' '
        << grid.origin_mm.z << "\nElementSpacing = " << grid.spacing_mm.x << ' ' << grid.spacing_mm.y << ' '
        << grid.spacing_mm.z << "\nDimSize = " << grid.size.x << ' ' << grid.size.y << ' ' << grid.size.z
        << "\nElementType = MET_SHORT\nElementDataFile = LOCAL\n";
    out.write(reinterpret_cast<char const*>(patient->ct.hu.data()), std::streamsize(patient->ct.hu.size() * 2));
    return file.string();
}

} // namespace fluoro::test
