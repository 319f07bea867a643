#include <fluoro/console/operator_input.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace fluoro {
namespace {

constexpr double slow_share = 0.4;        // of full speed: fine positioning
constexpr double blade_speed_mm_s = 60;   // on the detector plane; a field closes in about 2 s
constexpr double first_blade_step_mm = 2; // a tap of the key
constexpr double wedge_speed_mm_s = 90, wedge_turn_rad_s = 0.8;
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

void OperatorInput::update(RoomState const& state, PictureState const& picture, bool is_settled, double oxygen_l_min)
{
    if (!is_settled || !commands_.empty()) return;
    room_ = state;
    picture_ = picture;
    has_oxygen_ = oxygen_l_min > 0;
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
    if (action == Action::pedal || action == Action::acquisition_pedal)
        follow_pedals();
    else
        queue_jogs();
    if (is_of_blades(action) && is_down_now) move_blades(first_blade_step_mm);
}

/// Of two pedals held the acquisition counts.
void OperatorInput::follow_pedals()
{
    Pedal const asked = is_down(Action::acquisition_pedal) ? Pedal::acquisition
                        : is_down(Action::pedal)           ? Pedal::fluoroscopy
                                                           : Pedal::released;
    if (std::exchange(pedal_, asked) != asked) commands_.emplace_back(PressPedal{asked});
}

void OperatorInput::queue_jogs()
{
    double const speed = is_fast_ ? 1.0 : slow_share;
    auto const axis = [&](Action plus, Action minus) { return speed * (int(is_down(plus)) - int(is_down(minus))); };
    JogCArm c_arm{axis(Action::c_arm_lao, Action::c_arm_rao), axis(Action::c_arm_cranial, Action::c_arm_caudal),
                  axis(Action::detector_away, Action::detector_toward)};
    JogTable table{axis(Action::table_head, Action::table_feet), axis(Action::table_left, Action::table_right),
                   axis(Action::table_up, Action::table_down)};
    // A table tilts slowly enough as it is.
    if (kind_.tilts_table()) table.tilt = int(is_down(Action::table_tilt_up)) - int(is_down(Action::table_tilt_down));
    if (kind_.turns_patient()) {
        // Where no C-arm goes round the patient he turns under it: the same keys, the same view.
        double const arm = kind_.swings() ? 0 : c_arm.primary;
        table.turn = std::clamp(arm + axis(Action::patient_turn_lao, Action::patient_turn_rao), -speed, speed);
    }
    if (!kind_.swings()) c_arm.primary = 0;
    if (c_arm.primary != c_arm_jog_.primary || c_arm.secondary != c_arm_jog_.secondary ||
        c_arm.source_to_detector != c_arm_jog_.source_to_detector)
        commands_.emplace_back(c_arm);
    if (table.longitudinal != table_jog_.longitudinal || table.lateral != table_jog_.lateral ||
        table.height != table_jog_.height || table.tilt != table_jog_.tilt || table.turn != table_jog_.turn)
        commands_.emplace_back(table);
    c_arm_jog_ = c_arm;
    table_jog_ = table;
}

void OperatorInput::drag_blades(MoveBlades const& blades)
{
    double const half = room_.field_mm / 2;
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

void OperatorInput::move_wedges(double elapsed_s)
{
    for (int wedge = 0; wedge < 2; ++wedge) {
        bool const is_left = wedge == 0;
        int const in = int(is_down(is_left ? Action::wedge_left_in : Action::wedge_right_in)) -
                       int(is_down(is_left ? Action::wedge_left_out : Action::wedge_right_out));
        bool const turns = is_down(is_left ? Action::wedge_left_turn : Action::wedge_right_turn);
        if (in == 0 && !turns) continue;
        WedgePlace& place = room_.wedges[std::size_t(wedge)];
        MoveWedge move;
        move.wedge = wedge;
        // Parked: out of the largest field at any angle. From there it comes in on its own side.
        double const parked = fields_mm_.back() / std::numbers::sqrt2;
        bool const is_parked = place.edge_mm >= parked;
        if (is_parked && in <= 0) continue;
        if (is_parked) {
            place.angle_rad = is_left ? std::numbers::pi : 0;
            move.angle_rad = place.angle_rad;
        }
        if (in != 0) {
            // Its way in begins where it touches the field, not where it was out of sight.
            double const reach =
                room_.field_mm / 2 * (std::abs(std::cos(place.angle_rad)) + std::abs(std::sin(place.angle_rad)));
            double const start = in > 0 ? std::min(place.edge_mm, reach) : place.edge_mm;
            place.edge_mm = std::clamp(start - in * wedge_speed_mm_s * elapsed_s, kind_.wedge_edge_mm.least, parked);
            move.edge_mm = place.edge_mm;
        }
        if (turns && !is_parked) {
            place.angle_rad += (is_fast_ ? -1 : 1) * wedge_turn_rad_s * elapsed_s;
            move.angle_rad = place.angle_rad;
        }
        commands_.emplace_back(move);
    }
}

void OperatorInput::release_all()
{
    for (DownKey const& key : down_keys_) stale_keys_.push_back(key.code);
    stale_buttons_.insert(stale_buttons_.end(), down_buttons_.begin(), down_buttons_.end());
    down_keys_.clear();
    down_buttons_.clear();
    holders_.fill(0);
    is_fast_ = false;
    follow_pedals();
    queue_jogs();
}

std::vector<Command> OperatorInput::take(double elapsed_s)
{
    bool const are_blades_held =
        std::any_of(holders_.begin() + int(Action::blades_close), holders_.begin() + int(Action::blade_bottom) + 1,
                    [](int h) { return h > 0; });
    if (are_blades_held && were_blades_held_) move_blades(blade_speed_mm_s * std::min(elapsed_s, longest_blade_step_s));
    were_blades_held_ = are_blades_held;
    move_wedges(std::min(elapsed_s, longest_blade_step_s));
    return std::exchange(commands_, {});
}

bool OperatorInput::is_anything_held() const
{
    return std::any_of(holders_.begin(), holders_.end(), [](int holders) { return holders > 0; });
}

} // namespace fluoro
