#include <fluoro/console/operator_input.hpp>

#include <algorithm>
#include <utility>

namespace fluoro {
namespace {

constexpr double slow_share = 0.4;           // of full speed: fine positioning
constexpr double blade_speed_mm_s = 60;      // on the detector plane; a field closes in about 2 s
constexpr double first_blade_step_mm = 2;    // a tap of the key
constexpr double longest_blade_step_s = 0.1; // a hiccup of the window must not become a leap of the blades

constexpr bool is_of_blades(Action action)
{
    return action >= Action::blades_close && action <= Action::blade_bottom;
}

} // namespace

OperatorInput::OperatorInput(RoomKind const& kind, KeyMap const& keys)
    : kind_{kind}, keys_{keys}, fields_mm_{kind.fields_mm}, pulse_rates_{kind.pulse_rates}
{
    std::sort(fields_mm_.begin(), fields_mm_.end());
    std::sort(pulse_rates_.begin(), pulse_rates_.end());
}

void OperatorInput::update(RoomState const& state, bool is_settled)
{
    if (!is_settled || !commands_.empty()) return;
    field_mm_ = state.field_mm;
    pulse_rate_ = state.pulse_rate;
    double const half = state.field_mm / 2;
    blades_ = {std::max(state.blades.left_mm, -half), std::min(state.blades.right_mm, half),
               std::max(state.blades.top_mm, -half), std::min(state.blades.bottom_mm, half)};
}

std::optional<Action> OperatorInput::key(int code, bool is_down, bool with_control)
{
    auto const held = std::find_if(down_keys_.begin(), down_keys_.end(), [&](DownKey k) { return k.code == code; });
    if (!is_down) {
        std::erase(stale_keys_, code);
        if (held != down_keys_.end()) {
            Action const action = held->action;
            down_keys_.erase(held);
            change_holders(action, -1);
        }
        return std::nullopt;
    }
    bool const is_stale = std::find(stale_keys_.begin(), stale_keys_.end(), code) != stale_keys_.end();
    if (held != down_keys_.end() || is_stale) return std::nullopt;
    auto const action = keys_.find({code, with_control});
    if (!action) return std::nullopt;
    if (is_of_window(*action)) return action;
    if (is_held(*action)) {
        down_keys_.push_back({code, *action});
        change_holders(*action, +1);
    } else {
        press(*action);
    }
    return *action == Action::acknowledge ? action : std::nullopt;
}

void OperatorInput::fast(bool is_fast)
{
    if (std::exchange(is_fast_, is_fast) != is_fast) queue_jogs();
}

void OperatorInput::hold_button(Action action, bool is_down)
{
    auto const held = std::find(down_buttons_.begin(), down_buttons_.end(), action);
    if (!is_down) std::erase(stale_buttons_, action);
    bool const is_stale = std::find(stale_buttons_.begin(), stale_buttons_.end(), action) != stale_buttons_.end();
    if (is_stale || is_down == (held != down_buttons_.end())) return;
    if (is_down)
        down_buttons_.push_back(action);
    else
        down_buttons_.erase(held);
    change_holders(action, is_down ? +1 : -1);
}

void OperatorInput::press_button(Action action)
{
    press(action);
}

void OperatorInput::change_holders(Action action, int change)
{
    int& holders = holders_[std::size_t(action)];
    bool const was_down = holders > 0;
    holders += change;
    bool const is_down_now = holders > 0;
    if (was_down == is_down_now) return;
    if (action == Action::pedal)
        commands_.emplace_back(PressPedal{is_down_now ? Pedal::fluoroscopy : Pedal::released});
    else
        queue_jogs();
    if (is_of_blades(action) && is_down_now) move_blades(first_blade_step_mm);
}

void OperatorInput::queue_jogs()
{
    double const speed = is_fast_ ? 1.0 : slow_share;
    auto const axis = [&](Action plus, Action minus) { return speed * (int(is_down(plus)) - int(is_down(minus))); };
    JogCArm const c_arm{axis(Action::c_arm_lao, Action::c_arm_rao), axis(Action::c_arm_cranial, Action::c_arm_caudal),
                        axis(Action::detector_away, Action::detector_toward)};
    JogTable const table{axis(Action::table_head, Action::table_feet), axis(Action::table_left, Action::table_right),
                         axis(Action::table_up, Action::table_down)};
    if (c_arm.primary != c_arm_jog_.primary || c_arm.secondary != c_arm_jog_.secondary ||
        c_arm.source_to_detector != c_arm_jog_.source_to_detector)
        commands_.emplace_back(c_arm);
    if (table.longitudinal != table_jog_.longitudinal || table.lateral != table_jog_.lateral ||
        table.height != table_jog_.height)
        commands_.emplace_back(table);
    c_arm_jog_ = c_arm;
    table_jog_ = table;
}

void OperatorInput::press(Action action)
{
    auto const go_to = [&](double primary_degrees) {
        MoveCArm move;
        move.primary_rad = radians(primary_degrees);
        move.secondary_rad = 0;
        commands_.emplace_back(move);
    };
    switch (action) {
    case Action::field_smaller: {
        auto const next = std::lower_bound(fields_mm_.begin(), fields_mm_.end(), field_mm_);
        if (next == fields_mm_.begin()) return;
        commands_.emplace_back(SelectField{field_mm_ = *std::prev(next)});
        return;
    }
    case Action::field_larger: {
        auto const next = std::upper_bound(fields_mm_.begin(), fields_mm_.end(), field_mm_);
        if (next == fields_mm_.end()) return;
        commands_.emplace_back(SelectField{field_mm_ = *next});
        return;
    }
    case Action::pulse_rate_lower: {
        auto const next = std::lower_bound(pulse_rates_.begin(), pulse_rates_.end(), pulse_rate_);
        if (next == pulse_rates_.begin()) return;
        commands_.emplace_back(SelectPulseRate{pulse_rate_ = *std::prev(next)});
        return;
    }
    case Action::pulse_rate_higher: {
        auto const next = std::upper_bound(pulse_rates_.begin(), pulse_rates_.end(), pulse_rate_);
        if (next == pulse_rates_.end()) return;
        commands_.emplace_back(SelectPulseRate{pulse_rate_ = *next});
        return;
    }
    case Action::view_ap:
        return go_to(0);
    case Action::view_lao_45:
        return go_to(45);
    case Action::view_lateral:
        return go_to(90);
    case Action::view_rao_30:
        return go_to(-30);
    case Action::stop_motion:
        commands_.emplace_back(StopMotion{});
        return;
    case Action::centre_table: {
        MoveTable move;
        move.longitudinal_mm = move.lateral_mm = move.height_mm = 0;
        commands_.emplace_back(move);
        return;
    }
    default:
        return; // the window's own, and acknowledge
    }
}

void OperatorInput::drag_blades(MoveBlades const& blades)
{
    double const half = field_mm_ / 2;
    double const gap = kind_.smallest_opening_mm;
    if (blades.left_mm) blades_.left_mm = std::clamp(*blades.left_mm, -half, std::max(-half, blades_.right_mm - gap));
    if (blades.right_mm) blades_.right_mm = std::clamp(*blades.right_mm, std::min(half, blades_.left_mm + gap), half);
    if (blades.top_mm) blades_.top_mm = std::clamp(*blades.top_mm, -half, std::max(-half, blades_.bottom_mm - gap));
    if (blades.bottom_mm) blades_.bottom_mm = std::clamp(*blades.bottom_mm, std::min(half, blades_.top_mm + gap), half);
    MoveBlades asked;
    if (blades.left_mm) asked.left_mm = blades_.left_mm;
    if (blades.right_mm) asked.right_mm = blades_.right_mm;
    if (blades.top_mm) asked.top_mm = blades_.top_mm;
    if (blades.bottom_mm) asked.bottom_mm = blades_.bottom_mm;
    commands_.emplace_back(asked);
}

void OperatorInput::move_blades(double step_mm)
{
    double const all = step_mm * (int(is_down(Action::blades_close)) - int(is_down(Action::blades_open)));
    double const single = is_fast_ ? -step_mm : step_mm;
    auto const inward = [&](Action blade) { return all + (is_down(blade) ? single : 0); };
    double const left = inward(Action::blade_left), right = inward(Action::blade_right);
    double const top = inward(Action::blade_top), bottom = inward(Action::blade_bottom);
    MoveBlades move;
    if (left != 0) move.left_mm = blades_.left_mm + left;
    if (right != 0) move.right_mm = blades_.right_mm - right;
    if (top != 0) move.top_mm = blades_.top_mm + top;
    if (bottom != 0) move.bottom_mm = blades_.bottom_mm - bottom;
    BladeOpening const before = blades_;
    std::size_t const queued = commands_.size();
    if (move.left_mm || move.right_mm || move.top_mm || move.bottom_mm) drag_blades(move);
    bool const is_at_stop = before.left_mm == blades_.left_mm && before.right_mm == blades_.right_mm &&
                            before.top_mm == blades_.top_mm && before.bottom_mm == blades_.bottom_mm;
    if (is_at_stop) commands_.resize(queued);
}

void OperatorInput::release_all()
{
    bool const was_pedal_down = is_pedal_down();
    for (DownKey const& key : down_keys_) stale_keys_.push_back(key.code);
    stale_buttons_.insert(stale_buttons_.end(), down_buttons_.begin(), down_buttons_.end());
    down_keys_.clear();
    down_buttons_.clear();
    holders_.fill(0);
    is_fast_ = false;
    if (was_pedal_down) commands_.emplace_back(PressPedal{Pedal::released});
    queue_jogs();
}

std::vector<Command> OperatorInput::take(double elapsed_s)
{
    bool const are_blades_held =
        std::any_of(holders_.begin() + int(Action::blades_close), holders_.begin() + int(Action::blade_bottom) + 1,
                    [](int h) { return h > 0; });
    if (are_blades_held && were_blades_held_) move_blades(blade_speed_mm_s * std::min(elapsed_s, longest_blade_step_s));
    were_blades_held_ = are_blades_held;
    return std::exchange(commands_, {});
}

bool OperatorInput::is_anything_held() const
{
    return std::any_of(holders_.begin(), holders_.end(), [](int holders) { return holders > 0; });
}

} // namespace fluoro
