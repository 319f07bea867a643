#include "card.hpp"
#include "controls.hpp"
#include "screen.hpp"

#include <cmath>
#include <cstdio>
#include <fluoro/console/readouts.hpp>

namespace fluoro {
namespace {

void draw_views(Controls const& controls)
{
    Controls::heading_text("VIEWS");
    controls.row({{Action::view_ap, "AP"},
                  {Action::view_lao_45, "LAO 45"},
                  {Action::view_lateral, "LAT"},
                  {Action::view_rao_30, "RAO 30"}});
}

void draw_machine(Controls const& controls, RoomState const& room, OperatorInput const& input)
{
    float const line = ImGui::GetFontSize(), gap = ImGui::GetStyle().ItemSpacing.x;
    float const half = (ImGui::GetContentRegionAvail().x - 2 * gap) / 2;
    ImVec2 const crosses = ImGui::GetCursorPos();
    // Where no C-arm goes round the patient he turns under the tube; the views are the same.
    char const* const heading = input.kind().swings() ? "C-ARM (Shift: fast)" : "TURN, ANGLE (Shift: fast)";
    controls.cross(heading, Action::c_arm_cranial, "CRAN", Action::c_arm_rao, "RAO", Action::c_arm_lao, "LAO",
                   Action::c_arm_caudal, "CAUD", half);
    ImGui::SetCursorPos({crosses.x + half + 2 * gap, crosses.y});
    controls.cross("TABLE (Shift: fast)", Action::table_head, "Head", Action::table_right, "Right", Action::table_left,
                   "Left", Action::table_feet, "Feet", half);

    draw_views(controls);
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
    ImGui::Dummy({1, 0.2f * line});

    Controls::heading_text("SINGLE BLADES (Shift: out)");
    controls.row({{Action::blade_left, "Left"},
                  {Action::blade_right, "Right"},
                  {Action::blade_top, "Top"},
                  {Action::blade_bottom, "Bottom"}});
    ImGui::Dummy({1, 0.2f * line});
    controls.row({{Action::stop_motion, "Stop motion"}, {Action::centre_table, "Centre table"}});
}

char const* label_of(FluoroscopyLevel level)
{
    static constexpr char const* labels[] = {"Low dose", "Normal", "High quality"};
    return labels[int(level)];
}

char const* label_of(AcquisitionKind kind)
{
    static constexpr char const* labels[] = {"Cine", "DSA", "Single shot"};
    return labels[int(kind)];
}

void draw_beam(Controls const& controls, Status const& status)
{
    RoomState const& room = status.room;
    float const line = ImGui::GetFontSize();
    Controls::heading_text("FLUOROSCOPY");
    controls.row({{Action::fluoroscopy_level, label_of(room.fluoroscopy_level)},
                  {Action::high_level, "High level", room.is_high_level}});
    controls.pair("Pulse rate", rate_text(room.pulse_rate) + " /s", Action::pulse_rate_lower, "Fewer",
                  Action::pulse_rate_higher, "More");
    ImGui::Dummy({1, 0.2f * line});

    Controls::heading_text("ACQUISITION");
    std::string const rate = rate_text(room.acquisition_per_second) + " /s";
    controls.row({{Action::acquisition_kind, label_of(room.acquisition_kind)},
                  {Action::acquisition_rate, room.acquisition_kind == AcquisitionKind::single ? "-" : rate.c_str()}});
    ImGui::Dummy({1, 0.2f * line});

    Controls::heading_text("EXPOSURE");
    controls.row({{Action::lock_exposure, "Lock in", room.is_exposure_locked},
                  {Action::grid, room.is_grid_in ? "Grid is in" : "Grid is out", room.is_grid_in}});
    ImGui::Dummy({1, 0.2f * line});

    auto const wedge_heading = [&](char const* name, WedgePlace const& wedge) {
        Controls::heading_text((name + wedge_text(wedge, room.field_mm)).c_str());
    };
    wedge_heading("LEFT WEDGE (Shift turns back): ", room.wedges[0]);
    controls.row({{Action::wedge_left_in, "In"}, {Action::wedge_left_out, "Out"}, {Action::wedge_left_turn, "Turn"}});
    wedge_heading("RIGHT WEDGE: ", room.wedges[1]);
    controls.row(
        {{Action::wedge_right_in, "In"}, {Action::wedge_right_out, "Out"}, {Action::wedge_right_turn, "Turn"}});
}

void draw_patient(Controls const& controls, Status const& status, RoomKind const& kind)
{
    float const line = ImGui::GetFontSize();
    static BodyStatus const still;
    BodyStatus const& body = status.body ? *status.body : still;
    BreathCommand const breath = body.breath_asked;
    auto const is_told = [&](BreathCommand command) { return status.body && breath == command; };
    Controls::heading_text(status.body ? ("BREATH: " + breath_remark(body).text).c_str() : "BREATH: a still patient");
    controls.row({{Action::breathe_in, "Breathe in, hold", is_told(BreathCommand::breathe_in_and_hold)},
                  {Action::breathe_out, "Breathe out, hold", is_told(BreathCommand::breathe_out_and_hold)}});
    controls.row({{Action::breathe_on, "Breathe on", is_told(BreathCommand::quiet)},
                  {Action::breathe_deep, "Deep breath", is_told(BreathCommand::deep)}});
    controls.row({{Action::cough, "Cough", is_told(BreathCommand::cough)},
                  {Action::oxygen,
                   body.oxygen_l_min > 0 ? ("O2 " + rate_text(body.oxygen_l_min) + " L/min").c_str() : "Oxygen off",
                   body.oxygen_l_min > 0}});
    ImGui::Dummy({1, 0.2f * line});

    Controls::heading_text("SWALLOW (a mouthful: 15 mL of thin barium)");
    controls.row({{Action::mouthful, "Mouthful", body.in_mouth_ml > 0.5},
                  {Action::swallow, "Swallow"},
                  {Action::granules, "Granules"}});
    Controls::heading_text(("In the mouth " + fixed_text(body.in_mouth_ml, 0) + " mL, swallowed " +
                            fixed_text(body.swallowed_ml, 0) + " mL")
                               .c_str());
    ImGui::Dummy({1, 0.2f * line});

    if (kind.tilts_table())
        controls.pair(status.room.table_tilt_rad < 0 ? "Table, head down" : "Table, head up",
                      fixed_text(std::abs(degrees(status.room.table_tilt_rad)), 0) + "\xc2\xb0",
                      Action::table_tilt_down, "Head down", Action::table_tilt_up, "Head up");
    if (kind.turns_patient()) {
        controls.pair("Patient turn", turn_text(status.room.patient_turn_rad), Action::patient_turn_rao, "RAO",
                      Action::patient_turn_lao, "LAO");
        draw_views(controls);
    }
}

void draw_picture_tools(Controls const& controls, PictureState const& picture, bool is_reference_shown)
{
    float const line = ImGui::GetFontSize();
    Controls::heading_text("SHOWN PICTURE (no dose)");
    controls.row({{Action::invert, "Invert", picture.is_inverted},
                  {Action::reduce, "Whole"},
                  {Action::enlarge, "Enlarge", picture.zoom > 1}});
    controls.pair("Brightness", fixed_text(100 * picture.brightness, 0) + " %", Action::darker, "Darker",
                  Action::brighter, "Brighter");
    controls.pair("Contrast", fixed_text(100 * picture.contrast, 0) + " %", Action::less_contrast, "Less",
                  Action::more_contrast, "More");
    controls.pair("Edges", fixed_text(picture.edge_gain, 1), Action::fewer_edges, "Softer", Action::more_edges,
                  "Sharper");
    ImGui::Dummy({1, 0.2f * line});

    Controls::heading_text("SUBTRACTION AND ROAD MAP");
    controls.row({{Action::subtract, "Subtract", picture.is_subtracted},
                  {Action::remask, "Remask"},
                  {Action::landmark, "Landmark", picture.landmark > 0}});
    std::string mask = "MASK: frame " + std::to_string(picture.mask_first) + ", shifted " +
                       fixed_text(picture.mask_shift_columns, 1) + " / " + fixed_text(picture.mask_shift_rows, 1) +
                       " pixels";
    if (picture.landmark > 0) mask += ", landmark " + fixed_text(100 * picture.landmark, 0) + " %";
    Controls::heading_text(mask.c_str());
    controls.row(
        {{Action::mask_left, "<"}, {Action::mask_right, ">"}, {Action::mask_up, "^"}, {Action::mask_down, "v"}});
    static constexpr char const* phases[] = {"Road map", "Road map: waits", "Road map: fills", "Road map is on"};
    controls.row({{Action::road_map, phases[int(picture.road_map)], picture.road_map != RoadMap::Phase::off}});
    ImGui::Dummy({1, 0.2f * line});

    std::string review = "RUNS: " + std::to_string(picture.runs.size());
    if (picture.review_run > 0)
        review += ", run " + std::to_string(picture.review_run) + " frame " + std::to_string(picture.review_frame);
    Controls::heading_text(review.c_str());
    controls.row({{Action::review_run, "Review", picture.review_run > 0},
                  {Action::review_live, "Live"},
                  {Action::store_picture, "Store"}});
    controls.row(
        {{Action::review_back, "<"}, {Action::review_play, "Play", picture.is_playing}, {Action::review_forward, ">"}});
    Controls::heading_text("REFERENCE MONITOR");
    controls.row({{Action::store_reference, "Put picture there"},
                  {Action::toggle_reference, is_reference_shown ? "Hide" : "Show"}});
}

} // namespace

void draw_controls(ScreenModel const& model, OperatorInput& input, ToolsPanel& tools, std::vector<Action>& clicked)
{
    Controls const controls{input, clicked};
    Status const& status = model.live.status;
    float const line = ImGui::GetFontSize(), gap = ImGui::GetStyle().ItemSpacing.x;
    ImVec2 const pedal{(ImGui::GetContentRegionAvail().x - gap) / 2, 3.4f * line};
    controls.button(Action::pedal, "FLUOROSCOPY", pedal, palette::beam);
    ImGui::SameLine();
    controls.button(Action::acquisition_pedal, "ACQUISITION", pedal, palette::beam);
    ImGui::Dummy({1, 0.2f * line});

    // Five tabs side by side: smaller and narrower than buttons.
    ImVec2 const padding = ImGui::GetStyle().FramePadding;
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {0.35f * line, padding.y});
    ImGui::PushFont(font(Face::small_print));
    if (ImGui::BeginTabBar("tabs")) {
        auto const tab = [&](char const* name, auto&& fill) {
            if (!ImGui::BeginTabItem(name)) return;
            ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, padding);
            ImGui::PushFont(font(Face::regular));
            fill();
            ImGui::PopFont();
            ImGui::PopStyleVar();
            ImGui::EndTabItem();
        };
        tab("Machine", [&] { draw_machine(controls, status.room, input); });
        tab("X-ray", [&] { draw_beam(controls, status); });
        tab("Picture", [&] { draw_picture_tools(controls, status.picture, model.is_reference_shown); });
        tab("Patient", [&] { draw_patient(controls, status, input.kind()); });
        tab("Tools", [&] { tools.draw(controls, status, input); });
        ImGui::EndTabBar();
    }
    ImGui::PopFont();
    ImGui::PopStyleVar();
    ImGui::Dummy({1, 0.2f * line});
    controls.row({{Action::toggle_text, "Text"},
                  {Action::toggle_pixels, model.is_smooth ? "Pixels" : "Smooth"},
                  {Action::toggle_help, "Help"},
                  {Action::show_inputs, "Keys", model.is_inputs_page_shown}});
    controls.row(
        {{Action::scale_down, "Text -"}, {Action::scale_up, "Text +"}, {Action::toggle_full_screen, "Full screen"}});
}

void draw_strip(ScreenModel const& model, InputMap const& inputs, std::vector<Action>& clicked)
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
        std::string const button = "/!\\ " + text + ": acknowledge (" + keys_text(inputs, Action::acknowledge) + ")";
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
    std::string remarks = "Not for clinical use.";
    if (!live.status.body) remarks += "  A still patient: no breath, no heartbeat.";
    if (!model.patient.empty()) remarks += "  Patient: " + model.patient + ".";
    remarks += "  Pictures by " + model.device + ".";
    list.AddText(font(Face::small_print), small, {at.x, at.y + 2.1f * line}, palette::quiet_text, remarks.c_str());
    std::string pace = keys_text(inputs, Action::toggle_help) + ": help";
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
