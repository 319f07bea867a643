#include <array>
#include <fluoro/console/actions.hpp>

namespace fluoro {
namespace {

struct ActionInfo {
    Action action;
    std::string_view id, name;
    ActionGroup group;
    std::string_view inputs{};
};

// In the order of Action.
constexpr std::array actions{
    ActionInfo{Action::pedal, "pedal", "Fluoroscopy pedal (hold)", ActionGroup::beam, "space f pad-right-trigger"},
    ActionInfo{Action::acquisition_pedal, "acquisition-pedal", "Acquisition pedal (hold)", ActionGroup::beam, "d"},
    ActionInfo{Action::c_arm_lao, "c-arm-lao", "C-arm toward LAO", ActionGroup::c_arm, "right pad-right"},
    ActionInfo{Action::c_arm_rao, "c-arm-rao", "C-arm toward RAO", ActionGroup::c_arm, "left pad-left"},
    ActionInfo{Action::c_arm_cranial, "c-arm-cranial", "C-arm cranial", ActionGroup::c_arm, "up pad-up"},
    ActionInfo{Action::c_arm_caudal, "c-arm-caudal", "C-arm caudal", ActionGroup::c_arm, "down pad-down"},
    ActionInfo{Action::detector_away, "detector-away", "Detector away (longer SID)", ActionGroup::c_arm, "]"},
    ActionInfo{Action::detector_toward, "detector-toward", "Detector closer (shorter SID)", ActionGroup::c_arm, "["},
    ActionInfo{Action::table_head, "table-head", "Table toward the head", ActionGroup::table, "i"},
    ActionInfo{Action::table_feet, "table-feet", "Table toward the feet", ActionGroup::table, "k"},
    ActionInfo{Action::table_left, "table-left", "Table toward the patient's left", ActionGroup::table, "l"},
    ActionInfo{Action::table_right, "table-right", "Table toward the patient's right", ActionGroup::table, "j"},
    ActionInfo{Action::table_up, "table-up", "Table up", ActionGroup::table, "u"},
    ActionInfo{Action::table_down, "table-down", "Table down", ActionGroup::table, "o"},
    ActionInfo{Action::blades_close, "blades-close", "Collimate: close all blades", ActionGroup::collimator, "-"},
    ActionInfo{Action::blades_open, "blades-open", "Collimate: open all blades", ActionGroup::collimator, "="},
    ActionInfo{Action::blade_left, "blade-left", "Left blade in (Shift: out)", ActionGroup::collimator, "ctrl+left"},
    ActionInfo{Action::blade_right, "blade-right", "Right blade in (Shift: out)", ActionGroup::collimator,
               "ctrl+right"},
    ActionInfo{Action::blade_top, "blade-top", "Top blade in (Shift: out)", ActionGroup::collimator, "ctrl+up"},
    ActionInfo{Action::blade_bottom, "blade-bottom", "Bottom blade in (Shift: out)", ActionGroup::collimator,
               "ctrl+down"},
    ActionInfo{Action::wedge_left_in, "wedge-left-in", "Left wedge in", ActionGroup::collimator, "ctrl+j"},
    ActionInfo{Action::wedge_left_out, "wedge-left-out", "Left wedge out", ActionGroup::collimator, "ctrl+h"},
    ActionInfo{Action::wedge_right_in, "wedge-right-in", "Right wedge in", ActionGroup::collimator, "ctrl+k"},
    ActionInfo{Action::wedge_right_out, "wedge-right-out", "Right wedge out", ActionGroup::collimator, "ctrl+l"},
    ActionInfo{Action::wedge_left_turn, "wedge-left-turn", "Turn the left wedge (Shift: back)", ActionGroup::collimator,
               "ctrl+u"},
    ActionInfo{Action::wedge_right_turn, "wedge-right-turn", "Turn the right wedge (Shift: back)",
               ActionGroup::collimator, "ctrl+i"},
    ActionInfo{Action::table_tilt_up, "table-tilt-up", "Tilt the table: head up", ActionGroup::table, "'"},
    ActionInfo{Action::table_tilt_down, "table-tilt-down", "Tilt the table: head down", ActionGroup::table, ";"},
    ActionInfo{Action::patient_turn_lao, "patient-turn-lao", "Turn the patient toward LAO", ActionGroup::table, "\\"},
    ActionInfo{Action::patient_turn_rao, "patient-turn-rao", "Turn the patient toward RAO", ActionGroup::table, "/"},
    ActionInfo{Action::right_push, "right-push", "Right hand: push in", ActionGroup::right_hand,
               "alt+up keypad-8 wheel-up drag-up pad-right-y-"},
    ActionInfo{Action::right_pull, "right-pull", "Right hand: draw back", ActionGroup::right_hand,
               "alt+down keypad-2 wheel-down drag-down pad-right-y+"},
    ActionInfo{Action::right_turn, "right-turn", "Right hand: turn clockwise", ActionGroup::right_hand,
               "alt+right keypad-6 ctrl+wheel-up drag-right pad-right-x+"},
    ActionInfo{Action::right_turn_back, "right-turn-back", "Right hand: turn back", ActionGroup::right_hand,
               "alt+left keypad-4 ctrl+wheel-down drag-left pad-right-x-"},
    ActionInfo{Action::left_push, "left-push", "Left hand: push in", ActionGroup::left_hand,
               "alt+w keypad-9 alt+wheel-up pad-left-y-"},
    ActionInfo{Action::left_pull, "left-pull", "Left hand: draw back", ActionGroup::left_hand,
               "alt+s keypad-3 alt+wheel-down pad-left-y+"},
    ActionInfo{Action::left_turn, "left-turn", "Left hand: turn clockwise", ActionGroup::left_hand,
               "alt+d keypad-. ctrl+alt+wheel-up pad-left-x+"},
    ActionInfo{Action::left_turn_back, "left-turn-back", "Left hand: turn back", ActionGroup::left_hand,
               "alt+a keypad-0 ctrl+alt+wheel-down pad-left-x-"},
    ActionInfo{Action::inflate, "inflate", "Balloon: more pressure", ActionGroup::tools,
               "alt+i keypad-+ pad-right-bumper"},
    ActionInfo{Action::deflate, "deflate", "Balloon: less pressure", ActionGroup::tools,
               "alt+k keypad-- pad-left-bumper"},
    ActionInfo{Action::push_cement, "push-cement", "Cement: push (hold)", ActionGroup::tools,
               "alt+c keypad-enter pad-y"},
    ActionInfo{Action::grip, "grip", "Moves with the mouse (hold)", ActionGroup::right_hand, "mouse-right"},
    ActionInfo{Action::fast, "fast", "Full speed (hold)", ActionGroup::c_arm,
               "left-shift right-shift pad-left-trigger"},
    ActionInfo{Action::field_smaller, "field-smaller", "Zoom in (smaller field)", ActionGroup::collimator, "z"},
    ActionInfo{Action::field_larger, "field-larger", "Zoom out (larger field)", ActionGroup::collimator, "x"},
    ActionInfo{Action::pulse_rate_lower, "pulse-rate-lower", "Fewer pulses per second", ActionGroup::beam, ","},
    ActionInfo{Action::pulse_rate_higher, "pulse-rate-higher", "More pulses per second", ActionGroup::beam, "."},
    ActionInfo{Action::fluoroscopy_level, "fluoroscopy-level", "Fluoroscopy: low, normal, high", ActionGroup::beam,
               "v"},
    ActionInfo{Action::acquisition_kind, "acquisition-kind", "Acquisition: cine, DSA, single", ActionGroup::beam, "c"},
    ActionInfo{Action::acquisition_rate, "acquisition-rate", "Acquisition frames per second", ActionGroup::beam, "b"},
    ActionInfo{Action::high_level, "high-level", "High-level control", ActionGroup::beam, "f9"},
    ActionInfo{Action::lock_exposure, "lock-exposure", "Lock the technique in", ActionGroup::beam, "f10"},
    ActionInfo{Action::grid, "grid", "Anti-scatter grid in or out", ActionGroup::beam, "g"},
    ActionInfo{Action::view_ap, "view-ap", "Go to AP", ActionGroup::c_arm, "1"},
    ActionInfo{Action::view_lao_45, "view-lao-45", "Go to LAO 45", ActionGroup::c_arm, "2"},
    ActionInfo{Action::view_lateral, "view-lateral", "Go to lateral (LAO 90)", ActionGroup::c_arm, "3"},
    ActionInfo{Action::view_rao_30, "view-rao-30", "Go to RAO 30", ActionGroup::c_arm, "4"},
    ActionInfo{Action::stop_motion, "stop-motion", "Stop all motion", ActionGroup::c_arm, "escape pad-guide"},
    ActionInfo{Action::centre_table, "centre-table", "Table back to the start", ActionGroup::table, "home"},
    ActionInfo{Action::acknowledge, "acknowledge", "Acknowledge the time alert", ActionGroup::beam, "enter"},
    ActionInfo{Action::subtract, "subtract", "Subtraction on or off", ActionGroup::picture, "s"},
    ActionInfo{Action::remask, "remask", "This frame is the mask", ActionGroup::picture, "ctrl+m"},
    ActionInfo{Action::landmark, "landmark", "More anatomy as landmark", ActionGroup::picture, "ctrl+n"},
    ActionInfo{Action::mask_left, "mask-left", "Shift the mask left", ActionGroup::picture, "ctrl+a"},
    ActionInfo{Action::mask_right, "mask-right", "Shift the mask right", ActionGroup::picture, "ctrl+d"},
    ActionInfo{Action::mask_up, "mask-up", "Shift the mask up", ActionGroup::picture, "ctrl+w"},
    ActionInfo{Action::mask_down, "mask-down", "Shift the mask down", ActionGroup::picture, "ctrl+s"},
    ActionInfo{Action::road_map, "road-map", "Road map", ActionGroup::picture, "m"},
    ActionInfo{Action::invert, "invert", "Black and white inverted", ActionGroup::picture, "p"},
    ActionInfo{Action::brighter, "brighter", "Brighter", ActionGroup::picture, "f6"},
    ActionInfo{Action::darker, "darker", "Darker", ActionGroup::picture, "f5"},
    ActionInfo{Action::more_contrast, "more-contrast", "More contrast", ActionGroup::picture, "f8"},
    ActionInfo{Action::less_contrast, "less-contrast", "Less contrast", ActionGroup::picture, "f7"},
    ActionInfo{Action::more_edges, "more-edges", "Sharper edges", ActionGroup::picture, "f4"},
    ActionInfo{Action::fewer_edges, "fewer-edges", "Softer edges", ActionGroup::picture, "f3"},
    ActionInfo{Action::enlarge, "enlarge", "Enlarge the picture (no dose)", ActionGroup::picture, "page-up"},
    ActionInfo{Action::reduce, "reduce", "Picture back to its size", ActionGroup::picture, "page-down"},
    ActionInfo{Action::review_run, "review-run", "Review the previous run", ActionGroup::picture, "r"},
    ActionInfo{Action::review_back, "review-back", "Review: frame back", ActionGroup::picture, "q"},
    ActionInfo{Action::review_forward, "review-forward", "Review: frame forward", ActionGroup::picture, "e"},
    ActionInfo{Action::review_play, "review-play", "Review: play or stop", ActionGroup::picture, "w"},
    ActionInfo{Action::review_live, "review-live", "Back to the live picture", ActionGroup::picture, "tab"},
    ActionInfo{Action::store_picture, "store-picture", "Store the held picture", ActionGroup::picture, "a"},
    ActionInfo{Action::store_reference, "store-reference", "Picture to the reference monitor", ActionGroup::picture,
               "ctrl+r"},
    ActionInfo{Action::breathe_in, "breathe-in", "Patient: breathe in and hold", ActionGroup::patient, "5"},
    ActionInfo{Action::breathe_out, "breathe-out", "Patient: breathe out and hold", ActionGroup::patient, "6"},
    ActionInfo{Action::breathe_on, "breathe-on", "Patient: breathe on", ActionGroup::patient, "7"},
    ActionInfo{Action::breathe_deep, "breathe-deep", "Patient: a deep breath", ActionGroup::patient, "8"},
    ActionInfo{Action::cough, "cough", "Patient: cough", ActionGroup::patient, "ctrl+8"},
    ActionInfo{Action::mouthful, "mouthful", "A mouthful of thin barium", ActionGroup::patient, "9"},
    ActionInfo{Action::swallow, "swallow", "Patient: swallow", ActionGroup::patient, "0"},
    ActionInfo{Action::granules, "granules", "Effervescent granules", ActionGroup::patient, "ctrl+9"},
    ActionInfo{Action::oxygen, "oxygen", "Oxygen on or off", ActionGroup::patient, "ctrl+o"},
    ActionInfo{Action::next_right_tool, "next-right-tool", "Right hand: next tool", ActionGroup::right_hand,
               "alt+e pad-start"},
    ActionInfo{Action::next_left_tool, "next-left-tool", "Left hand: next tool", ActionGroup::left_hand,
               "alt+q pad-back"},
    ActionInfo{Action::swap_hands, "swap-hands", "Change hands", ActionGroup::tools, "alt+x"},
    ActionInfo{Action::put_away_right, "put-away-right", "Right hand: put the tool away", ActionGroup::right_hand,
               "alt+r"},
    ActionInfo{Action::put_away_left, "put-away-left", "Left hand: put the tool away", ActionGroup::left_hand, "alt+l"},
    ActionInfo{Action::empty_balloon, "empty-balloon", "Balloon: empty it", ActionGroup::tools, "alt+o pad-b"},
    ActionInfo{Action::inject, "inject", "Inject through the catheter", ActionGroup::tools, "alt+enter keypad-5 pad-a"},
    ActionInfo{Action::stop_injection, "stop-injection", "Stop the injection", ActionGroup::tools, "alt+end"},
    ActionInfo{Action::inject_less, "inject-less", "Injection: less volume", ActionGroup::tools, ""},
    ActionInfo{Action::inject_more, "inject-more", "Injection: more volume", ActionGroup::tools, ""},
    ActionInfo{Action::inject_slower, "inject-slower", "Injection: slower", ActionGroup::tools, ""},
    ActionInfo{Action::inject_faster, "inject-faster", "Injection: faster", ActionGroup::tools, ""},
    ActionInfo{Action::hammer_blow, "hammer-blow", "A blow of the hammer", ActionGroup::tools, "alt+h keypad-* pad-x"},
    ActionInfo{Action::mix_cement, "mix-cement", "Mix cement", ActionGroup::tools, "alt+m"},
    ActionInfo{Action::mix_thick_cement, "mix-thick-cement", "Mix thick cement", ActionGroup::tools, "ctrl+alt+m"},
    ActionInfo{Action::toggle_help, "toggle-help", "This help", ActionGroup::window, "h"},
    ActionInfo{Action::toggle_text, "toggle-text", "Text on the picture", ActionGroup::window, "t"},
    ActionInfo{Action::toggle_reference, "toggle-reference", "Reference monitor on or off", ActionGroup::window, "y"},
    ActionInfo{Action::toggle_pixels, "toggle-pixels", "Whole pixels or smooth zoom", ActionGroup::window, "n"},
    ActionInfo{Action::toggle_full_screen, "toggle-full-screen", "Full screen", ActionGroup::window, "f11"},
    ActionInfo{Action::scale_up, "scale-up", "Larger text", ActionGroup::window, "ctrl+="},
    ActionInfo{Action::scale_down, "scale-down", "Smaller text", ActionGroup::window, "ctrl+-"},
    ActionInfo{Action::show_inputs, "show-inputs", "Keys and devices: see and change", ActionGroup::window, "f1"},
};
static_assert(actions.size() == action_count);
static_assert([] {
    for (std::size_t i = 0; i < actions.size(); ++i)
        if (actions[i].action != Action(int(i))) return false;
    return true;
}());

constexpr std::array<std::string_view, action_groups> groups{"Beam",
                                                             "C-arm",
                                                             "Table and patient's turn",
                                                             "Collimator, filters",
                                                             "Picture",
                                                             "Patient",
                                                             "Right hand",
                                                             "Left hand",
                                                             "Tools",
                                                             "Window"};

} // namespace

std::string_view name_of(ActionGroup group)
{
    return groups[std::size_t(group)];
}
std::string_view name_of(Action action)
{
    return actions[std::size_t(action)].name;
}
std::string_view id_of(Action action)
{
    return actions[std::size_t(action)].id;
}
ActionGroup group_of(Action action)
{
    return actions[std::size_t(action)].group;
}
std::string_view first_inputs_of(Action action)
{
    return actions[std::size_t(action)].inputs;
}

} // namespace fluoro
