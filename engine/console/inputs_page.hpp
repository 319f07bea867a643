#pragma once
#include <fluoro/console/inputs.hpp>
#include <optional>
#include <string>
#include <vector>

namespace fluoro {

/// The page that shows which input does what, and changes it: an action is chosen, then the key pressed or the axis
/// moved.
class InputsPage {
public:
    /// The next input made is for an action, and does nothing else.
    bool is_waiting() const { return waiting_.has_value() && !offered_; }
    void offer(Input const& input, InputMap const& inputs);
    void cancel();

    /// Fills the current window. The inputs as they are from now on, where they were changed.
    std::optional<InputMap> draw(InputMap const& inputs, std::vector<std::string> const& devices,
                                 std::string const& moving);

private:
    void draw_banner(InputMap const& inputs, std::vector<std::string> const& devices, std::string const& moving);
    void draw_action(Action action, InputMap const& inputs);
    void draw_rates(InputMap const& inputs);

    ActionGroup group_ = ActionGroup::right_hand;
    std::optional<Action> waiting_;
    std::optional<Input> offered_; ///< another action has it
    std::string refusal_;
    std::optional<InputMap> changed_;
};

} // namespace fluoro
