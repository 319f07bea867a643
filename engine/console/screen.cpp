#include "screen.hpp"
#include "card.hpp"
#include "controls.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/console/readouts.hpp>

namespace fluoro {
namespace {

constexpr ImGuiWindowFlags fixed_window = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                                          ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoNav |
                                          ImGuiWindowFlags_NoBringToFrontOnFocus;
constexpr ImGuiWindowFlags help_window =
    (fixed_window & ~ImGuiWindowFlags_NoBringToFrontOnFocus) | ImGuiWindowFlags_NoFocusOnAppearing;
constexpr ImGuiWindowFlags panel_window = fixed_window & ~ImGuiWindowFlags_NoScrollbar;

/// Text that can be read on any grey.
void outlined_text(ImDrawList& list, ImFont* face, float size, ImVec2 at, std::string const& text)
{
    for (ImVec2 const shift : {ImVec2{-1, 0}, ImVec2{1, 0}, ImVec2{0, -1}, ImVec2{0, 1}})
        list.AddText(face, size, {at.x + shift.x, at.y + shift.y}, palette::ground, text.c_str());
    list.AddText(face, size, at, palette::text, text.c_str());
}

void draw_reference_frame(PictureArea const& area, float label)
{
    ImDrawList& list = *ImGui::GetBackgroundDrawList();
    float const size = 0.8f * ImGui::GetFontSize();
    list.AddText(font(Face::small_print), size, {area.left, area.top - (label + size) / 2}, palette::quiet_text,
                 "REFERENCE");
    list.AddRect({area.left - 1, area.top - 1}, {area.left + area.side + 1, area.top + area.side + 1}, palette::edge);
}

} // namespace

Screen::Result Screen::draw(ScreenModel const& model, OperatorInput& input)
{
    ImVec2 const window = ImGui::GetIO().DisplaySize;
    float const line = ImGui::GetFontSize();
    float const strip = 4.2f * line, column = 20.5f * line, margin = 0.5f * line;
    // Two columns where the picture loses nothing by it, else one with everything.
    bool const has_two_columns = window.x - 2 * column >= 0.8f * (window.y - strip);
    float const left = has_two_columns ? column : 0;
    float const right = std::max(left + 4 * line, window.x - column);
    float const bottom = std::max(4 * line, window.y - strip);

    // Hands that hold something stand under the picture.
    InstrumentStatus const& instruments = model.live.status.instruments;
    bool const has_hands = !instruments.tools.empty() || !instruments.needles.empty();
    float const picture_bottom = bottom - (has_hands ? hands_lines * line : 0);

    Result result;
    result.picture.is_smooth = model.is_smooth;
    float side = std::max(32.0f, std::floor(std::min(right - left, picture_bottom) - 2 * margin));
    if (!model.is_smooth && side >= float(picture_pixels_))
        side = std::floor(side / float(picture_pixels_)) * float(picture_pixels_);
    result.picture.side = side;
    result.picture.left = std::floor(left + (right - left - side) / 2);
    result.picture.top = std::floor((picture_bottom - side) / 2);

    auto const panel = [&](char const* name, float x, float y, float width, float height, ImGuiWindowFlags flags,
                           auto&& fill) {
        ImGui::SetNextWindowPos({x, y});
        ImGui::SetNextWindowSize({width, height});
        ImGui::Begin(name, nullptr, flags);
        fill();
        ImGui::End();
    };
    auto const controls = [&] { draw_controls(model, input, tools_, result.clicked); };
    // The reference monitor stands under the readouts; what it leaves them scrolls.
    float readouts_bottom = bottom;
    float const label = 1.6f * line;
    float const reference_side = std::floor(std::min(column - 2 * margin, 0.3f * bottom));
    bool const has_reference = model.is_reference_shown && model.live.reference_number > 0 && reference_side > 6 * line;
    if (has_reference) {
        readouts_bottom = bottom - reference_side - label - margin;
        float const at = has_two_columns ? 0 : right;
        result.reference = {std::floor(at + (column - reference_side) / 2), std::floor(readouts_bottom + label),
                            reference_side, true};
        draw_reference_frame(result.reference, label);
    }
    auto const readouts = [&] {
        draw_readouts(model, input.kind().tilts_table(), has_two_columns ? readouts_bottom : 0);
    };
    if (has_two_columns) {
        panel("readouts", 0, 0, left, readouts_bottom, panel_window, readouts);
        panel("controls", right, 0, window.x - right, bottom, panel_window, controls);
    } else {
        panel("everything", right, 0, window.x - right, readouts_bottom, panel_window, [&] {
            readouts();
            controls();
        });
    }
    panel("strip", 0, bottom, window.x, window.y - bottom, fixed_window,
          [&] { draw_strip(model, input.inputs(), result.clicked); });

    if (has_hands)
        draw_hands(instruments, input.hands(), model.tips, left + margin, picture_bottom, right - left - 2 * margin);
    draw_picture_frame(model, result.picture, input.inputs());
    if (model.is_text_shown) draw_corner_text(model, result.picture);
    draw_blade_lines(model, result.picture, input);
    // Over the picture and the buttons, whose held ones go on; lamp and dose stay in sight.
    if (model.is_help_shown)
        panel("help", left, 0, (has_two_columns ? window.x : right) - left, bottom, help_window,
              [&] { draw_help(input.inputs()); });
    if (model.is_inputs_page_shown)
        panel("inputs", left, 0, (has_two_columns ? window.x : right) - left, bottom, help_window,
              [&] { result.changed_inputs = inputs_page_.draw(input.inputs(), model.devices, model.moving); });
    return result;
}

void Screen::draw_picture_frame(ScreenModel const& model, PictureArea const& area, InputMap const& inputs)
{
    ImDrawList& list = *ImGui::GetBackgroundDrawList();
    ImVec2 const from{area.left - 2, area.top - 2}, to{area.left + area.side + 2, area.top + area.side + 2};
    list.AddRect(from, to, model.live.status.is_beam_on ? palette::beam : palette::edge, 0, 0, 2);
    if (model.live.picture_number > 0) return;
    std::string const text = "No image yet: hold " + keys_text(inputs, Action::pedal) + " for fluoroscopy.";
    ImVec2 const size = ImGui::CalcTextSize(text.c_str());
    list.AddText({area.left + (area.side - size.x) / 2, area.top + (area.side - size.y) / 2}, palette::quiet_text,
                 text.c_str());
}

void Screen::draw_blade_lines(ScreenModel const& model, PictureArea const& area, OperatorInput& input)
{
    if (!is_held_view(model.live)) {
        dragged_ = {};
        return;
    }
    float const per_mm = area.side / float(model.live.pictured.field_mm);
    float const centre_x = area.left + area.side / 2, centre_y = area.top + area.side / 2;
    BladeOpening const& blades = input.blades();
    float const left = centre_x + float(blades.left_mm) * per_mm, right = centre_x + float(blades.right_mm) * per_mm;
    float const top = centre_y + float(blades.top_mm) * per_mm, bottom = centre_y + float(blades.bottom_mm) * per_mm;

    ImVec2 const mouse = ImGui::GetIO().MousePos;
    float const reach = 0.6f * ImGui::GetFontSize();
    auto const is_near = [&](float line, float at) { return std::abs(line - at) < reach; };
    bool const is_inside = mouse.x > area.left - reach && mouse.x < area.left + area.side + reach &&
                           mouse.y > area.top - reach && mouse.y < area.top + area.side + reach &&
                           !ImGui::GetIO().WantCaptureMouse;
    bool const spans_y = mouse.y > top - reach && mouse.y < bottom + reach;
    bool const spans_x = mouse.x > left - reach && mouse.x < right + reach;
    Edges near;
    near.left = is_inside && spans_y && is_near(left, mouse.x);
    near.right = is_inside && spans_y && !near.left && is_near(right, mouse.x);
    near.top = is_inside && spans_x && is_near(top, mouse.y);
    near.bottom = is_inside && spans_x && !near.top && is_near(bottom, mouse.y);
    if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) dragged_ = near;
    if (!ImGui::IsMouseDown(ImGuiMouseButton_Left)) dragged_ = {};
    if (is_dragging() && (ImGui::GetIO().MouseDelta.x != 0 || ImGui::GetIO().MouseDelta.y != 0)) {
        double const x_mm = (mouse.x - centre_x) / per_mm, y_mm = (mouse.y - centre_y) / per_mm;
        MoveBlades move;
        if (dragged_.left) move.left_mm = x_mm;
        if (dragged_.right) move.right_mm = x_mm;
        if (dragged_.top) move.top_mm = y_mm;
        if (dragged_.bottom) move.bottom_mm = y_mm;
        input.drag_blades(move);
    }
    Edges const lit = is_dragging() ? dragged_ : near;
    if (lit.left || lit.right)
        ImGui::SetMouseCursor(lit.top || lit.bottom ? ImGuiMouseCursor_ResizeAll : ImGuiMouseCursor_ResizeEW);
    else if (lit.top || lit.bottom)
        ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeNS);

    ImDrawList& list = *ImGui::GetBackgroundDrawList();
    auto const edge = [&](ImVec2 from, ImVec2 to, bool is_lit) {
        list.AddLine(from, to, palette::ground, is_lit ? 5.0f : 3.5f);
        list.AddLine(from, to, palette::notice, is_lit ? 2.5f : 1.3f);
    };
    edge({left, top}, {left, bottom}, lit.left);
    edge({right, top}, {right, bottom}, lit.right);
    edge({left, top}, {right, top}, lit.top);
    edge({left, bottom}, {right, bottom}, lit.bottom);
    draw_wedge_lines(model, area, blades);
}

