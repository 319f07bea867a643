#include <fluoro/console/keys.hpp>

#include <GLFW/glfw3.h>
#include <algorithm>
#include <array>
#include <cctype>

namespace fluoro {
namespace {

struct NamedKey {
    std::string_view name;
    int code;
};

// Letters and digits name themselves.
constexpr std::array named_keys{
    NamedKey{"space", GLFW_KEY_SPACE},
    NamedKey{"left", GLFW_KEY_LEFT},
    NamedKey{"right", GLFW_KEY_RIGHT},
    NamedKey{"up", GLFW_KEY_UP},
    NamedKey{"down", GLFW_KEY_DOWN},
    NamedKey{"home", GLFW_KEY_HOME},
    NamedKey{"end", GLFW_KEY_END},
    NamedKey{"page-up", GLFW_KEY_PAGE_UP},
    NamedKey{"page-down", GLFW_KEY_PAGE_DOWN},
    NamedKey{"insert", GLFW_KEY_INSERT},
    NamedKey{"delete", GLFW_KEY_DELETE},
    NamedKey{"escape", GLFW_KEY_ESCAPE},
    NamedKey{"enter", GLFW_KEY_ENTER},
    NamedKey{"tab", GLFW_KEY_TAB},
    NamedKey{"backspace", GLFW_KEY_BACKSPACE},
    NamedKey{"[", GLFW_KEY_LEFT_BRACKET},
    NamedKey{"]", GLFW_KEY_RIGHT_BRACKET},
    NamedKey{"-", GLFW_KEY_MINUS},
    NamedKey{"=", GLFW_KEY_EQUAL},
    NamedKey{",", GLFW_KEY_COMMA},
    NamedKey{".", GLFW_KEY_PERIOD},
    NamedKey{";", GLFW_KEY_SEMICOLON},
    NamedKey{"'", GLFW_KEY_APOSTROPHE},
    NamedKey{"/", GLFW_KEY_SLASH},
    NamedKey{"\\", GLFW_KEY_BACKSLASH},
    NamedKey{"`", GLFW_KEY_GRAVE_ACCENT},
    NamedKey{"f1", GLFW_KEY_F1},
    NamedKey{"f2", GLFW_KEY_F2},
    NamedKey{"f3", GLFW_KEY_F3},
    NamedKey{"f4", GLFW_KEY_F4},
    NamedKey{"f5", GLFW_KEY_F5},
    NamedKey{"f6", GLFW_KEY_F6},
    NamedKey{"f7", GLFW_KEY_F7},
    NamedKey{"f8", GLFW_KEY_F8},
    NamedKey{"f9", GLFW_KEY_F9},
    NamedKey{"f10", GLFW_KEY_F10},
    NamedKey{"f11", GLFW_KEY_F11},
    NamedKey{"f12", GLFW_KEY_F12},
    NamedKey{"keypad-0", GLFW_KEY_KP_0},
    NamedKey{"keypad-enter", GLFW_KEY_KP_ENTER},
};

constexpr std::string_view control_prefix = "ctrl+";

} // namespace

std::string_view name_of(Action action)
{
    switch (action) {
    case Action::pedal:
        return "Fluoroscopy pedal (hold)";
    case Action::acquisition_pedal:
        return "Acquisition pedal (hold)";
    case Action::c_arm_lao:
        return "C-arm toward LAO";
    case Action::c_arm_rao:
        return "C-arm toward RAO";
    case Action::c_arm_cranial:
        return "C-arm cranial";
    case Action::c_arm_caudal:
        return "C-arm caudal";
    case Action::detector_away:
        return "Detector away (longer SID)";
    case Action::detector_toward:
        return "Detector closer (shorter SID)";
    case Action::table_head:
        return "Table toward the head";
    case Action::table_feet:
        return "Table toward the feet";
    case Action::table_left:
        return "Table toward the patient's left";
    case Action::table_right:
        return "Table toward the patient's right";
    case Action::table_up:
        return "Table up";
    case Action::table_down:
        return "Table down";
    case Action::blades_close:
        return "Collimate: close all blades";
    case Action::blades_open:
        return "Collimate: open all blades";
    case Action::blade_left:
        return "Left blade in (Shift: out)";
    case Action::blade_right:
        return "Right blade in (Shift: out)";
    case Action::blade_top:
        return "Top blade in (Shift: out)";
    case Action::blade_bottom:
        return "Bottom blade in (Shift: out)";
    case Action::wedge_left_in:
        return "Left wedge in";
    case Action::wedge_left_out:
        return "Left wedge out";
    case Action::wedge_right_in:
        return "Right wedge in";
    case Action::wedge_right_out:
        return "Right wedge out";
    case Action::wedge_left_turn:
        return "Turn the left wedge (Shift: back)";
    case Action::wedge_right_turn:
        return "Turn the right wedge (Shift: back)";
    case Action::table_tilt_up:
        return "Tilt the table: head up";
    case Action::table_tilt_down:
        return "Tilt the table: head down";
    case Action::patient_turn_lao:
        return "Turn the patient toward LAO";
    case Action::patient_turn_rao:
        return "Turn the patient toward RAO";
    case Action::field_smaller:
        return "Zoom in (smaller field)";
    case Action::field_larger:
        return "Zoom out (larger field)";
    case Action::pulse_rate_lower:
        return "Fewer pulses per second";
    case Action::pulse_rate_higher:
        return "More pulses per second";
    case Action::fluoroscopy_level:
        return "Fluoroscopy: low, normal, high";
    case Action::acquisition_kind:
        return "Acquisition: cine, DSA, single";
    case Action::acquisition_rate:
        return "Acquisition frames per second";
    case Action::high_level:
        return "High-level control";
    case Action::lock_exposure:
        return "Lock the technique in";
    case Action::grid:
        return "Anti-scatter grid in or out";
    case Action::view_ap:
        return "Go to AP";
    case Action::view_lao_45:
        return "Go to LAO 45";
    case Action::view_lateral:
        return "Go to lateral (LAO 90)";
    case Action::view_rao_30:
        return "Go to RAO 30";
    case Action::stop_motion:
        return "Stop all motion";
    case Action::centre_table:
        return "Table back to the start";
    case Action::acknowledge:
        return "Acknowledge the time alert";
    case Action::subtract:
        return "Subtraction on or off";
    case Action::remask:
        return "This frame is the mask";
    case Action::landmark:
        return "More anatomy as landmark";
    case Action::mask_left:
        return "Shift the mask left";
    case Action::mask_right:
        return "Shift the mask right";
    case Action::mask_up:
        return "Shift the mask up";
    case Action::mask_down:
        return "Shift the mask down";
    case Action::road_map:
        return "Road map";
    case Action::invert:
        return "Black and white inverted";
    case Action::brighter:
        return "Brighter";
    case Action::darker:
        return "Darker";
    case Action::more_contrast:
        return "More contrast";
    case Action::less_contrast:
        return "Less contrast";
    case Action::more_edges:
        return "Sharper edges";
    case Action::fewer_edges:
        return "Softer edges";
    case Action::enlarge:
        return "Enlarge the picture (no dose)";
    case Action::reduce:
        return "Picture back to its size";
    case Action::review_run:
        return "Review the previous run";
    case Action::review_back:
        return "Review: frame back";
    case Action::review_forward:
        return "Review: frame forward";
    case Action::review_play:
        return "Review: play or stop";
    case Action::review_live:
        return "Back to the live picture";
    case Action::store_picture:
        return "Store the held picture";
    case Action::store_reference:
        return "Picture to the reference monitor";
    case Action::breathe_in:
        return "Patient: breathe in and hold";
    case Action::breathe_out:
        return "Patient: breathe out and hold";
    case Action::breathe_on:
        return "Patient: breathe on";
    case Action::breathe_deep:
        return "Patient: a deep breath";
    case Action::cough:
        return "Patient: cough";
    case Action::mouthful:
        return "A mouthful of thin barium";
    case Action::swallow:
        return "Patient: swallow";
    case Action::granules:
        return "Effervescent granules";
    case Action::oxygen:
        return "Oxygen on or off";
    case Action::toggle_help:
        return "This help";
    case Action::toggle_text:
        return "Text on the picture";
    case Action::toggle_reference:
        return "Reference monitor on or off";
    case Action::toggle_pixels:
        return "Whole pixels or smooth zoom";
    case Action::toggle_full_screen:
        return "Full screen";
    case Action::scale_up:
        return "Larger text";
    case Action::scale_down:
        return "Smaller text";
    }
    return {};
}

std::optional<Key> key_from_name(std::string_view name)
{
    std::string text{name};
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return char(std::tolower(c)); });
    Key key;
    if (text.size() > control_prefix.size() && text.starts_with(control_prefix)) {
        key.with_control = true;
        text.erase(0, control_prefix.size());
    }
    if (text.size() == 1 && std::isalnum(static_cast<unsigned char>(text[0]))) {
        key.code = std::toupper(static_cast<unsigned char>(text[0])); // GLFW's codes of letters and digits are ASCII
        return key;
    }
    auto const named = std::find_if(named_keys.begin(), named_keys.end(), [&](NamedKey k) { return k.name == text; });
    if (named == named_keys.end()) return std::nullopt;
    key.code = named->code;
    return key;
}

