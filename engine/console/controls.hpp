#pragma once
#include "style.hpp"
#include <cstdint>
#include <fluoro/console/operator_input.hpp>
#include <imgui.h>
#include <initializer_list>
#include <string>
#include <vector>

namespace fluoro {

/// Buttons for actions; a held one lasts as long as the mouse button, and lights up for its key too.
class Controls {
public:
    Controls(OperatorInput& input, std::vector<Action>& clicked) : input_{input}, clicked_{clicked} {}

    /// `is_on`: the button stands for something that is switched on.
    void button(Action action, char const* label, ImVec2 size, std::uint32_t lit = palette::accent,
                bool is_on = false) const;
    /// Several buttons side by side, over the whole width.
    struct Item {
        Action action;
        char const* label;
        bool is_on = false;
    };
    void row(std::initializer_list<Item> items) const;
    /// name, a smaller/larger pair of buttons, and the value they change.
    void pair(char const* name, std::string const& value, Action less, char const* less_label, Action more,
              char const* more_label) const;
    /// Four directions around a middle.
    void cross(char const* heading, Action up, char const* up_label, Action left, char const* left_label, Action right,
               char const* right_label, Action down, char const* down_label, float width) const;
    static void heading_text(char const* heading);

private:
    OperatorInput& input_;
    std::vector<Action>& clicked_;
};

/// As many of an action's keys as stand in this width, at least one.
std::string keys_that_fit(InputMap const& inputs, Action action, ImFont* face, float size, float width);
/// A text that fits this width, its end replaced by dots where it does not.
std::string fitted(std::string text, ImFont* face, float size, float width);

} // namespace fluoro
