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

/// An axis that stands for a switch is on from here, and off again below.
constexpr double switch_on = 0.5, switch_off = 0.35;
/// A step of wheel or mouse holds a movement of the machine for so long.
constexpr double wheel_step_s = 0.1, drag_step_s = 0.01;

constexpr bool is_of_blades(Action action)
{
    return action >= Action::blades_close && action <= Action::blade_bottom;
}
constexpr bool is_of_hand(Action action)
{
    return action >= Action::right_push && action <= Action::left_turn_back;
}
/// What goes slower where its input goes only a part of its way.
constexpr bool is_continuous(Action action)
{
    return (action >= Action::c_arm_lao && action <= Action::table_down) ||
           (action >= Action::table_tilt_up && action <= Action::push_cement);
}
/// The same key, whatever modifiers were down with it.
bool is_same_place(Input const& a, Input const& b)
{
    return a.kind == b.kind && a.code == b.code && a.sign == b.sign && a.device == b.device;
}

} // namespace

OperatorInput::OperatorInput(RoomKind const& kind, InputMap const& inputs)
    : kind_{kind}, inputs_{inputs}, hands_{inputs.rates}, fields_mm_{kind.fields_mm}, pulse_rates_{kind.pulse_rates}
{
    std::sort(fields_mm_.begin(), fields_mm_.end());
    std::sort(pulse_rates_.begin(), pulse_rates_.end());
}

void OperatorInput::set_inputs(InputMap const& inputs)
{
    release_all();
    inputs_ = inputs;
    hands_.set_rates(inputs.rates);
}

void OperatorInput::update(RoomState const& state, PictureState const& picture, bool is_settled, double oxygen_l_min,
                           InstrumentStatus const& instruments)
{
    if (!is_settled || !commands_.empty()) return;
    hands_.update(instruments, true);
    room_ = state;
    picture_ = picture;
    has_oxygen_ = oxygen_l_min > 0;
    double const half = state.field_mm / 2;
    blades_ = {std::max(state.blades.left_mm, -half), std::min(state.blades.right_mm, half),
               std::max(state.blades.top_mm, -half), std::min(state.blades.bottom_mm, half)};
}

std::optional<Action> OperatorInput::set(Input const& input, double level)
{
    auto const is_this = [&](Input const& other) { return is_same_place(other, input); };
    auto const held = std::ranges::find_if(down_, is_this, &Down::input);
    if (level <= 0) {
        std::erase_if(stale_, is_this);
        if (held != down_.end()) {
            Action const action = held->action;
            down_.erase(held);
            follow(action);
        }
        return std::nullopt;
    }
    if (std::ranges::any_of(stale_, is_this)) return std::nullopt;
    if (held != down_.end()) {
        Action const action = held->action;
        bool const was_on = held->level >= switch_on;
        // A switch keeps its state between the two thresholds.
        if (is_continuous(action) || level >= switch_on || level < switch_off) held->level = level;
        if (!is_held(action)) return !was_on && held->level >= switch_on ? press_or_return(action) : std::nullopt;
        follow(action);
        return std::nullopt;
    }
    auto const action = inputs_.find(input);
    if (!action) return std::nullopt;
    bool const is_on = level >= switch_on;
    // What is pressed once by a key has no end to wait for.
    if (!is_held(*action) && !is_axis(input.kind)) return press_or_return(*action);
    down_.push_back({input, *action, level});
    if (!is_held(*action)) return is_on ? press_or_return(*action) : std::nullopt;
    follow(*action);
    return std::nullopt;
}

std::optional<Action> OperatorInput::press_or_return(Action action)
{
    if (is_of_window(action)) return action;
    press(action);
    return action == Action::acknowledge ? std::optional{action} : std::nullopt;
}

std::optional<Action> OperatorInput::key(int code, bool is_down, bool with_control, bool with_alt)
{
    Input input;
    input.code = code;
    input.with_control = with_control;
    input.with_alt = with_alt;
    // Full speed goes with every other key.
    if (auto const fast = inputs_.find({InputKind::key, code}); fast == Action::fast)
        input.with_control = input.with_alt = false;
    return set(input, is_down ? 1 : 0);
}

std::optional<Action> OperatorInput::step(Input const& input, double count)
{
    bool const is_drag = input.kind == InputKind::drag;
    if (is_drag && !is_down(Action::grip)) return std::nullopt;
    auto const action = inputs_.find(input);
    if (!action || is_pedal(*action)) return std::nullopt;
    if (is_of_hand(*action)) {
        HandRates const& rates = inputs_.rates;
        bool const is_left = *action >= Action::left_push;
        auto const way = is_left ? int(*action) - int(Action::left_push) : int(*action) - int(Action::right_push);
        double const sign = way % 2 == 0 ? count : -count;
        double const mm = way < 2 ? sign * (is_drag ? rates.drag_mm : rates.wheel_mm) : 0;
        double const degrees_turned = way < 2 ? 0 : sign * (is_drag ? rates.drag_deg : rates.wheel_deg);
        hands_.step(is_left ? HandSide::left : HandSide::right, mm, radians(degrees_turned));
        return std::nullopt;
    }
    if (!is_held(*action)) return press_or_return(*action);
    moment_s_[std::size_t(*action)] += count * (is_drag ? drag_step_s : wheel_step_s);
    follow(*action);
    return std::nullopt;
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
    follow(action);
}