std::string name_of(Key key)
{
    std::string const prefix{key.with_control ? control_prefix : std::string_view{}};
    auto const named =
        std::find_if(named_keys.begin(), named_keys.end(), [&](NamedKey k) { return k.code == key.code; });
    if (named != named_keys.end()) return prefix + std::string{named->name};
    if (key.code > 0 && key.code < 128 && std::isalnum(key.code)) return prefix + char(std::tolower(key.code));
    return prefix + "key " + std::to_string(key.code);
}

KeyMap::KeyMap()
{
    struct Default {
        std::string_view key;
        Action action;
    };
    for (Default const& entry : {
             Default{"space", Action::pedal},
             Default{"f", Action::pedal},
             Default{"d", Action::acquisition_pedal},
             Default{"right", Action::c_arm_lao},
             Default{"left", Action::c_arm_rao},
             Default{"up", Action::c_arm_cranial},
             Default{"down", Action::c_arm_caudal},
             Default{"]", Action::detector_away},
             Default{"[", Action::detector_toward},
             Default{"i", Action::table_head},
             Default{"k", Action::table_feet},
             Default{"l", Action::table_left},
             Default{"j", Action::table_right},
             Default{"u", Action::table_up},
             Default{"o", Action::table_down},
             Default{"-", Action::blades_close},
             Default{"=", Action::blades_open},
             Default{"ctrl+left", Action::blade_left},
             Default{"ctrl+right", Action::blade_right},
             Default{"ctrl+up", Action::blade_top},
             Default{"ctrl+down", Action::blade_bottom},
             Default{"ctrl+j", Action::wedge_left_in},
             Default{"ctrl+h", Action::wedge_left_out},
             Default{"ctrl+k", Action::wedge_right_in},
             Default{"ctrl+l", Action::wedge_right_out},
             Default{"ctrl+u", Action::wedge_left_turn},
             Default{"ctrl+i", Action::wedge_right_turn},
             Default{"'", Action::table_tilt_up},
             Default{";", Action::table_tilt_down},
             Default{"\\", Action::patient_turn_lao},
             Default{"/", Action::patient_turn_rao},
             Default{"z", Action::field_smaller},
             Default{"x", Action::field_larger},
             Default{",", Action::pulse_rate_lower},
             Default{".", Action::pulse_rate_higher},
             Default{"v", Action::fluoroscopy_level},
             Default{"c", Action::acquisition_kind},
             Default{"b", Action::acquisition_rate},
             Default{"f9", Action::high_level},
             Default{"f10", Action::lock_exposure},
             Default{"g", Action::grid},
             Default{"1", Action::view_ap},
             Default{"2", Action::view_lao_45},
             Default{"3", Action::view_lateral},
             Default{"4", Action::view_rao_30},
             Default{"escape", Action::stop_motion},
             Default{"home", Action::centre_table},
             Default{"enter", Action::acknowledge},
             Default{"s", Action::subtract},
             Default{"ctrl+m", Action::remask},
             Default{"ctrl+n", Action::landmark},
             Default{"ctrl+a", Action::mask_left},
             Default{"ctrl+d", Action::mask_right},
             Default{"ctrl+w", Action::mask_up},
             Default{"ctrl+s", Action::mask_down},
             Default{"m", Action::road_map},
             Default{"p", Action::invert},
             Default{"f6", Action::brighter},
             Default{"f5", Action::darker},
             Default{"f8", Action::more_contrast},
             Default{"f7", Action::less_contrast},
             Default{"f4", Action::more_edges},
             Default{"f3", Action::fewer_edges},
             Default{"page-up", Action::enlarge},
             Default{"page-down", Action::reduce},
             Default{"r", Action::review_run},
             Default{"q", Action::review_back},
             Default{"e", Action::review_forward},
             Default{"w", Action::review_play},
             Default{"tab", Action::review_live},
             Default{"a", Action::store_picture},
             Default{"ctrl+r", Action::store_reference},
             Default{"5", Action::breathe_in},
             Default{"6", Action::breathe_out},
             Default{"7", Action::breathe_on},
             Default{"8", Action::breathe_deep},
             Default{"ctrl+8", Action::cough},
             Default{"9", Action::mouthful},
             Default{"0", Action::swallow},
             Default{"ctrl+9", Action::granules},
             Default{"ctrl+o", Action::oxygen},
             Default{"h", Action::toggle_help},
             Default{"t", Action::toggle_text},
             Default{"y", Action::toggle_reference},
             Default{"n", Action::toggle_pixels},
             Default{"f11", Action::toggle_full_screen},
             Default{"ctrl+=", Action::scale_up},
             Default{"ctrl+-", Action::scale_down},
         })
        bind(*key_from_name(entry.key), entry.action);
}

void KeyMap::bind(Key key, Action action)
{
    unbind(key);
    bindings_.push_back({key, action});
}

void KeyMap::unbind(Key key)
{
    std::erase_if(bindings_, [&](Binding const& b) { return b.key == key; });
}

std::optional<Action> KeyMap::find(Key key) const
{
    for (Binding const& binding : bindings_)
        if (binding.key == key) return binding.action;
    return std::nullopt;
}

std::vector<Key> KeyMap::keys_of(Action action) const
{
    std::vector<Key> keys;
    for (Binding const& binding : bindings_)
        if (binding.action == action) keys.push_back(binding.key);
    return keys;
}

} // namespace fluoro
