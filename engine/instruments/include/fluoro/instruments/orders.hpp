#pragma once
#include <optional>
#include <string>
#include <variant>

namespace fluoro {

// What a hand does with tools. Logged with the commands to the room.

/// A tool of the library at a way into the body, its tip at the skin; into or over those that are there already.
struct TakeTool {
    std::string tool;   ///< "j-wire-0.035"
    std::string access; ///< "right-femoral"
};
/// Out of the hand, when all of it is out of the body.
struct PutToolAway {
    std::string tool;
};
/// How the hand moves a tool's hub, until told otherwise or until it is where it shall be.
struct MoveTool {
    std::string tool;
    double push_mm_s = 0;              ///< + = in
    double turn_rad_s = 0;             ///< + = clockwise for who looks along it into the body
    std::optional<double> until_mm{};  ///< stops when so much of it is in
    std::optional<double> until_rad{}; ///< stops when its hub has turned so far
};

using ToolOrder = std::variant<TakeTool, PutToolAway, MoveTool>;

} // namespace fluoro
