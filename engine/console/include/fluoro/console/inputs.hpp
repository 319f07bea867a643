#pragma once
#include <compare>
#include <filesystem>
#include <fluoro/console/actions.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fluoro {

/// Where an input is made.
enum class InputKind {
    key,
    mouse_button,
    wheel,         ///< a notch of the mouse's wheel
    drag,          ///< the mouse moved while Action::grip is held
    pad_button,    ///< of any gamepad whose layout is known
    pad_axis,      ///< a stick or a trigger of one, in one direction
    device_button, ///< of any other HID device: a foot switch, a joystick, a tracker of catheters
    device_axis
};

/// One thing a person can press, turn or push. Keys, mouse buttons and the wheel may go with Control and Alt.
struct Input {
    InputKind kind = InputKind::key;
    int code = 0; ///< GLFW's key, button or axis; of wheel and drag: 0 up, 1 down, 2 left, 3 right
    int sign = 0; ///< of an axis: the direction, + 1 or - 1
    bool with_control = false, with_alt = false;
    std::string device{}; ///< of device_button and device_axis: its name
    friend auto operator<=>(Input const&, Input const&) = default;
};

/// It has a way to go: what is bound to it moves at a share of its speed.
constexpr bool is_axis(InputKind kind)
{
    return kind == InputKind::pad_axis || kind == InputKind::device_axis;
}
/// It comes in steps and has no end of its own.
constexpr bool is_stepped(InputKind kind)
{
    return kind == InputKind::wheel || kind == InputKind::drag;
}

/// "space", "ctrl+left", "alt+up", "[", "mouse-right", "wheel-up", "drag-left", "pad-a", "pad-left-x+",
/// "button 3 of NAME", "axis 2- of NAME": what name_of writes; nothing for any other text. Case does not matter but in
/// a device's name.
std::optional<Input> input_from_name(std::string_view name);
/// The name as input_from_name reads it.
std::string name_of(Input const& input);
/// As people read it on a key's cap: "Space", "Ctrl+Left", "Comma".
std::string title_of(Input const& input);

/// Why this input cannot do this; empty = it can.
std::string misfit(Input const& input, Action action);

/// How fast hands are at full deflection, and what a step of wheel or mouse moves.
struct HandRates {
    double push_mm_s = 60;
    double turn_deg_s = 360;
    double inflate_atm_s = 2;
    double cement_ml_s = 0.1;
    double wheel_mm = 2, wheel_deg = 15;    ///< a notch
    double drag_mm = 0.25, drag_deg = 0.75; ///< of the mouse, for each pixel
    friend bool operator==(HandRates const&, HandRates const&) = default;
};

/// Which input does what. An input does one thing; an action may have several inputs.
class InputMap {
public:
    /// The inputs of docs/console.md.
    InputMap();
    /// Takes the input away from whatever had it.
    void bind(Input const& input, Action action);
    void unbind(Input const& input);
    /// The action has the inputs that it had at first again, taken from whatever has them now.
    void reset(Action action);
    std::optional<Action> find(Input const& input) const;
    std::vector<Input> inputs_of(Action action) const;
    bool has_first_inputs(Action action) const;

    HandRates rates;

private:
    struct Binding {
        Input input;
        Action action;
    };
    std::vector<Binding> bindings_;
};

// The person's own inputs, kept in a YAML file. docs/console.md, "The file of inputs"

/// $XDG_CONFIG_HOME/fluorolab/inputs.yaml, else ~/.config/fluorolab/inputs.yaml; empty where neither is set.
std::filesystem::path inputs_file();
/// Every problem of the file, "file:line:column: what is wrong, what to write instead"; empty when read_inputs()
/// succeeds.
std::vector<std::string> inputs_file_problems(std::filesystem::path const& file);
/// The inputs of the file: actions that it does not name keep those they had at first. Throws Error with the first
/// problem.
InputMap read_inputs(std::filesystem::path const& file);
/// Writes what differs from the inputs at first; the folder is made if missing. Throws Error (failed).
void write_inputs(InputMap const& inputs, std::filesystem::path const& file);
/// Whether the file's first level has inputs: then it is no scenario.
bool is_inputs_file(std::filesystem::path const& file);

} // namespace fluoro
