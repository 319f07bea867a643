#include "tools_panel.hpp"
#include "card.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/console/readouts.hpp>

namespace fluoro {
namespace {

/// A list to choose from, as wide as the space for it or as `width`.
template <class Items, class NameOf>
void choose(char const* id, Items const& items, NameOf const& name_of_item, std::size_t& chosen, float width)
{
    if (items.empty()) return;
    chosen = std::min(chosen, items.size() - 1);
    ImGui::SetNextItemWidth(width);
    float const line = ImGui::GetFontSize();
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {0.4f * line, 0.3f * line});
    std::string const shown = fitted(name_of_item(items[chosen]), font(Face::regular), line, width - 2.6f * line);
    if (ImGui::BeginCombo(id, shown.c_str(), ImGuiComboFlags_HeightLarge)) {
        for (std::size_t i = 0; i < items.size(); ++i)
            if (ImGui::Selectable(name_of_item(items[i]).c_str(), i == chosen)) chosen = i;
        ImGui::EndCombo();
    }
    ImGui::PopStyleVar();
}

std::string const& same(std::string const& text)
{
    return text;
}
std::string const& title(std::shared_ptr<Tool const> const& tool)
{
    return tool->title;
}

bool ask_button(char const* label, float width)
{
    float const line = ImGui::GetFontSize();
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {0.3f * line, 0.3f * line});
    bool const is_clicked = ImGui::Button(label, {width, 0});
    ImGui::PopStyleVar();
    return is_clicked;
}

} // namespace

ToolShelf tool_shelf(ToolLibrary const* tools, Patient const* patient)
{
    ToolLibrary const first;
    ToolShelf shelf;
    for (auto const& tool : (tools ? *tools : first).tools()) {
        bool const is_needle = tool->kind == ToolKind::needle || tool->kind == ToolKind::bone_needle;
        (is_needle ? shelf.needles : shelf.along_vessels).push_back(tool);
    }
    if (!patient) return shelf;
    shelf.accesses = access_names(patient->lumens);
    for (auto const& [name, at] : patient->lumens.landmarks) shelf.landmarks.push_back(name);
    return shelf;
}

void ToolsPanel::draw_take(OperatorInput& input)
{
    float const width = ImGui::GetContentRegionAvail().x, gap = ImGui::GetStyle().ItemSpacing.x;
    float const button = 4.5f * ImGui::GetFontSize();
    Controls::heading_text(shelf_.accesses.empty() ? "TAKE: this patient has no way in" : "TAKE A TOOL, AND WHERE IN");
    if (shelf_.accesses.empty()) return;
    choose("##tool", shelf_.along_vessels, title, tool_, width);
    choose("##access", shelf_.accesses, same, access_, width - button - gap);
    ImGui::SameLine();
    if (ask_button("Take", button)) input.ask(TakeTool{shelf_.along_vessels[tool_]->name, shelf_.accesses[access_]});
}

void ToolsPanel::draw_needles(Controls const& controls, OperatorInput& input)
{
    float const width = ImGui::GetContentRegionAvail().x, gap = ImGui::GetStyle().ItemSpacing.x;
    Controls::heading_text(shelf_.landmarks.empty() ? "NEEDLES: this patient has no landmarks"
                                                    : "NEEDLE: through one landmark to another");
    if (shelf_.landmarks.empty()) return;
    choose("##needle", shelf_.needles, title, needle_, width);
    choose("##through", shelf_.landmarks, same, through_, (width - gap) / 2);
    ImGui::SameLine();
    choose("##to", shelf_.landmarks, same, to_, (width - gap) / 2);
    ImVec2 const half{(width - gap) / 2, 2.3f * ImGui::GetFontSize()};
    if (ImGui::Button("Aim", half))
        input.ask(AimNeedle{
            shelf_.needles[needle_]->name, {shelf_.landmarks[through_], Vec3{0}}, {shelf_.landmarks[to_], Vec3{0}}});
    ImGui::SameLine();
    controls.button(Action::hammer_blow, "Hammer", half);
}

