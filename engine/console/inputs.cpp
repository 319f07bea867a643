#include <fluoro/console/inputs.hpp>

#include <GLFW/glfw3.h>
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <tuple>

namespace fluoro {
namespace {

struct Named {
    std::string_view name;
    int code;
};

// Letters and digits name themselves.
constexpr std::array named_keys{
    Named{"space", GLFW_KEY_SPACE},
    Named{"left", GLFW_KEY_LEFT},
    Named{"right", GLFW_KEY_RIGHT},
    Named{"up", GLFW_KEY_UP},
    Named{"down", GLFW_KEY_DOWN},
    Named{"home", GLFW_KEY_HOME},
    Named{"end", GLFW_KEY_END},
    Named{"page-up", GLFW_KEY_PAGE_UP},
    Named{"page-down", GLFW_KEY_PAGE_DOWN},
    Named{"insert", GLFW_KEY_INSERT},
    Named{"delete", GLFW_KEY_DELETE},
    Named{"escape", GLFW_KEY_ESCAPE},
    Named{"enter", GLFW_KEY_ENTER},
    Named{"tab", GLFW_KEY_TAB},
    Named{"backspace", GLFW_KEY_BACKSPACE},
    Named{"left-shift", GLFW_KEY_LEFT_SHIFT},
    Named{"right-shift", GLFW_KEY_RIGHT_SHIFT},
    Named{"pause", GLFW_KEY_PAUSE},
    Named{"menu", GLFW_KEY_MENU},
    Named{"[", GLFW_KEY_LEFT_BRACKET},
    Named{"]", GLFW_KEY_RIGHT_BRACKET},
    Named{"-", GLFW_KEY_MINUS},
    Named{"=", GLFW_KEY_EQUAL},
    Named{",", GLFW_KEY_COMMA},
    Named{".", GLFW_KEY_PERIOD},
    Named{";", GLFW_KEY_SEMICOLON},
    Named{"'", GLFW_KEY_APOSTROPHE},
    Named{"/", GLFW_KEY_SLASH},
    Named{"\\", GLFW_KEY_BACKSLASH},
    Named{"`", GLFW_KEY_GRAVE_ACCENT},
    Named{"less", GLFW_KEY_WORLD_2},
    Named{"keypad-.", GLFW_KEY_KP_DECIMAL},
    Named{"keypad-/", GLFW_KEY_KP_DIVIDE},
    Named{"keypad-*", GLFW_KEY_KP_MULTIPLY},
    Named{"keypad--", GLFW_KEY_KP_SUBTRACT},
    Named{"keypad-+", GLFW_KEY_KP_ADD},
    Named{"keypad-enter", GLFW_KEY_KP_ENTER},
};

constexpr std::array mouse_buttons{
    Named{"mouse-right", GLFW_MOUSE_BUTTON_RIGHT}, Named{"mouse-middle", GLFW_MOUSE_BUTTON_MIDDLE},
    Named{"mouse-4", GLFW_MOUSE_BUTTON_4},         Named{"mouse-5", GLFW_MOUSE_BUTTON_5},
    Named{"mouse-6", GLFW_MOUSE_BUTTON_6},         Named{"mouse-7", GLFW_MOUSE_BUTTON_7},
    Named{"mouse-8", GLFW_MOUSE_BUTTON_8}};
constexpr std::array wheel_ways{Named{"wheel-up", 0}, Named{"wheel-down", 1}, Named{"wheel-left", 2},
                                Named{"wheel-right", 3}};
constexpr std::array drag_ways{Named{"drag-up", 0}, Named{"drag-down", 1}, Named{"drag-left", 2},
                               Named{"drag-right", 3}};
constexpr std::array pad_buttons{Named{"pad-a", GLFW_GAMEPAD_BUTTON_A},
                                 Named{"pad-b", GLFW_GAMEPAD_BUTTON_B},
                                 Named{"pad-x", GLFW_GAMEPAD_BUTTON_X},
                                 Named{"pad-y", GLFW_GAMEPAD_BUTTON_Y},
                                 Named{"pad-left-bumper", GLFW_GAMEPAD_BUTTON_LEFT_BUMPER},
                                 Named{"pad-right-bumper", GLFW_GAMEPAD_BUTTON_RIGHT_BUMPER},
                                 Named{"pad-back", GLFW_GAMEPAD_BUTTON_BACK},
                                 Named{"pad-start", GLFW_GAMEPAD_BUTTON_START},
                                 Named{"pad-guide", GLFW_GAMEPAD_BUTTON_GUIDE},
                                 Named{"pad-left-stick", GLFW_GAMEPAD_BUTTON_LEFT_THUMB},
                                 Named{"pad-right-stick", GLFW_GAMEPAD_BUTTON_RIGHT_THUMB},
                                 Named{"pad-up", GLFW_GAMEPAD_BUTTON_DPAD_UP},
                                 Named{"pad-right", GLFW_GAMEPAD_BUTTON_DPAD_RIGHT},
                                 Named{"pad-down", GLFW_GAMEPAD_BUTTON_DPAD_DOWN},
                                 Named{"pad-left", GLFW_GAMEPAD_BUTTON_DPAD_LEFT}};
/// A trigger goes one way only and is named without it.
constexpr std::array pad_triggers{Named{"pad-left-trigger", GLFW_GAMEPAD_AXIS_LEFT_TRIGGER},
                                  Named{"pad-right-trigger", GLFW_GAMEPAD_AXIS_RIGHT_TRIGGER}};
constexpr std::array pad_sticks{
    Named{"pad-left-x", GLFW_GAMEPAD_AXIS_LEFT_X}, Named{"pad-left-y", GLFW_GAMEPAD_AXIS_LEFT_Y},
    Named{"pad-right-x", GLFW_GAMEPAD_AXIS_RIGHT_X}, Named{"pad-right-y", GLFW_GAMEPAD_AXIS_RIGHT_Y}};

constexpr std::string_view control_prefix = "ctrl+", alt_prefix = "alt+", of_device = " of ", keypad = "keypad-";
constexpr int most_of_device = 256; // buttons or axes

std::optional<int> find(auto const& names, std::string_view text)
{
    auto const found = std::ranges::find(names, text, &Named::name);
    return found == names.end() ? std::nullopt : std::optional{found->code};
}
std::string_view name_in(auto const& names, int code)
{
    auto const found = std::ranges::find(names, code, &Named::code);
    return found == names.end() ? std::string_view{} : found->name;
}

std::optional<int> key_code(std::string_view text)
{
    if (text.size() == 1 && std::isalnum(static_cast<unsigned char>(text[0])))
        return std::toupper(static_cast<unsigned char>(text[0])); // GLFW's codes of letters and digits are ASCII
    if (text.size() == keypad.size() + 1 && text.starts_with(keypad) && text.back() >= '0' && text.back() <= '9')
        return GLFW_KEY_KP_0 + (text.back() - '0');
    if (text.size() >= 2 && text[0] == 'f') {
        int number = 0;
        auto const [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), number);
        if (error == std::errc{} && end == text.data() + text.size() && number >= 1 && number <= 25)
            return GLFW_KEY_F1 + number - 1;
    }
    return find(named_keys, text);
}

std::string key_name(int code)
{
    if (auto const name = name_in(named_keys, code); !name.empty()) return std::string{name};
    if (code > 0 && code < 128 && std::isalnum(code)) return std::string(1, char(std::tolower(code)));
    if (code >= GLFW_KEY_KP_0 && code <= GLFW_KEY_KP_9) return std::string{keypad} + char('0' + code - GLFW_KEY_KP_0);
    if (code >= GLFW_KEY_F1 && code <= GLFW_KEY_F25) return "f" + std::to_string(code - GLFW_KEY_F1 + 1);
    return "key " + std::to_string(code);
}

/// "button 3 of NAME", "axis 2+ of NAME"; numbers from 1.
std::optional<Input> device_input(std::string_view name)
{
    auto const of = name.find(of_device);
    if (of == std::string_view::npos || of + of_device.size() >= name.size()) return std::nullopt;
    std::string_view what = name.substr(0, of);
    Input input;
    input.device = std::string{name.substr(of + of_device.size())};
    if (what.starts_with("button ")) {
        input.kind = InputKind::device_button;
        what.remove_prefix(7);
    } else if (what.starts_with("axis ") && (what.ends_with('+') || what.ends_with('-'))) {
        input.kind = InputKind::device_axis;
        input.sign = what.ends_with('+') ? 1 : -1;
        what.remove_prefix(5);
        what.remove_suffix(1);
    } else {
        return std::nullopt;
    }
    auto const [end, error] = std::from_chars(what.data(), what.data() + what.size(), input.code);
    if (error != std::errc{} || end != what.data() + what.size()) return std::nullopt;
    if (--input.code < 0 || input.code >= most_of_device) return std::nullopt;
    return input;
}

} // namespace

