#pragma once
#include <cstdint>
#include <filesystem>
#include <fluoro/body/body.hpp>
#include <fluoro/core/clock.hpp>
#include <fluoro/physics/mixture.hpp>
#include <fluoro/room/room.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fluoro {

/// A command and when it is given.
struct TimedCommand {
    Tick tick = 0;
    Command command;
};

/// A round path with another content than the CT's, there from one time to another: a vessel phantom with contrast
/// medium, a wire, a gas bubble.
struct ScenarioObject {
    std::string name;
    std::vector<Vec3> path_mm;    ///< at least two patient points
    std::vector<double> radii_mm; ///< one per point
    Mixture content;
    MaterialId displaces{};    ///< what is taken away in its place
    Tick from = 0;             ///< appears with this tick
    std::optional<Tick> until; ///< gone from this tick on; empty = stays
};

/// How a built-in patient is drawn.
struct BuiltInWish {
    std::vector<std::string> set; ///< KEY=VALUE, already checked
    std::string region = "trunk";
    double spacing_mm = 1;
};

/// What an instructor writes in one YAML file. docs/scenario-format.md
struct Scenario {
    std::filesystem::path file;
    std::string title;     ///< shown to people; the file's name when not given
    std::string procedure; ///< one word, e.g. "first-look"
    std::string text;      ///< the case, for the trainee
    std::string patient;   ///< a built-in name, or a path (relative ones are already joined to the file's folder)
    std::optional<BuiltInWish> anatomy;                ///< of a built-in patient; empty = as it is
    std::optional<BodySettings> body = BodySettings{}; ///< how the patient lives; empty = a still picture
    std::vector<std::filesystem::path> tool_files;     ///< of tools beside the program's own
    std::vector<ToolInPlace> tools_in;                 ///< that lie in the patient when it begins
    std::string room = "c-arm-suite";
    RoomState start;                  ///< within the room's limits; blades open
    std::optional<Vec3> isocentre_mm; ///< patient point at the isocentre; empty = centre of the CT
    std::string isocentre;            ///< the same by a landmark's name; empty = by numbers
    int pixels = 512;                 ///< columns = rows of a frame
    std::uint64_t seed = 1;
    std::vector<ScenarioObject> objects;
    std::map<std::string, std::vector<TimedCommand>> operators; ///< each ascending in time and ending with EndSession
    std::vector<std::string> warnings; ///< file:line:column: commands that the room is going to refuse
};

/// Throws Error, one line "file:line:column: what is wrong, what to write instead", for the first problem of the file.
Scenario read_scenario(std::filesystem::path const& path);

/// Every problem of the file, one line each, in the order of the file; empty when read_scenario would succeed.
std::vector<std::string> scenario_problems(std::filesystem::path const& path);

/// An operator that stands alone in a file: the list of what it does. Throws Error as read_scenario does.
std::vector<TimedCommand> read_operator(std::filesystem::path const& path);

/// What the operator does: one of the scenario's own by name, else the file of that name. Throws Error with the names.
std::vector<TimedCommand> operator_script(Scenario const& scenario, std::string const& name_or_file);

} // namespace fluoro
