#pragma once
#include <array>
#include <fluoro/console/keys.hpp>
#include <fluoro/room/room.hpp>
#include <fluoro/session/session.hpp>
#include <vector>

namespace fluoro {

/// Turns keys, screen buttons and dragged blade lines into commands. Knows no window, so that a test can drive it.
///
/// Held actions end with their key; a second key for the same action keeps it going. Repeated presses of a key that is
/// already down are ignored. After release_all() (focus lost) a key or screen button that is still down does nothing
/// until it was let go and is pressed anew: the beam never comes back by itself.
class OperatorInput {
public:
    OperatorInput(RoomKind const& kind, KeyMap const& keys);

    /// Where the machine is. Call before reading input. `is_settled`: every command taken so far has met its tick;
    /// until then steps build on what was asked for, not on `state`.
    void update(RoomState const& state, PictureState const& picture, bool is_settled, double oxygen_l_min = 0);

    /// A key went down or up; the window's own actions are returned, all others become commands.
    std::optional<Action> key(int code, bool is_down, bool with_control);
    /// Shift: jogging at full speed instead of a part of it; single blades move out instead of in.
    void fast(bool is_fast);
    /// A held action's screen button; calling it again with the same value does nothing.
    void hold_button(Action action, bool is_down);
    /// A pressed action's screen button.
    void press_button(Action action);
    /// A blade line was dragged here [mm on the detector plane].
    void drag_blades(MoveBlades const& blades);
    /// All that is held is let go: focus lost, window minimised, device lost.
    void release_all();

    /// Keys held over from before release_all() whose release was seen by another window count as let go. Call a second
    /// after the focus is back: a key that is truly still down has repeated itself by then.
    void forget_held_over() { stale_keys_.clear(); }

    /// The commands since the last call, in order. `elapsed_s` since then moves the blades that are held.
    std::vector<Command> take(double elapsed_s);
    bool is_pedal_down() const { return is_down(Action::pedal) || is_down(Action::acquisition_pedal); }
    bool is_down(Action action) const { return holders_[std::size_t(action)] > 0; }
    /// Anything held: the window has to call take() often.
    bool is_anything_held() const;
    /// Blades as last asked for, at once where `state` still lags behind.
    BladeOpening const& blades() const { return blades_; }
    RoomKind const& kind() const { return kind_; }

private:
    struct DownKey {
        int code;
        Action action;
    };
    void change_holders(Action action, int change);
    void press(Action action);
    void queue_jogs();
    void follow_pedals();
    void move_blades(double step_mm);
    void move_wedges(double elapsed_s);
    void press_for_room(Action action);
    void press_for_picture(Action action);
    void press_for_patient(Action action);

    RoomKind kind_;
    KeyMap keys_;
    std::vector<double> fields_mm_, pulse_rates_; ///< ascending
    std::array<int, action_count> holders_{};
    std::vector<DownKey> down_keys_;
    std::vector<int> stale_keys_;
    std::vector<Action> down_buttons_, stale_buttons_;
    std::vector<Command> commands_;
    bool is_fast_ = false;
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