std::optional<Input> input_from_name(std::string_view name)
{
    if (name.find(of_device) != std::string_view::npos) return device_input(name);
    std::string lower{name};
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return char(std::tolower(c)); });
    std::string_view text = lower;
    Input input;
    auto const takes = [&](std::string_view prefix) {
        bool const has = text.size() > prefix.size() && text.starts_with(prefix);
        if (has) text.remove_prefix(prefix.size());
        return has;
    };
    input.with_control = takes(control_prefix);
    input.with_alt = takes(alt_prefix);
    auto const made = [&](InputKind kind, int code, int sign = 0) {
        input.kind = kind;
        input.code = code;
        input.sign = sign;
        return input;
    };
    if (auto const code = key_code(text)) return made(InputKind::key, *code);
    if (auto const code = find(mouse_buttons, text)) return made(InputKind::mouse_button, *code);
    if (auto const code = find(wheel_ways, text)) return made(InputKind::wheel, *code);
    if (input.with_control || input.with_alt) return std::nullopt;
    if (auto const code = find(drag_ways, text)) return made(InputKind::drag, *code);
    if (auto const code = find(pad_buttons, text)) return made(InputKind::pad_button, *code);
    if (auto const code = find(pad_triggers, text)) return made(InputKind::pad_axis, *code, 1);
    if (text.ends_with('+') || text.ends_with('-'))
        if (auto const code = find(pad_sticks, text.substr(0, text.size() - 1)))
            return made(InputKind::pad_axis, *code, text.ends_with('+') ? 1 : -1);
    return std::nullopt;
}

