// The worker: the only process of Fluorolab that lets third-party code parse foreign files. It is started by the
// program under limits, reads one CT (or one surface), writes one patient bundle (or mesh) and ends. Any failure is one
// line on stderr and a status: 2 for an input that is refused or breaks the reader, 1 for a job that could not be done
// (disk full).
#include <fluoro/core/error.hpp>
#include <fluoro/import/mesh_reader.hpp>
#include <fluoro/import/reader.hpp>
#include <fluoro/patient/bundle.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <new>
#include <sched.h>
#include <string>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

struct Arguments {
    std::filesystem::path input, out;
    fluoro::ReadOptions options;
    bool is_mesh = false;
};

constexpr char const* usage = "usage: fluorolab-import INPUT --out BUNDLE [--remove-couch] [--labels FILE] [--mesh]\n";

Arguments parse(int count, char** words)
{
    Arguments arguments;
    for (int i = 1; i < count; ++i) {
        std::string const word = words[i];
        auto const value = [&]() -> std::string {
            if (++i >= count) throw fluoro::Error{word + " needs a value; " + usage};
            return words[i];
        };
        if (word == "--out")
            arguments.out = value();
        else if (word == "--labels")
            arguments.options.labels = value();
        else if (word == "--mesh")
            arguments.is_mesh = true;
        else if (word == "--remove-couch")
            arguments.options.remove_couch = true;
        else if (arguments.input.empty() && !word.starts_with("--"))
            arguments.input = word;
        else
            throw fluoro::Error{"'" + word + "' is not understood; " + usage};
    }
    if (arguments.input.empty() || arguments.out.empty()) throw fluoro::Error{usage};
    return arguments;
}

// What a signal handler may touch: the line is put together before any file is opened.
char broken_line[4200];
std::size_t broken_length = 0;

void say_and_end(int)
{
    [[maybe_unused]] auto const written = ::write(STDERR_FILENO, broken_line, broken_length);
    ::_exit(2);
}

/// A parser that aborts or runs wild still leaves one line and status 2.
void expect_the_worst(std::string const& input)
{
    int const length = std::snprintf(broken_line, sizeof broken_line,
                                     "\n'%.4000s': broke its reader; the file is damaged\n", input.c_str());
    broken_length = length > 0 ? std::min(std::size_t(length), sizeof broken_line - 1) : 0;
    std::set_terminate([] { say_and_end(0); });
#ifndef FLUORO_SANITIZED          // a sanitizer's own report says more
    static char stack[64 * 1024]; // for a handler that runs because the usual one overflowed
    stack_t alternate{};
    alternate.ss_sp = stack;
    alternate.ss_size = sizeof stack;
    ::sigaltstack(&alternate, nullptr);
    struct sigaction action {};
    action.sa_handler = say_and_end;
    action.sa_flags = SA_ONSTACK;
    for (int const signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS}) ::sigaction(signal, &action, nullptr);
#endif
}

void give_up_powers()
{
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    rlimit const none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::close_range(3, ~0U, 0);
    // No network where the system lets us: parsers have no business there.
    if (::unshare(CLONE_NEWNET) != 0) ::unshare(CLONE_NEWUSER | CLONE_NEWNET);
    ::umask(077);
}

} // namespace

int main(int count, char** words)
{
    int status = 0;
    try {
        give_up_powers();
        Arguments const arguments = parse(count, words);
        expect_the_worst(arguments.input.string());
        try {
            if (arguments.is_mesh)
                fluoro::write_mesh(arguments.out, fluoro::read_foreign_mesh(arguments.input));
            else
                fluoro::write_bundle(arguments.out, fluoro::read_foreign(arguments.input, arguments.options));
        } catch (std::bad_alloc const&) {
            throw fluoro::Error{
                "'" + arguments.input.string() +
                "': needs more memory than an import may take; crop or resample it, or the file is damaged"};
        }
    } catch (fluoro::Error const& error) {
        std::fprintf(stderr, "%s\n", error.what());
        status = error.exit_code();
    } catch (std::exception const& error) {
        std::fprintf(stderr, "'%s': %s\n", count > 1 ? words[1] : "", error.what());
        status = 2;
    }
    // Not exit(): no library's last words can change the outcome.
    std::fflush(stderr);
    ::_exit(status);
}
