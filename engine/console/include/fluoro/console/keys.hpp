#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fluoro {

/// Everything a key or a screen button of the console can do.
enum class Action {
    // While held.
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
    // The window's own.
    toggle_help,
    toggle_text,
    toggle_reference,
    toggle_pixels,
    toggle_full_screen,
    scale_up,
    scale_down
};
inline constexpr int action_count = int(Action::scale_down) + 1;

/// The action lasts as long as its key is down.
constexpr bool is_held(Action action)
{
    return action <= Action::patient_turn_rao;
}
/// The action is for the window and never reaches the session.
constexpr bool is_of_window(Action action)
{
    return action >= Action::toggle_help;
}
/// What the help page calls it, e.g. "C-arm toward LAO".
std::string_view name_of(Action action);

/// A key, alone or with Control. Shift is no part of it: it means "fast" (and opens single blades).
struct Key {
    int code = 0; ///< GLFW's key code
    bool with_control = false;
    friend auto operator<=>(Key const&, Key const&) = default;
};

/// "space", "left", "ctrl+left", "f", "[": what name_of writes; nothing for any other text. Case does not matter.
std::optional<Key> key_from_name(std::string_view name);
/// The name as key_from_name reads it.
std::string name_of(Key key);

/// Which key does what. A key does one thing; an action may have several keys.
class KeyMap {
public:
    /// The keys of docs/console.md.
    KeyMap();
    /// Takes the key away from whatever had it.
    void bind(Key key, Action action);
    void unbind(Key key);
    std::optional<Action> find(Key key) const;
    std::vector<Key> keys_of(Action action) const;

private:
    struct Binding {
        Key key;
        Action action;
    };
    std::vector<Binding> bindings_;
};

} // namespace fluoro