void OperatorInput::press_button(Action action)
{
    press(action);
}

/// Of all that holds an action the one that holds it furthest counts.
void OperatorInput::follow(Action action)
{
    double level = moment_s_[std::size_t(action)] > 0 ? 1 : 0;
    for (Down const& down : down_)
        if (down.action == action && (is_continuous(action) || down.level >= switch_on))
            level = std::max(level, down.level);
    if (std::ranges::find(down_buttons_, action) != down_buttons_.end()) level = 1;
    double const before = std::exchange(levels_[std::size_t(action)], level);
    if (before == level) return;
    if (is_pedal(action))
        follow_pedals();
    else
        queue_jogs();
    if (is_of_blades(action) && before == 0) move_blades(first_blade_step_mm);
}

double OperatorInput::speed() const
{
    return is_down(Action::fast) ? 1.0 : slow_share;
}

HandWish OperatorInput::hand_wish() const
{
    auto const axis = [&](Action plus, Action minus) { return speed() * (level(plus) - level(minus)); };
    return {{axis(Action::right_push, Action::right_pull), axis(Action::left_push, Action::left_pull)},
            {axis(Action::right_turn, Action::right_turn_back), axis(Action::left_turn, Action::left_turn_back)},
            axis(Action::inflate, Action::deflate),
            speed() * level(Action::push_cement)};
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
    double const speed = this->speed();
    auto const axis = [&](Action plus, Action minus) { return speed * (level(plus) - level(minus)); };
    JogCArm c_arm{axis(Action::c_arm_lao, Action::c_arm_rao), axis(Action::c_arm_cranial, Action::c_arm_caudal),
                  axis(Action::detector_away, Action::detector_toward)};
    JogTable table{axis(Action::table_head, Action::table_feet), axis(Action::table_left, Action::table_right),
                   axis(Action::table_up, Action::table_down)};
    // A table tilts slowly enough as it is.
    if (kind_.tilts_table()) table.tilt = level(Action::table_tilt_up) - level(Action::table_tilt_down);
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
    double const single = is_down(Action::fast) ? -step_mm : step_mm;
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
            place.angle_rad += (is_down(Action::fast) ? -1 : 1) * wedge_turn_rad_s * elapsed_s;
            move.angle_rad = place.angle_rad;
        }
        commands_.emplace_back(move);
    }
}

void OperatorInput::release_all()
{
    for (Down const& down : down_) stale_.push_back(down.input);
    stale_buttons_.insert(stale_buttons_.end(), down_buttons_.begin(), down_buttons_.end());
    down_.clear();
    down_buttons_.clear();
    levels_.fill(0);
    moment_s_.fill(0);
    follow_pedals();
    queue_jogs();
    hands_.rest(commands_);
}

void OperatorInput::release_device(InputKind kind, std::string const& device)
{
    auto const is_of_it = [&](Input const& input) { return input.kind == kind && input.device == device; };
    std::erase_if(stale_, is_of_it);
    std::vector<Action> held;
    for (Down const& down : down_)
        if (is_of_it(down.input)) held.push_back(down.action);
    std::erase_if(down_, [&](Down const& down) { return is_of_it(down.input); });
    for (Action const action : held) follow(action);
}

void OperatorInput::forget_held_over()
{
    std::erase_if(stale_, [](Input const& input) {
        return input.kind == InputKind::key || input.kind == InputKind::mouse_button;
    });
}

std::vector<Command> OperatorInput::take(double elapsed_s)
{
    for (int i = 0; i < action_count; ++i) {
        double& left = moment_s_[std::size_t(i)];
        if (left <= 0) continue;
        left = std::max(0.0, left - elapsed_s);
        follow(Action(i));
    }
    bool const are_blades_held =
        std::any_of(levels_.begin() + int(Action::blades_close), levels_.begin() + int(Action::blade_bottom) + 1,
                    [](double level) { return level > 0; });
    if (are_blades_held && were_blades_held_) move_blades(blade_speed_mm_s * std::min(elapsed_s, longest_blade_step_s));
    were_blades_held_ = are_blades_held;
    move_wedges(std::min(elapsed_s, longest_blade_step_s));
    hands_.take(hand_wish(), elapsed_s, commands_);
    return std::exchange(commands_, {});
}

bool OperatorInput::is_anything_held() const
{
    return std::any_of(levels_.begin(), levels_.end(), [](double level) { return level > 0; });
}

} // namespace fluoro