std::string name_of(Input const& input)
{
    std::string name;
    if (input.with_control) name += control_prefix;
    if (input.with_alt) name += alt_prefix;
    char const sign = input.sign < 0 ? '-' : '+';
    switch (input.kind) {
    case InputKind::key:
        return name + key_name(input.code);
    case InputKind::mouse_button:
        return name + std::string{name_in(mouse_buttons, input.code)};
    case InputKind::wheel:
        return name + std::string{name_in(wheel_ways, input.code)};
    case InputKind::drag:
        return std::string{name_in(drag_ways, input.code)};
    case InputKind::pad_button:
        return std::string{name_in(pad_buttons, input.code)};
    case InputKind::pad_axis:
        if (auto const trigger = name_in(pad_triggers, input.code); !trigger.empty()) return std::string{trigger};
        return std::string{name_in(pad_sticks, input.code)} + sign;
    case InputKind::device_button:
        return "button " + std::to_string(input.code + 1) + std::string{of_device} + input.device;
    case InputKind::device_axis:
        return "axis " + std::to_string(input.code + 1) + sign + std::string{of_device} + input.device;
    }
    return {};
}

std::string title_of(Input const& input)
{
    std::string name = name_of(input);
    if (name == ",") return "Comma";
    if (name == ".") return "Full stop";
    if (input.kind == InputKind::device_button || input.kind == InputKind::device_axis) return name;
    // The first letter of every word; no letters of "x+".
    bool is_start = true;
    for (char& c : name) {
        if (is_start && c >= 'a' && c <= 'z') c = char(c - 'a' + 'A');
        is_start = c == '+' || c == '-';
    }
    return name;
}

std::string misfit(Input const& input, Action action)
{
    if (is_pedal(action) && is_stepped(input.kind)) return "a pedal needs something that can be let go";
    if (action == Action::grip && is_stepped(input.kind)) return "the mouse's grip needs something that can be held";
    if (input.kind == InputKind::drag && !is_held(action)) return "moving the mouse presses nothing";
    return {};
}

InputMap::InputMap()
{
    for (int i = 0; i < action_count; ++i) reset(Action(i));
}

void InputMap::reset(Action action)
{
    std::erase_if(bindings_, [&](Binding const& b) { return b.action == action; });
    std::string_view names = first_inputs_of(action);
    while (!names.empty()) {
        std::size_t const end = std::min(names.find(' '), names.size());
        bind(*input_from_name(names.substr(0, end)), action);
        names.remove_prefix(std::min(end + 1, names.size()));
    }
}

void InputMap::bind(Input const& input, Action action)
{
    unbind(input);
    bindings_.push_back({input, action});
}

void InputMap::unbind(Input const& input)
{
    std::erase_if(bindings_, [&](Binding const& b) { return b.input == input; });
}

std::optional<Action> InputMap::find(Input const& input) const
{
    for (Binding const& binding : bindings_)
        if (binding.input == input) return binding.action;
    return std::nullopt;
}

std::vector<Input> InputMap::inputs_of(Action action) const
{
    std::vector<Input> inputs;
    for (Binding const& binding : bindings_)
        if (binding.action == action) inputs.push_back(binding.input);
    return inputs;
}

bool InputMap::has_first_inputs(Action action) const
{
    std::string names;
    for (Input const& input : inputs_of(action)) names += (names.empty() ? "" : " ") + name_of(input);
    return names == first_inputs_of(action);
}

} // namespace fluoro