/// Each filter's edge, with teeth toward the side that it covers.
void Screen::draw_wedge_lines(ScreenModel const& model, PictureArea const& area, BladeOpening const& opening)
{
    RoomState const& room = model.live.status.room;
    ImDrawList& list = *ImGui::GetBackgroundDrawList();
    double const per_mm = double(area.side) / room.field_mm, line = ImGui::GetFontSize();
    auto const on_screen = [&](Vec2 mm) {
        return ImVec2{float(area.left + area.side / 2 + mm.x * per_mm),
                      float(area.top + area.side / 2 + mm.y * per_mm)};
    };
    auto const stroke = [&](ImVec2 from, ImVec2 to) {
        list.AddLine(from, to, palette::ground, 3.5f);
        list.AddLine(from, to, palette::accent, 1.5f);
    };
    for (WedgePlace const& wedge : room.wedges) {
        auto const edge = wedge_edge(wedge, opening);
        if (!edge) continue;
        auto const [from, to] = *edge;
        stroke(on_screen(from), on_screen(to));
        double const length = std::hypot(to.x - from.x, to.y - from.y), tooth = 0.7 * line / per_mm;
        int const teeth = std::max(1, int(length * per_mm / (3 * line)));
        for (int i = 0; i < teeth; ++i) {
            double const share = (i + 0.5) / teeth;
            Vec2 const foot{from.x + share * (to.x - from.x), from.y + share * (to.y - from.y)};
            stroke(on_screen(foot),
                   on_screen({foot.x + tooth * std::cos(wedge.angle_rad), foot.y + tooth * std::sin(wedge.angle_rad)}));
        }
    }
}

