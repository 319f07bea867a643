#pragma once
#include <string_view>

namespace fluoro {

/// Everything that a key, a screen button, a gamepad or another device can do at the console.
enum class Action {
    // As long as it is held; continuous where the input has a way to go.
    pedal,
    acquisition_pedal,
    c_arm_lao,
    c_arm_rao,
    c_arm_cranial,
    c_arm_caudal,
    detector_away,
    detector_toward,
    table_head,
    table_feet,
    table_left,
    table_right,
    table_up,
    table_down,
    blades_close,
    blades_open,
    blade_left,
    blade_right,
    blade_top,
    blade_bottom,
    wedge_left_in,
    wedge_left_out,
    wedge_right_in,
    wedge_right_out,
    wedge_left_turn,
    wedge_right_turn,
    table_tilt_up,
    table_tilt_down,
    patient_turn_lao,
    patient_turn_rao,
    right_push,
    right_pull,
    right_turn,
    right_turn_back,
    left_push,
    left_pull,
    left_turn,
    left_turn_back,
    inflate,
    deflate,
    push_cement,
    grip,
    fast,
    // Once per press.
    field_smaller,
    field_larger,
    pulse_rate_lower,
    pulse_rate_higher,
    fluoroscopy_level,
    acquisition_kind,
    acquisition_rate,
    high_level,
    lock_exposure,
    grid,
    view_ap,
    view_lao_45,
    view_lateral,
    view_rao_30,
    stop_motion,
    centre_table,
    acknowledge,
    subtract,
    remask,
    landmark,
    mask_left,
    mask_right,
    mask_up,
    mask_down,
    road_map,
    invert,
    brighter,
    darker,
    more_contrast,
    less_contrast,
    more_edges,
    fewer_edges,
    enlarge,
    reduce,
    review_run,
    review_back,
    review_forward,
    review_play,
    review_live,
    store_picture,
    store_reference,
    breathe_in,
    breathe_out,
    breathe_on,
    breathe_deep,
    cough,
    mouthful,
    swallow,
    granules,
    oxygen,
    next_right_tool,
    next_left_tool,
    swap_hands,
    put_away_right,
    put_away_left,
    empty_balloon,
    inject,
    stop_injection,
    inject_less,
    inject_more,
    inject_slower,
    inject_faster,
    hammer_blow,
    mix_cement,
    mix_thick_cement,
    // The window's own.
    toggle_help,
    toggle_text,
    toggle_reference,
    toggle_pixels,
    toggle_full_screen,
    scale_up,
    scale_down,
    show_inputs
};
inline constexpr int action_count = int(Action::show_inputs) + 1;

/// The action lasts as long as its input is held.
constexpr bool is_held(Action action)
{
    return action <= Action::fast;
}
/// The action is for the window and never reaches the session.
constexpr bool is_of_window(Action action)
{
    return action >= Action::toggle_help;
}
/// Of the two pedals: nothing may press it that cannot be let go.
constexpr bool is_pedal(Action action)
{
    return action == Action::pedal || action == Action::acquisition_pedal;
}

enum class ActionGroup { beam, c_arm, table, collimator, picture, patient, right_hand, left_hand, tools, window };
inline constexpr int action_groups = int(ActionGroup::window) + 1;
std::string_view name_of(ActionGroup group);

/// What the help page calls it, e.g. "C-arm toward LAO".
std::string_view name_of(Action action);
/// What the file of inputs calls it, e.g. "c-arm-lao".
std::string_view id_of(Action action);
ActionGroup group_of(Action action);
/// The inputs that it has at first, as name_of(Input) writes them, separated by spaces.
std::string_view first_inputs_of(Action action);

} // namespace fluoro
