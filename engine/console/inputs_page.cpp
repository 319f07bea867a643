#include "inputs_page.hpp"
#include "card.hpp"
#include "controls.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace fluoro {
namespace {

/// A button as wide as its text; lit where it is on.
bool text_button(std::string const& label, bool is_on = false, float width = 0)
{
    ImGui::PushStyleColor(ImGuiCol_Button, is_on ? palette::accent : palette::button);
    ImGui::PushStyleColor(ImGuiCol_Text, is_on ? palette::on_bright : palette::text);
    bool const is_clicked = ImGui::Button(label.c_str(), {width, 0});
    ImGui::PopStyleColor(2);
    return is_clicked;
}

void small_text(std::string const& text, ImU32 ink = palette::quiet_text)
{
    ImGui::PushFont(font(Face::small_print));
    ImGui::PushStyleColor(ImGuiCol_Text, ink);
    ImGui::TextWrapped("%s", text.c_str());
    ImGui::PopStyleColor();
    ImGui::PopFont();
}

/// On this line if it still fits there, else on the next one.
void same_line_if_fits(float width)
{
    float const end = ImGui::GetItemRectMax().x + ImGui::GetStyle().ItemSpacing.x + width;
    if (end < ImGui::GetWindowPos().x + ImGui::GetWindowContentRegionMax().x) ImGui::SameLine();
}

} // namespace

void InputsPage::offer(Input const& input, InputMap const& inputs)
{
    if (!is_waiting()) return;
    refusal_ = misfit(input, *waiting_);
    if (!refusal_.empty()) {
        refusal_ = title_of(input) + ": " + refusal_ + ".";
        return;
    }
    auto const owner = inputs.find(input);
    if (owner && *owner != *waiting_) {
        offered_ = input;
        return;
    }
    InputMap changed = inputs;
    changed.bind(input, *waiting_);
    changed_ = changed;
    cancel();
}

void InputsPage::cancel()
{
    waiting_.reset();
    offered_.reset();
    refusal_.clear();
}

void InputsPage::draw_banner(InputMap const& inputs, std::vector<std::string> const& devices, std::string const& moving)
{
    if (offered_ && waiting_) {
        std::string const owner{name_of(inputs.find(*offered_).value_or(*waiting_))};
        ImGui::PushStyleColor(ImGuiCol_Text, palette::notice);
        ImGui::TextWrapped("%s is already: %s", title_of(*offered_).c_str(), owner.c_str());
        ImGui::PopStyleColor();
        if (text_button("Take it")) {
            InputMap changed = inputs;
            changed.bind(*offered_, *waiting_);
            changed_ = changed;
            cancel();
            return;
        }
        ImGui::SameLine();
        if (text_button("Leave it")) cancel();
        return;
    }
    if (waiting_) {
        ImGui::PushStyleColor(ImGuiCol_Text, palette::notice);
        ImGui::TextWrapped("Press the key, turn the wheel or move the axis for: %s", name_of(*waiting_).data());
        ImGui::PopStyleColor();
        if (text_button("Cancel (Escape)")) cancel();
        if (!refusal_.empty()) {
            ImGui::SameLine();
            small_text(refusal_, palette::notice);
        }
        return;
    }
    std::string text = "Devices: ";
    for (std::string const& name : devices) text += (text.size() > 9 ? ", " : "") + name;
    if (devices.empty()) text += "keyboard and mouse only";
    if (!moving.empty()) text += ".  Moving: " + moving;
    small_text(text);
    if (text_button("All as at first")) {
        InputMap first;
        changed_ = first;
    }
}

void InputsPage::draw_action(Action action, InputMap const& inputs)
{
    float const line = ImGui::GetFontSize(), gap = ImGui::GetStyle().ItemSpacing.x;
    float const name_width = std::min(15.0f * line, 0.4f * ImGui::GetContentRegionAvail().x);
    ImGui::PushID(int(action));
    ImVec2 const at = ImGui::GetCursorScreenPos();
    std::string const name = fitted(std::string{name_of(action)}, font(Face::regular), line, name_width - gap);
    ImGui::AlignTextToFramePadding();
    ImGui::TextUnformatted(name.c_str());
    if (ImGui::IsItemHovered()) ImGui::SetTooltip("%s", id_of(action).data());
    ImGui::SameLine();
    ImGui::SetCursorScreenPos({at.x + name_width, at.y});
    ImGui::BeginGroup();
    bool is_first = true;
    for (Input const& input : inputs.inputs_of(action)) {
        std::string const label = title_of(input) + "  x";
        float const width = ImGui::CalcTextSize(label.c_str()).x + 2 * ImGui::GetStyle().FramePadding.x;
        if (!is_first) same_line_if_fits(width);
        is_first = false;
        if (text_button(label)) {
            InputMap changed = inputs;
            changed.unbind(input);
            changed_ = changed;
        }
        if (ImGui::IsItemHovered()) ImGui::SetTooltip("Takes this input away");
    }
    float const add_width = ImGui::CalcTextSize("Add").x + 2 * ImGui::GetStyle().FramePadding.x;
    if (!is_first) same_line_if_fits(add_width);
    if (text_button("Add", waiting_ == action)) {
        cancel();
        waiting_ = action;
    }
    if (!inputs.has_first_inputs(action)) {
        same_line_if_fits(4 * line);
        if (text_button("Reset")) {
            InputMap changed = inputs;
            changed.reset(action);
            changed_ = changed;
        }
    }
    ImGui::EndGroup();
    ImGui::PopID();
}

