#pragma once
#include <array>
#include <fluoro/console/hands.hpp>
#include <fluoro/console/inputs.hpp>
#include <fluoro/room/room.hpp>
#include <fluoro/session/session.hpp>
#include <vector>

namespace fluoro {

/// Turns keys, sticks, screen buttons and dragged blade lines into commands. Knows no window, so that a test can drive
/// it.
///
/// Held actions end with their input; a second input for the same action keeps it going. Repeated presses of a key that
/// is already down are ignored. After release_all() (focus lost) a key, a stick or a screen button that is still down
/// does nothing until it was let go and is pressed anew: the beam never comes back by itself.
class OperatorInput {
public:
    OperatorInput(RoomKind const& kind, InputMap const& inputs);

    /// Other inputs from now on. All that is held is let go.
    void set_inputs(InputMap const& inputs);
    InputMap const& inputs() const { return inputs_; }

    /// Where the machine is. Call before reading input. `is_settled`: every command taken so far has met its tick;
    /// until then steps build on what was asked for, not on `state`.
    void update(RoomState const& state, PictureState const& picture, bool is_settled, double oxygen_l_min = 0,
                InstrumentStatus const& instruments = {});

    /// An input went to this share of its way, 0 = let go; the window's own actions are returned, all others become
    /// commands. The release of a key counts whatever modifiers are down by then.
    std::optional<Action> set(Input const& input, double level);
    std::optional<Action> key(int code, bool is_down, bool with_control, bool with_alt = false);
    /// So many notches of the wheel, or pixels of a mouse that is held (Action::grip). What is pressed once is pressed;
    /// a machine's axis moves for a moment.
    std::optional<Action> step(Input const& input, double count);
    /// A held action's screen button; calling it again with the same value does nothing.
    void hold_button(Action action, bool is_down);
    /// A pressed action's screen button.
    void press_button(Action action);
    /// A blade line was dragged here [mm on the detector plane].
    void drag_blades(MoveBlades const& blades);
    /// A command of a panel: a tool to take, a needle to aim.
    void ask(Command const& command) { commands_.push_back(command); }
    /// The hand holds another of the tools in use.
    void hold_tool(HandSide side, std::string const& tool) { hands_.hold(side, tool, commands_); }
    /// A haptic device's hand has moved so far.
    void move_hand(HandSide side, double push_mm, double turn_rad) { hands_.step(side, push_mm, turn_rad); }
    Hands const& hands() const { return hands_; }
    /// Why a press did nothing, since the last call.
    std::vector<std::string> take_refusals() { return hands_.take_refusals(); }
    /// All that is held is let go: focus lost, window minimised, device lost.
    void release_all();
    /// A device is gone: what it held is let go.
    void release_device(InputKind kind, std::string const& device);

    /// Keys held over from before release_all() whose release was seen by another window count as let go. Call a second
    /// after the focus is back: a key that is truly still down has repeated itself by then. Devices tell what they are
    /// at all the time: they stay held over until they are let go.
    void forget_held_over();

    /// The commands since the last call, in order. `elapsed_s` since then moves the blades that are held.
    std::vector<Command> take(double elapsed_s);
    bool is_pedal_down() const { return is_down(Action::pedal) || is_down(Action::acquisition_pedal); }
    bool is_down(Action action) const { return level(action) > 0; }
    /// Share of its way that it is held [0, 1].
    double level(Action action) const { return levels_[std::size_t(action)]; }
    /// Anything held: the window has to call take() often.
    bool is_anything_held() const;
    /// Blades as last asked for, at once where `state` still lags behind.
    BladeOpening const& blades() const { return blades_; }
    RoomKind const& kind() const { return kind_; }

private:
    struct Down {
        Input input;
        Action action;
        double level;
    };
    void follow(Action action);
    std::optional<Action> press_or_return(Action action);
    void press(Action action);
    double speed() const;
    HandWish hand_wish() const;
    void queue_jogs();
    void follow_pedals();
    void move_blades(double step_mm);
    void move_wedges(double elapsed_s);
    void press_for_room(Action action);
    void press_for_picture(Action action);
    void press_for_patient(Action action);

    RoomKind kind_;
    InputMap inputs_;
    Hands hands_;
    std::vector<double> fields_mm_, pulse_rates_; ///< ascending
    std::array<double, action_count> levels_{};
    std::array<double, action_count> moment_s_{}; ///< that steps still hold an action
    std::vector<Down> down_;
    std::vector<Input> stale_;
    std::vector<Action> down_buttons_, stale_buttons_;
    std::vector<Command> commands_;
    bool were_blades_held_ = false; ///< at the last take()
    JogCArm c_arm_jog_;
    JogTable table_jog_;
    Pedal pedal_ = Pedal::released; ///< as last asked for
    // As last asked for, so that steps build on each other before the session has taken them.
    RoomState room_;
    PictureState picture_;
    bool has_oxygen_ = false;
    BladeOpening blades_; ///< inside the active field
};

} // namespace fluoro
