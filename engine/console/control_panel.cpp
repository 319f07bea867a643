#include "screen.hpp"
#include "style.hpp"

#include <cstdio>
#include <fluoro/console/readouts.hpp>
#include <imgui.h>

namespace fluoro {
namespace {

ImFont* font(Face face)
{
    return ImGui::GetIO().Fonts->Fonts[int(face)];
}

/// Buttons for actions; a held one lasts as long as the mouse button, and lights up for its key too.
class Controls {
public:
    Controls(KeyMap const& keys, OperatorInput& input, std::vector<Action>& clicked)
        : keys_{keys}, input_{input}, clicked_{clicked}
    {
    }

    void button(Action action, char const* label, ImVec2 size, std::uint32_t lit = palette::accent) const
    {
        ImVec2 const at = ImGui::GetCursorScreenPos();
        bool const is_lit = is_held(action) && input_.is_down(action);
        ImGui::PushID(int(action));
        for (ImGuiCol const slot : {ImGuiCol_Button, ImGuiCol_ButtonHovered})
            ImGui::PushStyleColor(slot, is_lit                    ? lit
                                        : slot == ImGuiCol_Button ? palette::button
                                                                  : palette::button_hover);
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

        std::string const hint = keys_text(keys_, action);
        ImU32 const ink = is_pressed ? palette::on_bright : palette::text;
        ImU32 const quiet = is_pressed ? palette::on_bright : palette::quiet_text;
        float const line = ImGui::GetFontSize(), small = 0.8f * line;
        ImVec2 const name_size = ImGui::CalcTextSize(label);
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

    /// name, a smaller/larger pair of buttons, and the value they change.
    void pair(char const* name, std::string const& value, Action less, char const* less_label, Action more,
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

    /// Four directions around a middle.
    void cross(char const* heading, Action up, char const* up_label, Action left, char const* left_label, Action right,
               char const* right_label, Action down, char const* down_label, float width) const
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

    static void heading_text(char const* heading)
    {
        ImGui::PushFont(font(Face::small_print));
        ImGui::TextDisabled("%s", heading);
        ImGui::PopFont();
    }

private:
    KeyMap const& keys_;
    OperatorInput& input_;
    std::vector<Action>& clicked_;
};

} // namespace

std::string keys_text(KeyMap const& keys, Action action)
{
    std::string text;
    for (Key const key : keys.keys_of(action)) {
        std::string name = name_of(key);
        // A key is shown as its cap: "Space", "Ctrl+Left", "F".
        bool is_start = true;
        for (char& c : name) {
            if (is_start && c >= 'a' && c <= 'z') c = char(c - 'a' + 'A');
            is_start = c == '+' || c == '-';
        }
        text += (text.empty() ? "" : " / ") + name;
    }
    return text;
}

void draw_controls(ScreenModel const& model, KeyMap const& keys, OperatorInput& input, std::vector<Action>& clicked)
{
    Controls const controls{keys, input, clicked};
    RoomState const& room = model.live.status.room;
    float const line = ImGui::GetFontSize(), gap = ImGui::GetStyle().ItemSpacing.x;
    float const width = ImGui::GetContentRegionAvail().x;
    float const half = (width - 2 * gap) / 2;

    controls.button(Action::pedal, "FLUOROSCOPY (hold)", {width, 3.4f * line}, palette::beam);
    ImGui::Dummy({1, 0.2f * line});

    ImVec2 const crosses = ImGui::GetCursorPos();
    controls.cross("C-ARM (Shift: fast)", Action::c_arm_cranial, "CRAN", Action::c_arm_rao, "RAO", Action::c_arm_lao,
                   "LAO", Action::c_arm_caudal, "CAUD", half);
    ImGui::SetCursorPos({crosses.x + half + 2 * gap, crosses.y});
    controls.cross("TABLE (Shift: fast)", Action::table_head, "Head", Action::table_right, "Right", Action::table_left,
                   "Left", Action::table_feet, "Feet", half);

    Controls::heading_text("VIEWS");
    ImVec2 const quarter{(width - 3 * gap) / 4, 2.3f * line};
    controls.button(Action::view_ap, "AP", quarter);
    ImGui::SameLine();
    controls.button(Action::view_lao_45, "LAO 45", quarter);
    ImGui::SameLine();
    controls.button(Action::view_lateral, "LAT", quarter);
    ImGui::SameLine();
    controls.button(Action::view_rao_30, "RAO 30", quarter);
    ImGui::Dummy({1, 0.2f * line});

    controls.pair("SID", fixed_text(room.source_to_detector_mm / 10, 1) + " cm", Action::detector_toward, "Closer",
                  Action::detector_away, "Away");
    controls.pair("Table height", offset_text(room.table_height_mm) + " cm", Action::table_down, "Down",
                  Action::table_up, "Up");
    BladeOpening const& blades = input.blades();
    char opening[48];
    std::snprintf(opening, sizeof opening, "%.0f x %.0f cm", blades.width_mm() / 10, blades.height_mm() / 10);
    controls.pair("Collimator", opening, Action::blades_close, "Close", Action::blades_open, "Open");
    controls.pair("Field (zoom)", fixed_text(room.field_mm / 10, 1) + " cm", Action::field_smaller, "Zoom in",
                  Action::field_larger, "Zoom out");
    controls.pair("Pulse rate", rate_text(room.pulse_rate) + " /s", Action::pulse_rate_lower, "Fewer",
                  Action::pulse_rate_higher, "More");
    ImGui::Dummy({1, 0.2f * line});

    Controls::heading_text("SINGLE BLADES (Shift: out)");
    controls.button(Action::blade_left, "Left", quarter);
    ImGui::SameLine();
    controls.button(Action::blade_right, "Right", quarter);
    ImGui::SameLine();
    controls.button(Action::blade_top, "Top", quarter);
    ImGui::SameLine();
    controls.button(Action::blade_bottom, "Bottom", quarter);
    ImGui::Dummy({1, 0.2f * line});

    ImVec2 const wide{(width - gap) / 2, 2.3f * line};
    controls.button(Action::stop_motion, "Stop motion", wide);
    ImGui::SameLine();
    controls.button(Action::centre_table, "Centre table", wide);
    ImVec2 const third{(width - 2 * gap) / 3, 2.3f * line};
    controls.button(Action::toggle_text, "Text", third);
    ImGui::SameLine();
    controls.button(Action::toggle_pixels, model.is_smooth ? "Pixels" : "Smooth", third);
    ImGui::SameLine();
    controls.button(Action::toggle_help, "Help", third);
    controls.button(Action::scale_down, "Text -", third);
    ImGui::SameLine();
    controls.button(Action::scale_up, "Text +", third);
    ImGui::SameLine();
    controls.button(Action::toggle_full_screen, "Full screen", third);
}

void draw_strip(ScreenModel const& model, KeyMap const& keys, std::vector<Action>& clicked)
{
    float const line = ImGui::GetFontSize();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    ImVec2 const at = ImGui::GetCursorScreenPos();
    if (model.alert_minutes > 0) {
        std::string const text = std::to_string(model.alert_minutes) + " MIN OF FLUOROSCOPY";
        ImGui::PushStyleColor(ImGuiCol_Button, palette::notice);
        ImGui::PushStyleColor(ImGuiCol_ButtonHovered, palette::notice);
        ImGui::PushStyleColor(ImGuiCol_ButtonActive, palette::notice);
        ImGui::PushStyleColor(ImGuiCol_Text, palette::on_bright);
        ImGui::PushFont(font(Face::bold));
        std::string const button = "/!\\ " + text + ": acknowledge (" + keys_text(keys, Action::acknowledge) + ")";
        if (ImGui::Button(button.c_str(), {0, 1.7f * line})) clicked.push_back(Action::acknowledge);
        ImGui::PopFont();
        ImGui::PopStyleColor(4);
        ImGui::SameLine();
    }
    LiveSnapshot const& live = model.live;
    std::string text;
    if (!live.is_running)
        text = "Session ended. " + live.stopped_because;
    else if (live.is_silent)
        text = "The simulation does not answer; the pedal is released.";
    else if (!model.messages.empty())
        text = model.messages.back();
    if (!text.empty()) {
        ImVec2 const start = ImGui::GetCursorScreenPos();
        ImVec2 const centre{start.x + 0.6f * line, start.y + 0.85f * line};
        list.AddTriangleFilled({centre.x, centre.y - 0.6f * line}, {centre.x + 0.62f * line, centre.y + 0.5f * line},
                               {centre.x - 0.62f * line, centre.y + 0.5f * line}, palette::notice);
        list.AddText(font(Face::bold), 0.8f * line, {centre.x - 0.13f * line, centre.y - 0.38f * line},
                     palette::on_bright, "!");
        list.AddText({start.x + 1.7f * line, start.y + 0.3f * line}, palette::notice, text.c_str());
    }

    float const small = 0.8f * line;
    std::string remarks = "Not for clinical use.  Static patient: no breath or heartbeat yet.";
    if (!model.patient.empty()) remarks += "  Patient: " + model.patient + ".";
    remarks += "  Pictures by " + model.device + ".";
    list.AddText(font(Face::small_print), small, {at.x, at.y + 2.1f * line}, palette::quiet_text, remarks.c_str());
    std::string pace = keys_text(keys, Action::toggle_help) + ": help";
    bool const is_slow = live.is_running && live.speed < 0.95;
    if (is_slow) {
        char slow[64];
        std::snprintf(slow, sizeof slow, "Slower than real time: x%.2f", live.speed);
        pace = slow;
    }
    float const pace_width = font(Face::small_print)->CalcTextSizeA(small, 1e6f, 0, pace.c_str()).x;
    float const left =
        ImGui::GetWindowPos().x + ImGui::GetWindowWidth() - ImGui::GetStyle().WindowPadding.x - pace_width;
    list.AddRectFilled({left - 0.5f * line, at.y + 2.0f * line}, {left + pace_width, at.y + 3.1f * line},
                       palette::panel);
    list.AddText(font(Face::small_print), small, {left, at.y + 2.1f * line},
                 is_slow ? palette::notice : palette::quiet_text, pace.c_str());
}

} // namespace fluoro
