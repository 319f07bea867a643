#include "card.hpp"

namespace fluoro {

ImFont* font(Face face)
{
    return ImGui::GetIO().Fonts->Fonts[int(face)];
}

Card::Card(char const* heading, std::string const& remark, ImU32 remark_ink)
{
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.ChannelsSplit(2);
    list.ChannelsSetCurrent(1);
    start_ = ImGui::GetCursorScreenPos();
    width_ = ImGui::GetContentRegionAvail().x;
    padding_ = ImGui::GetStyle().WindowPadding.x;
    ImGui::Dummy({width_, padding_ * 0.4f});
    ImGui::Indent(padding_);
    ImGui::PushFont(font(Face::small_print));
    ImVec2 const at = ImGui::GetCursorScreenPos();
    list.AddText({right() - ImGui::CalcTextSize(remark.c_str()).x, at.y}, remark_ink, remark.c_str());
    ImGui::TextDisabled("%s", heading);
    ImGui::PopFont();
}

Card::~Card()
{
    ImGui::Unindent(padding_);
    ImGui::Dummy({width_, padding_ * 0.5f});
    ImVec2 const end{start_.x + width_, ImGui::GetItemRectMax().y};
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.ChannelsSetCurrent(0);
    list.AddRectFilled(start_, end, palette::card, 4);
    list.ChannelsMerge();
}

void Card::row(char const* name, std::string const& value, char const* unit, Face face, ImU32 ink) const
{
    ImVec2 const at = ImGui::GetCursorScreenPos();
    ImGui::PushFont(font(face));
    float const height = ImGui::GetFontSize(), value_width = ImGui::CalcTextSize(value.c_str()).x;
    ImGui::PopFont();
    // Units stand in a column of their own, so that the figures' ends line up.
    float const unit_left = right() - ImGui::GetFontSize() * 5.3f;
    float const small_drop = (height - ImGui::GetFontSize()) * 0.8f;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddText({at.x, at.y + small_drop}, palette::quiet_text, name);
    list.AddText(font(face), height, {unit_left - ImGui::GetFontSize() * 0.4f - value_width, at.y}, ink, value.c_str());
    list.AddText({unit_left, at.y + small_drop}, palette::quiet_text, unit);
    ImGui::Dummy({1, height});
}

void Card::pair(Cell const& left_cell, Cell const& right_cell) const
{
    float const line = ImGui::GetFontSize(), small = 0.8f * line, gap = 0.9f * line;
    float const top = ImGui::GetCursorScreenPos().y, half = (right() - left() - gap) / 2;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    auto const put = [&](Cell const& cell, float from) {
        ImFont* const print = font(Face::small_print);
        list.AddText(print, small, {from, top + 0.17f * line}, palette::quiet_text, cell.name);
        float end = from + half;
        if (*cell.unit) {
            end -= print->CalcTextSizeA(small, 1e6f, 0, cell.unit).x;
            list.AddText(print, small, {end, top + 0.17f * line}, palette::quiet_text, cell.unit);
            end -= 0.3f * line;
        }
        float const width = font(Face::bold)->CalcTextSizeA(line, 1e6f, 0, cell.value.c_str()).x;
        list.AddText(font(Face::bold), line, {end - width, top}, cell.ink, cell.value.c_str());
    };
    put(left_cell, left());
    put(right_cell, left() + half + gap);
    ImGui::Dummy({1, line});
}

} // namespace fluoro