void Screen::draw_corner_text(ScreenModel const& model, PictureArea const& area)
{
    Status const& status = model.live.status;
    float const line = ImGui::GetFontSize(), inset = 0.7f * line;
    ImDrawList& list = *ImGui::GetBackgroundDrawList();
    auto const put = [&](std::string const& text, bool is_right, bool is_low) {
        float const width = font(Face::regular)->CalcTextSizeA(line, 1e6f, 0, text.c_str()).x;
        outlined_text(list, font(Face::regular), line,
                      {is_right ? area.left + area.side - inset - width : area.left + inset,
                       is_low ? area.top + area.side - inset - line : area.top + inset},
                      text);
    };
    RoomState const& shown = status.is_live ? status.room : model.live.pictured;
    std::string angles = angles_text(patient_angles(shown));
    if (shown.table_tilt_rad != 0) angles += "  " + tilt_text(shown.table_tilt_rad);
    put(angles, false, false);
    put(picture_state_text(model.live), true, false);
    put(fixed_text(status.technique.quality.voltage.value(), 0) + " kV  " +
            fixed_text(status.technique.current.value(), 1) + " mA  " + fixed_text(shown.field_mm / 10, 1) + " cm",
        false, true);
    put(minutes_text(status.totals.fluoroscopy_s) + " min  " + figure_text(status.totals.air_kerma_reference_mGy) +
            " mGy",
        true, true);
}

void Screen::draw_help(InputMap const& inputs)
{
    ImDrawList& list = *ImGui::GetWindowDrawList();
    ImVec2 const from = ImGui::GetWindowPos(), extent = ImGui::GetWindowSize();
    float const line = ImGui::GetFontSize();
    list.AddText(font(Face::large), 1.5f * line, {from.x + 1.5f * line, from.y + 1.2f * line}, palette::text, "Keys");
    std::string const remark =
        "Hold Shift for full speed. Releasing the pedal, or leaving this window, ends the beam. " +
        keys_text(inputs, Action::toggle_help) + " closes this page.";
    constexpr float lines_across = 72; // three columns of keys and their longest names, in heights of the text
    list.AddText(font(Face::regular), std::min(line, extent.x / 55), {from.x + 1.5f * line, from.y + 3.3f * line},
                 palette::quiet_text, remark.c_str());

    constexpr int columns = 3, rows = (action_count + columns - 1) / columns;
    float const step = std::min(1.9f * line, (extent.y - 6.5f * line) / float(rows));
    float const size = std::min({line, 0.85f * step, extent.x / lines_across});
    float const column = (extent.x - 3 * line) / float(columns), key_width = 7.4f * size;
    for (int i = 0; i < action_count; ++i) {
        ImVec2 const at{from.x + 1.5f * line + float(i / rows) * column, from.y + 5.5f * line + float(i % rows) * step};
        list.AddText(font(Face::bold), size, at, palette::accent,
                     keys_that_fit(inputs, Action(i), font(Face::bold), size, key_width - 0.4f * size).c_str());
        list.AddText(font(Face::regular), size, {at.x + key_width, at.y}, palette::text, name_of(Action(i)).data());
    }
}

} // namespace fluoro
