#pragma once
#include <fluoro/core/geometry.hpp>
#include <optional>
#include <string>
#include <variant>

namespace fluoro {

// What a hand does with tools. Logged with the commands to the room. A tool is named as in the library; there is one of
// each name at a time.

/// A tool at a way into a vessel, its tip at the skin; into or over those that are there already. Or at the hub of a
/// needle: what goes through one whose tip is in a vessel finds its way there, and keeps it when the needle is off; a
/// balloon for bone goes through a bone needle.
struct TakeTool {
    std::string tool;       ///< "j-wire-0.035"
    std::string access;     ///< "right-femoral", or a needle's name
    bool is_flushed = true; ///< else it holds air
};
/// Blood is drawn back into a catheter: out come its air and its contrast medium.
struct Aspirate {
    std::string tool;
};
/// Out of the hand, when all of it is out of the body.
struct PutToolAway {
    std::string tool;
};
/// How the hand moves a tool or a needle, until told otherwise or until it is where it shall be. In a vessel it can
/// watch the picture: it stops when the tip is at a place, and does nothing where it is there already; a tip that went
/// another way is drawn back, turned and pushed on. It can turn a tip toward a place, and hold a balloon's markers
/// about a lesion.
struct MoveTool {
    std::string tool;
    double push_mm_s = 0;               ///< + = in
    double turn_rad_s = 0;              ///< + = clockwise for who looks along it into the body
    std::optional<double> until_mm{};   ///< stops when so much of it is in
    std::optional<double> until_rad{};  ///< stops when its hub has turned so far
    std::string until_at{};             ///< stops when the tip is in this vessel, or so near to this landmark
    double within_mm = 3;               ///< of the landmark
    double beyond_mm = 0;               ///< so much further in when it has come there, then stops for good
    std::optional<double> astray_rad{}; ///< turned by so much when the tip has left the way there; empty: not watched
    std::string aim_at{};     ///< turns until the tip looks to this landmark, seen along the vessel, and keeps it so
    std::string markers_at{}; ///< keeps the middle of its balloon at the middle of this vessel's tightest stretch
};
/// The inflator on a balloon's hub; 0 = suction.
struct InflateBalloon {
    std::string tool;
    double atm = 0; ///< above the air's
};
/// A patient point: so far from a landmark, or from the origin where none is named.
struct AimPoint {
    std::string landmark; ///< "pedicle-right-L1"
    Vec3 offset_mm{0};
};
/// A needle, or a compression paddle, at the skin on the straight line from outside through one point to the other. A
/// second needle of a kind is named with a number: "bone-11g#2".
struct AimNeedle {
    std::string tool; ///< "bone-11g"
    AimPoint through, to;
};
/// One blow of the hammer on a bone needle.
struct HammerNeedle {
    std::string tool;
    double blow_j = 0.5;
};
/// Cement is mixed: its age counts from now.
struct MixCement {
    bool is_high_viscosity = false;
};
/// Cement through a bone needle, until told otherwise; 0 = no more.
struct PushCement {
    std::string tool;
    double rate_ml_s = 0.05;
};

/// A tool that lies in when the session begins. The first at an access lies along the vessels to a place and stays
/// there by itself; those after it lie inside it.
struct ToolInPlace {
    std::string tool, access;
    std::string to;       ///< vessel, or landmark in one; empty: inside the first tool at that access
    double beyond_mm = 0; ///< of the tip behind the vessel's beginning, or behind the first tool's tip
    double eased_mm = 0;  ///< drawn back by so much while its tip is on its seat: slack that it would lean with
};

using ToolOrder = std::variant<TakeTool, Aspirate, PutToolAway, MoveTool, InflateBalloon, AimNeedle, HammerNeedle,
                               MixCement, PushCement>;

} // namespace fluoro
