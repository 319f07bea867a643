#pragma once
#include <fluoro/core/error.hpp>
#include <string>

namespace fluoro {

/// The window cannot be shown (any more): throws Error (failed) with the reason and what to do.
[[noreturn]] inline void fail_window(std::string const& what)
{
    throw Error{"the console's window: " + what + "; the beam is off. Try again, or run with --headless",
                Error::Kind::failed};
}

/// `result`: a VkResult; errors are negative.
inline void check_window(int result, char const* what)
{
    if (result < 0) fail_window(std::string{what} + " failed (VkResult " + std::to_string(result) + ")");
}

} // namespace fluoro
