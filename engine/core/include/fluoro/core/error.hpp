#pragma once
#include <stdexcept>
#include <string>

namespace fluoro {

/// Something outside the program is wrong: a file, a scenario, a device. The message is one line that says what failed,
/// where, why it matters and what to do. `main` catches it once, prints it on stderr and ends with `exit_code()`.
class Error : public std::runtime_error {
public:
    enum class Kind {
        bad_input, ///< wrong usage or a file we refuse: exit code 2
        failed     ///< the job itself failed (no device, disk full): exit code 1
    };
    explicit Error(std::string const& message, Kind kind = Kind::bad_input) : std::runtime_error{message}, kind_{kind}
    {
    }
    int exit_code() const { return kind_ == Kind::bad_input ? 2 : 1; }

private:
    Kind kind_;
};

} // namespace fluoro