void InputsPage::draw_rates(InputMap const& inputs)
{
    struct Row {
        char const* name;
        double HandRates::*rate;
        char const* unit;
        double least, most;
    };
    static constexpr Row rows[] = {{"Push, full speed", &HandRates::push_mm_s, "mm/s", 1, 200},
                                   {"Turn, full speed", &HandRates::turn_deg_s, "\xc2\xb0/s", 5, 1440},
                                   {"Inflator", &HandRates::inflate_atm_s, "atm/s", 0.1, 10},
                                   {"Cement", &HandRates::cement_ml_s, "mL/s", 0.01, 1},
                                   {"Wheel: a notch pushes", &HandRates::wheel_mm, "mm", 0.1, 20},
                                   {"Wheel: a notch turns", &HandRates::wheel_deg, "\xc2\xb0", 1, 180},
                                   {"Mouse: a pixel pushes", &HandRates::drag_mm, "mm", 0.01, 5},
                                   {"Mouse: a pixel turns", &HandRates::drag_deg, "\xc2\xb0", 0.05, 20}};
    constexpr double step = 1.25;
    float const line = ImGui::GetFontSize(), left = ImGui::GetCursorPosX();
    ImGui::Dummy({1, 0.4f * line});
    small_text("SPEEDS (without the full-speed input: 40 %)");
    for (Row const& row : rows) {
        ImGui::PushID(row.name);
        ImGui::AlignTextToFramePadding();
        char value[48];
        std::snprintf(value, sizeof value, "%.3g %s", inputs.rates.*row.rate, row.unit);
        ImGui::TextUnformatted(row.name);
        ImGui::SameLine(left + 12 * line);
        ImGui::TextUnformatted(value);
        ImGui::SameLine(left + 19 * line);
        double factor = 1;
        if (text_button("Less")) factor = 1 / step;
        ImGui::SameLine();
        if (text_button("More")) factor = step;
        if (factor != 1) {
            InputMap changed = inputs;
            changed.rates.*row.rate = std::clamp(inputs.rates.*row.rate * factor, row.least, row.most);
            changed_ = changed;
        }
        ImGui::PopID();
    }
}

std::optional<InputMap> InputsPage::draw(InputMap const& inputs, std::vector<std::string> const& devices,
                                         std::string const& moving)
{
    float const line = ImGui::GetFontSize();
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {0.5f * line, 0.25f * line});
    ImGui::PushFont(font(Face::large));
    ImGui::TextUnformatted("Keys and devices");
    ImGui::PopFont();
    ImGui::BeginChild("banner", {0, 4.6f * line});
    draw_banner(inputs, devices, moving);
    ImGui::EndChild();

    float const groups_width = 11.5f * line;
    ImGui::BeginChild("groups", {groups_width, 0});
    for (int i = 0; i < action_groups; ++i) {
        auto const group = ActionGroup(i);
        std::string const label = fitted(std::string{name_of(group)}, font(Face::regular), line, groups_width - line);
        if (text_button(label, group == group_, groups_width)) {
            group_ = group;
            cancel();
        }
    }
    ImGui::EndChild();
    ImGui::SameLine();
    ImGui::BeginChild("actions", {0, 0});
    for (int i = 0; i < action_count; ++i)
        if (group_of(Action(i)) == group_) draw_action(Action(i), inputs);
    if (group_ == ActionGroup::right_hand || group_ == ActionGroup::left_hand || group_ == ActionGroup::tools)
        draw_rates(inputs);
    ImGui::EndChild();
    ImGui::PopStyleVar();
    return std::exchange(changed_, std::nullopt);
}

} // namespace fluoro
