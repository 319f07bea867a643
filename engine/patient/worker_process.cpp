#include "worker_process.hpp"

#include <fluoro/core/error.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace fluoro {

namespace {

constexpr std::size_t max_kept = 64 * 1024;

rlimit both(std::uint64_t value)
{
    return {rlim_t(value), rlim_t(value)};
}

/// The worker's whole environment: nothing that steers its libraries (plug-in paths, dictionaries) gets through.
std::vector<std::string> environment()
{
    std::vector<std::string> kept{"LC_ALL=C.UTF-8"};
    for (char const* const name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"})
        if (char const* const value = std::getenv(name)) kept.push_back(std::string{name} + "=" + value);
    return kept;
}

std::vector<char*> pointers(std::vector<std::string>& texts)
{
    std::vector<char*> list;
    for (auto& text : texts) list.push_back(text.data());
    list.push_back(nullptr);
    return list;
}

/// Between fork and exec: only calls that are safe in the child of a program with threads.
[[noreturn]] void become_worker(char const* program, char* const* arguments, char* const* variables, int null,
                                int errors, WorkerLimits const& limits, pid_t parent)
{
    // Room below the hard limit: SIGXCPU comes first, and only a worker that ignores it meets SIGKILL.
    rlimit const cpu{rlim_t(std::ceil(limits.cpu_s)), rlim_t(std::ceil(limits.cpu_s)) + 1};
    rlimit const core = both(0);
    rlimit const file = both(limits.file_bytes);
    bool limited = ::setrlimit(RLIMIT_CPU, &cpu) == 0 && ::setrlimit(RLIMIT_CORE, &core) == 0 &&
                   ::setrlimit(RLIMIT_FSIZE, &file) == 0;
#ifndef FLUORO_SANITIZED
    rlimit const memory = both(limits.memory_bytes);
    limited = limited && ::setrlimit(RLIMIT_AS, &memory) == 0;
#endif
    // A group of its own, so that whatever it may start ends with it; and it never outlives us.
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    if (limited && ::getppid() == parent && ::dup2(null, 0) == 0 && ::dup2(null, 1) == 1 && ::dup2(errors, 2) == 2)
        ::execve(program, arguments, variables);
    ::_exit(127);
}

std::string last_line_of(std::string const& text)
{
    std::string line;
    std::size_t end = text.size();
    while (line.empty() && end > 0) {
        std::size_t const start = text.rfind('\n', end - 1);
        std::size_t const first = start == std::string::npos ? 0 : start + 1;
        line = text.substr(first, end - first);
        end = start == std::string::npos ? 0 : start;
    }
    // What stands in a hostile header must not reach the terminal as control codes.
    for (char& c : line)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    return line.substr(0, 1000);
}

void stop(pid_t worker)
{
    ::kill(-worker, SIGKILL);
    ::kill(worker, SIGKILL);
}

double seconds_until(std::chrono::steady_clock::time_point when)
{
    return std::chrono::duration<double>(when - std::chrono::steady_clock::now()).count();
}

} // namespace

WorkerOutcome run_worker(std::filesystem::path const& program, std::vector<std::string> const& arguments,
                         WorkerLimits const& limits)
{
    WorkerOutcome outcome;
    if (::access(program.c_str(), X_OK) != 0) return outcome;

    std::array<int, 2> pipe_ends{};
    int const null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0 || ::pipe2(pipe_ends.data(), O_CLOEXEC) != 0) {
        if (null >= 0) ::close(null);
        throw Error{std::string{"cannot start the import worker: "} + std::strerror(errno), Error::Kind::failed};
    }
    std::vector<std::string> words{program.string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<std::string> variables = environment();
    auto const word_list = pointers(words);
    auto const variable_list = pointers(variables);

    auto const start = std::chrono::steady_clock::now();
    auto const deadline =
        start + std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(limits.wall_s));
    pid_t const parent = ::getpid();
    pid_t const child = ::fork();
    if (child == 0)
        become_worker(words.front().c_str(), word_list.data(), variable_list.data(), null, pipe_ends[1], limits,
                      parent);
    ::close(null);
    ::close(pipe_ends[1]);
    if (child < 0) {
        ::close(pipe_ends[0]);
        throw Error{std::string{"cannot start the import worker: "} + std::strerror(errno), Error::Kind::failed};
    }
    outcome.started = true;

    // Until the worker closes its stderr (it ends) or its time is up.
    std::string said;
    bool killed = false;
    for (bool open = true; open;) {
        double const left = killed ? 1.0 : seconds_until(deadline);
        if (left <= 0) {
            stop(child);
            killed = true;
            continue;
        }
        pollfd watch{pipe_ends[0], POLLIN, 0};
        int const ready = ::poll(&watch, 1, int(std::ceil(left * 1000)));
        if (ready < 0 && errno != EINTR) open = false;
        if (ready == 0 && killed) open = false;
        if (ready <= 0) continue;
        std::array<char, 4096> part;
        ssize_t const got = ::read(pipe_ends[0], part.data(), part.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) {
            open = false;
            continue;
        }
        said.append(part.data(), std::size_t(got));
        if (said.size() > 2 * max_kept) said.erase(0, said.size() - max_kept);
    }
    ::close(pipe_ends[0]);

    // It has closed its stderr; a worker that lives on regardless is stopped at the deadline.
    int status = 0;
    while (true) {
        pid_t const ended = ::waitpid(child, &status, killed ? 0 : WNOHANG);
        if (ended == child || (ended < 0 && errno != EINTR)) break;
        if (ended == 0 && seconds_until(deadline) <= 0) {
            stop(child);
            killed = true;
        } else if (ended == 0) {
            ::usleep(500);
        }
    }
    outcome.notes = said;
    outcome.last_line = last_line_of(said);
    if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
    outcome.out_of_time = killed || outcome.signal == SIGXCPU;
    return outcome;
}

} // namespace fluoro
