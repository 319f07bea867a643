#include "card.hpp"
#include "screen.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/console/readouts.hpp>
#include <fluoro/room/exposure_control.hpp>
#include <numbers>

namespace fluoro {
namespace {

/// The radiation trefoil: three blades of 60 degrees around a disc.
void draw_trefoil(ImDrawList& list, ImVec2 centre, float radius, ImU32 colour, ImU32 behind)
{
    constexpr float third = 2 * std::numbers::pi_v<float> / 3, half_blade = std::numbers::pi_v<float> / 6;
    for (int blade = 0; blade < 3; ++blade) {
        float const middle = std::numbers::pi_v<float> / 2 + float(blade) * third;
        list.PathLineTo(centre);
        list.PathArcTo(centre, radius, middle - half_blade, middle + half_blade, 16);
        list.PathFillConvex(colour);
    }
    list.AddCircleFilled(centre, radius * 0.30f, behind, 24);
    list.AddCircleFilled(centre, radius * 0.20f, colour, 24);
}

void draw_lamp(Status const& status)
{
    bool const is_beam_on = status.is_beam_on;
    float const line = ImGui::GetFontSize();
    ImVec2 const at = ImGui::GetCursorScreenPos();
    ImVec2 const size{ImGui::GetContentRegionAvail().x, line * 4.2f};
    ImVec2 const end{at.x + size.x, at.y + size.y};
    ImDrawList& list = *ImGui::GetWindowDrawList();
    ImU32 const ground = is_beam_on ? palette::beam : palette::card;
    ImU32 const ink = is_beam_on ? palette::on_bright : palette::quiet_text;
    list.AddRectFilled(at, end, ground, 4);
    if (!is_beam_on) list.AddRect(at, end, palette::edge, 4);
    draw_trefoil(list, {at.x + line * 2.4f, at.y + size.y * 0.47f}, line * 1.5f, ink, ground);
    list.AddText(font(Face::large), line * 1.5f, {at.x + line * 4.8f, at.y + size.y * 0.5f - line * 0.85f}, ink,
                 is_beam_on ? "X-RAY ON" : "Beam off");
    ImVec2 const below{at.x + line * 4.9f, at.y + size.y * 0.5f + line * 0.75f};
    if (status.is_high_level_tone) {
        // In place of a tone: the words change places with their ground, once a second.
        bool const is_dark = std::fmod(ImGui::GetTime(), 1.0) < 0.5;
        if (is_dark)
            list.AddRectFilled({at.x + line * 4.6f, below.y - 0.1f * line}, {end.x, end.y}, palette::on_bright);
        list.AddText(font(Face::bold), line, {below.x, below.y - 0.05f * line}, is_dark ? palette::beam : ink,
                     "HIGH LEVEL");
    } else {
        list.AddText(font(Face::small_print), line * 0.8f, below, ink, programme_text(status.programme).c_str());
    }
    ImGui::Dummy(size);
}

void draw_picture_state(ScreenModel const& model)
{
    LiveSnapshot const& live = model.live;
    float const line = ImGui::GetFontSize();
    ImVec2 const at = ImGui::GetCursorScreenPos();
    ImVec2 const size{ImGui::GetContentRegionAvail().x, line * 3.3f};
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(at, {at.x + size.x, at.y + size.y}, palette::card, 4);
    bool const is_live = live.status.is_live;
    std::string const state = picture_state_text(live);
    float const mark = line * 0.42f;
    ImVec2 const centre{at.x + line * 1.1f, at.y + line * 1.05f};
    if (is_live)
        list.AddTriangleFilled({centre.x - mark, centre.y - mark}, {centre.x + mark * 1.2f, centre.y},
                               {centre.x - mark, centre.y + mark}, palette::accent);
    else
        for (float const side : {-0.7f, 0.3f}) // the bars of a pause sign
            list.AddRectFilled({centre.x + side * mark, centre.y - mark},
                               {centre.x + (side + 0.5f) * mark, centre.y + mark}, palette::quiet_text);
    float const room_for_it = size.x - line * 2.4f;
    float const wanted = font(Face::bold)->CalcTextSizeA(line, 1e6f, 0, state.c_str()).x;
    list.AddText(font(Face::bold), line * std::min(1.0f, room_for_it / wanted),
                 {at.x + line * 2.1f, at.y + line * 0.5f}, palette::text, state.c_str());
    PictureRemark const remark = picture_remark(live);
    list.AddText(font(Face::small_print), line * 0.8f, {at.x + line * 0.7f, at.y + line * 1.95f},
                 remark.is_warning ? palette::notice : palette::quiet_text, remark.text.c_str());
    ImGui::Dummy(size);
}

} // namespace

void draw_readouts(ScreenModel const& model, bool has_tilt, float height)
{
    Status const& status = model.live.status;
    RoomState const& room = status.room;
    // A little closer than elsewhere: all of it fits a window of 800 pixels.
    ImVec2 const spacing = ImGui::GetStyle().ItemSpacing;
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {spacing.x, 0.6f * spacing.y});
    draw_lamp(status);
    draw_picture_state(model);
    constexpr float least_lines = 49; // of all that follows, in heights of the text
    if (status.body) draw_patient_card(*status.body, height - least_lines * ImGui::GetFontSize());
    {
        Card const card{"DOSE"};
        card.row("Air kerma rate", figure_text(status.air_kerma_rate_mGy_min), "mGy/min", Face::large);
        card.row("Air kerma", figure_text(status.totals.air_kerma_reference_mGy), "mGy", Face::large);
        card.row("KAP", figure_text(status.totals.kap_Gy_cm2), "Gy cm\xc2\xb2");
        card.row("KAP rate", figure_text(status.kap_rate_Gy_cm2_min), "Gy cm\xc2\xb2/min");
    }
    {
        Card const card{"BEAM TIME"};
        card.row("Fluoroscopy", minutes_text(status.totals.fluoroscopy_s), "min", Face::large);
        card.pair({"Seconds", seconds_text(status.totals.fluoroscopy_s), "s"},
                  {"Pulses", std::to_string(status.totals.pulses)});
        card.pair({"Acquired runs", std::to_string(status.totals.acquisition_runs)}, {});
    }
    {
        Card const card{"GEOMETRY", "table: from the start"};
        ImGui::PushFont(font(Face::large));
        ImGui::TextUnformatted(angles_text(patient_angles(room)).c_str());
        ImGui::PopFont();
        card.pair({"SID", fixed_text(room.source_to_detector_mm / 10, 1), "cm"},
                  {"Field", fixed_text(room.field_mm / 10, 1), "cm"});
        card.pair({"To head", offset_text(room.table_longitudinal_mm), "cm"},
                  {"To left", offset_text(room.table_lateral_mm), "cm"});
        // Only where it can be tilted.
        double const tilt = std::round(degrees(room.table_tilt_rad));
        Card::Cell const tilt_cell = tilt == 0 ? Card::Cell{"Tilt", "level"}
                                               : Card::Cell{"Tilt", fixed_text(std::abs(tilt), 0),
                                                            tilt < 0 ? "\xc2\xb0 head down" : "\xc2\xb0 head up"};
        card.pair({"Height", offset_text(room.table_height_mm), "cm"}, has_tilt ? tilt_cell : Card::Cell{});
    }
    {
        Card const card{!room.technique.automatic    ? "TECHNIQUE (MANUAL)"
                        : status.is_technique_frozen ? "TECHNIQUE (HELD)"
                                                     : "TECHNIQUE (AUTOMATIC)"};
        Technique const& used = status.technique;
        card.pair({"Voltage", fixed_text(used.quality.voltage.value(), 0), "kV"},
                  {"Current", fixed_text(used.current.value(), 1), "mA"});
        card.pair({"Pulse width", fixed_text(used.width.value(), 1), "ms"},
                  {"Filter", fixed_text(used.quality.added_copper.value(), 2), "mm Cu"});
        card.pair({"Pulse rate", rate_text(pulses_per_second(room)), "/s"},
                  {"Focal spot", used.focal_spot == FocalSpot::small ? "small" : "large"});
        card.pair({"Anode heat", fixed_text(100 * status.anode_heat, 0), "%"},
                  status.is_tube_hot ? Card::Cell{"Tube", "HOT", "", palette::notice} : Card::Cell{});
    }
    ImGui::PopStyleVar();
}

} // namespace fluoro