void ToolsPanel::draw(Controls const& controls, Status const& status, OperatorInput& input)
{
    InstrumentStatus const& tools = status.instruments;
    for (std::string const& text : breach_texts(tools)) {
        ImGui::PushStyleColor(ImGuiCol_Text, palette::notice);
        ImGui::TextWrapped("%s", text.c_str());
        ImGui::PopStyleColor();
    }
    draw_take(input);
    Controls::heading_text("HANDS");
    controls.row(
        {{Action::swap_hands, "Change"}, {Action::put_away_left, "Left away"}, {Action::put_away_right, "Right away"}});
    controls.row({{Action::next_left_tool, "Left: next"}, {Action::next_right_tool, "Right: next"}});

    std::string balloon = "BALLOON: none in use";
    for (ToolStatus const& tool : tools.tools)
        if (std::string const text = balloon_text(tool); !text.empty()) balloon = "BALLOON: " + text;
    Controls::heading_text(balloon.c_str());
    controls.row({{Action::deflate, "Less"}, {Action::inflate, "More"}, {Action::empty_balloon, "Empty"}});

    Controls::heading_text(("INJECTION: " + fixed_text(input.hands().injection_ml(), 0) + " mL at " +
                            fixed_text(input.hands().injection_ml_s(), 1) + " mL/s")
                               .c_str());
    controls.row({{Action::inject_less, "- mL"},
                  {Action::inject_more, "+ mL"},
                  {Action::inject_slower, "Slow"},
                  {Action::inject_faster, "Fast"}});
    bool const is_injecting = status.body && status.body->is_injecting;
    controls.row({{Action::inject, "Inject", is_injecting}, {Action::stop_injection, "Stop"}});
    draw_needles(controls, input);

    Controls::heading_text(tools.cement ? ("CEMENT: " + cement_text(*tools.cement)).c_str() : "CEMENT: none mixed");
    if (tools.cement)
        if (std::string const leak = leak_text(*tools.cement); !leak.empty()) {
            ImGui::PushStyleColor(ImGuiCol_Text, palette::notice);
            ImGui::TextWrapped("LEAK: %s", leak.c_str());
            ImGui::PopStyleColor();
        }
    controls.row(
        {{Action::mix_cement, "Mix thin"}, {Action::mix_thick_cement, "Mix thick"}, {Action::push_cement, "Push"}});
}

namespace {

/// One hand: name and place, then figures, then the force as a bar from its middle and what is to be said.
void draw_hand(char const* side, HandReadout const& hand, std::string const& balloon, float left, float top,
               float width)
{
    ImDrawList& list = *ImGui::GetBackgroundDrawList();
    ImFont *const regular = font(Face::regular), *const bold = font(Face::bold), *const print = font(Face::small_print);
    float const line = ImGui::GetFontSize(), small = 0.8f * line, inset = 0.5f * line;
    float const height = 4.5f * line, from = left + inset, end = left + width - inset;
    list.AddRectFilled({left, top}, {left + width, top + height}, palette::card, 4);
    auto const width_of = [&](ImFont* face, float size, std::string const& text) {
        return face->CalcTextSizeA(size, 1e6f, 0, text.c_str()).x;
    };
    list.AddText(print, small, {from, top + 0.35f * line}, palette::quiet_text, side);
    float const name_left = from + 3.2f * line;
    if (hand.title.empty()) {
        list.AddText(regular, line, {name_left, top + 0.2f * line}, palette::quiet_text, "empty");
        return;
    }
    std::string const place = fitted(hand.place, print, small, 0.35f * (end - name_left));
    float const place_left = end - width_of(print, small, place);
    list.AddText(print, small, {place_left, top + 0.35f * line}, palette::quiet_text, place.c_str());
    std::string const name = fitted(hand.title, bold, line, place_left - name_left - inset);
    list.AddText(bold, line, {name_left, top + 0.2f * line}, palette::text, name.c_str());

    std::string const* const figures[] = {&hand.depth, &hand.force, &hand.turn, &hand.torque};
    int const shown = width < 17 * line ? 2 : 4; // the most needful first
    float const cell = (end - from) / float(shown);
    for (int i = 0; i < shown; ++i)
        list.AddText(i < 2 ? bold : regular, line, {from + float(i) * cell, top + 1.6f * line},
                     i < 2 ? palette::text : palette::quiet_text,
                     fitted(*figures[i], i < 2 ? bold : regular, line, cell).c_str());

    ImU32 const ink = hand.strain == Strain::none ? palette::accent : palette::notice;
    float const bar_top = top + 3.2f * line, bar = 0.36f * (end - from), middle = from + bar / 2;
    list.AddRectFilled({from, bar_top}, {from + bar, bar_top + 0.7f * line}, palette::ground, 2);
    float const tip = middle + float(hand.force_share) * bar / 2;
    list.AddRectFilled({std::min(middle, tip), bar_top}, {std::max(middle, tip), bar_top + 0.7f * line}, ink);
    list.AddLine({middle, bar_top - 0.1f * line}, {middle, bar_top + 0.8f * line}, palette::quiet_text);
    bool const has_remark = !hand.remark.empty();
    std::string const remark = fitted(has_remark ? hand.remark : balloon, print, small, end - from - bar - 0.5f * line);
    list.AddText(print, small, {from + bar + 0.5f * line, bar_top - 0.05f * line},
                 has_remark && hand.is_warning ? palette::notice : palette::quiet_text, remark.c_str());
}

} // namespace

void draw_hands(InstrumentStatus const& status, Hands const& hands, TipWatch const& watch, float left, float top,
                float width)
{
    float const gap = 0.4f * ImGui::GetFontSize(), half = (width - gap) / 2;
    auto const draw_one = [&](char const* name, HandSide side, float from) {
        std::string const& tool = hands.tool(side);
        std::string balloon;
        for (ToolStatus const& held : status.tools)
            if (held.name == tool) balloon = balloon_text(held);
        draw_hand(name, hand_readout(status, tool, watch), balloon, from, top, half);
    };
    // As the person's own hands: the left one at the left.
    draw_one("LEFT", HandSide::left, left);
    draw_one("RIGHT", HandSide::right, left + half + gap);
}

} // namespace fluoro
