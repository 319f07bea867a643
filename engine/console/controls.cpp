#include "controls.hpp"
#include "card.hpp"
#include "screen.hpp"

namespace fluoro {

void Controls::button(Action action, char const* label, ImVec2 size, std::uint32_t lit, bool is_on) const
{
    ImVec2 const at = ImGui::GetCursorScreenPos();
    bool const is_lit = is_on || (is_held(action) && input_.is_down(action));
    ImGui::PushID(int(action));
    for (ImGuiCol const slot : {ImGuiCol_Button, ImGuiCol_ButtonHovered})
        ImGui::PushStyleColor(slot, is_lit ? lit : slot == ImGuiCol_Button ? palette::button : palette::button_hover);
    bool const is_clicked = ImGui::Button("##", size);
    ImGui::PopStyleColor(2);
    if (is_held(action))
        input_.hold_button(action, ImGui::IsItemActive());
    else if (is_clicked && (is_of_window(action) || action == Action::acknowledge))
        clicked_.push_back(action);
    else if (is_clicked)
        input_.press_button(action);
    bool const is_pressed = is_lit || ImGui::IsItemActive();
    ImGui::PopID();

    ImU32 const ink = is_pressed ? palette::on_bright : palette::text;
    ImU32 const quiet = is_pressed ? palette::on_bright : palette::quiet_text;
    float const line = ImGui::GetFontSize(), small = 0.8f * line;
    ImVec2 const name_size = ImGui::CalcTextSize(label);
    std::string const hint =
        keys_that_fit(input_.inputs(), action, font(Face::small_print), small, size.x - 0.4f * line);
    float const hint_width = font(Face::small_print)->CalcTextSizeA(small, 1e6f, 0, hint.c_str()).x;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.PushClipRect(at, {at.x + size.x, at.y + size.y}, true);
    if (size.y > 2 * line) {
        float const top = at.y + (size.y - line - small) / 2;
        list.AddText({at.x + (size.x - name_size.x) / 2, top}, ink, label);
        list.AddText(font(Face::small_print), small, {at.x + (size.x - hint_width) / 2, top + line}, quiet,
                     hint.c_str());
    } else {
        list.AddText({at.x + (size.x - name_size.x) / 2, at.y + (size.y - line) / 2}, ink, label);
    }
    list.PopClipRect();
}

void Controls::row(std::initializer_list<Item> items) const
{
    float const gap = ImGui::GetStyle().ItemSpacing.x, count = float(items.size());
    ImVec2 const size{(ImGui::GetContentRegionAvail().x - (count - 1) * gap) / count, 2.3f * ImGui::GetFontSize()};
    bool is_first = true;
    for (Item const& item : items) {
        if (!is_first) ImGui::SameLine();
        is_first = false;
        button(item.action, item.label, size, palette::accent, item.is_on);
    }
}

void Controls::pair(char const* name, std::string const& value, Action less, char const* less_label, Action more,
                    char const* more_label) const
{
    float const line = ImGui::GetFontSize(), width = ImGui::GetContentRegionAvail().x;
    float const gap = ImGui::GetStyle().ItemSpacing.x;
    ImVec2 const size{(width - 6.2f * line - 2 * gap) / 2, 2.3f * line};
    ImVec2 const at = ImGui::GetCursorScreenPos();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddText(font(Face::small_print), 0.8f * line, {at.x, at.y + 0.15f * line}, palette::quiet_text, name);
    list.AddText(font(Face::bold), line, {at.x, at.y + 1.05f * line}, palette::text, value.c_str());
    ImGui::Dummy({6.2f * line, size.y});
    ImGui::SameLine();
    button(less, less_label, size);
    ImGui::SameLine();
    button(more, more_label, size);
}

void Controls::cross(char const* heading, Action up, char const* up_label, Action left, char const* left_label,
                     Action right, char const* right_label, Action down, char const* down_label, float width) const
{
    float const line = ImGui::GetFontSize(), gap = ImGui::GetStyle().ItemSpacing.x;
    ImVec2 const size{(width - gap) / 2, 2.3f * line};
    float const inset = (width - size.x) / 2;
    ImGui::BeginGroup();
    heading_text(heading);
    float const left_edge = ImGui::GetCursorPosX();
    ImGui::SetCursorPosX(left_edge + inset);
    button(up, up_label, size);
    button(left, left_label, size);
    ImGui::SameLine();
    button(right, right_label, size);
    ImGui::SetCursorPosX(left_edge + inset);
    button(down, down_label, size);
    ImGui::EndGroup();
}

void Controls::heading_text(char const* heading)
{
    ImGui::PushFont(font(Face::small_print));
    ImGui::TextDisabled("%s", heading);
    ImGui::PopFont();
}

std::string keys_text(InputMap const& inputs, Action action)
{
    std::string text;
    for (Input const& input : inputs.inputs_of(action))
        if (input.kind == InputKind::key || input.kind == InputKind::mouse_button || input.kind == InputKind::wheel)
            text += (text.empty() ? "" : " / ") + title_of(input);
    return text;
}

std::string keys_that_fit(InputMap const& inputs, Action action, ImFont* face, float size, float width)
{
    std::string text;
    for (Input const& input : inputs.inputs_of(action)) {
        if (input.kind != InputKind::key && input.kind != InputKind::mouse_button) continue;
        std::string const longer = text.empty() ? title_of(input) : text + " / " + title_of(input);
        if (!text.empty() && face->CalcTextSizeA(size, 1e6f, 0, longer.c_str()).x > width) break;
        text = longer;
    }
    return fitted(text, face, size, width);
}

std::string fitted(std::string text, ImFont* face, float size, float width)
{
    auto const is_too_wide = [&](std::string const& t) {
        return face->CalcTextSizeA(size, 1e6f, 0, t.c_str()).x > width;
    };
    if (!is_too_wide(text)) return text;
    while (!text.empty() && is_too_wide(text + "...")) {
        text.pop_back();
        while (!text.empty() && (text.back() & 0xc0) == 0x80) text.pop_back(); // never half of a letter
    }
    return text + "...";
}

} // namespace fluoro
