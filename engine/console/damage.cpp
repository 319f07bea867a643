#include "damage.hpp"

#include <algorithm>
#include <cmath>
#include <imgui.h>
#include <iterator>

namespace fluoro {
namespace {

using Corners = std::vector<DrawnPanel::Corner>;

ScreenRect around(Corners::const_iterator from, Corners::const_iterator to)
{
    ScreenRect all;
    for (; from != to; ++from) {
        int const x = int(std::floor(from->x)), y = int(std::floor(from->y));
        all = united(all, {x, y, x + 1, y + 1});
    }
    return all;
}

ScreenRect difference(DrawnPanel const& before, DrawnPanel const& now)
{
    Corners const &a = before.corners, &b = now.corners;
    if (before.clips != now.clips) return united(around(a.begin(), a.end()), around(b.begin(), b.end()));
    auto const [from_a, from_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    // The same ends are looked for in what comes after the same beginnings.
    auto const [end_a, end_b] =
        std::mismatch(a.rbegin(), std::make_reverse_iterator(from_a), b.rbegin(), std::make_reverse_iterator(from_b));
    // A triangle with a corner in the middle reaches to its others, at most one shape away.
    constexpr std::ptrdiff_t reach = 4;
    auto const widened = [&](Corners const& all, Corners::const_iterator from, Corners::const_iterator to) {
        if (from == to) return ScreenRect{};
        return around(from - std::min(reach, from - all.begin()), to + std::min(reach, all.end() - to));
    };
    return united(widened(a, from_a, end_a.base()), widened(b, from_b, end_b.base()));
}

DrawnPanel drawn_panel(ImDrawData const& data, ImDrawList const& list)
{
    ImVec2 const origin = data.DisplayPos, scale = data.FramebufferScale;
    DrawnPanel panel;
    panel.corners.reserve(std::size_t(list.VtxBuffer.Size));
    for (ImDrawVert const& v : list.VtxBuffer)
        panel.corners.push_back(
            {(v.pos.x - origin.x) * scale.x, (v.pos.y - origin.y) * scale.y, v.uv.x, v.uv.y, v.col});
    for (ImDrawCmd const& command : list.CmdBuffer)
        panel.clips.insert(panel.clips.end(),
                           {command.ClipRect.x, command.ClipRect.y, command.ClipRect.z, command.ClipRect.w});
    return panel;
}

} // namespace

ScreenRect united(ScreenRect const& a, ScreenRect const& b)
{
    if (a.is_empty()) return b;
    if (b.is_empty()) return a;
    return {std::min(a.left, b.left), std::min(a.top, b.top), std::max(a.right, b.right), std::max(a.bottom, b.bottom)};
}

ScreenRect common(ScreenRect const& a, ScreenRect const& b)
{
    return {std::max(a.left, b.left), std::max(a.top, b.top), std::min(a.right, b.right), std::min(a.bottom, b.bottom)};
}

std::vector<DrawnPanel> drawn_panels(ImDrawData const& data)
{
    std::vector<DrawnPanel> panels;
    for (int i = 0; i < data.CmdListsCount; ++i) panels.push_back(drawn_panel(data, *data.CmdLists[i]));
    return panels;
}

ScreenRect changed_area(std::vector<DrawnPanel> const& before, std::vector<DrawnPanel> const& now,
                        ScreenRect const& whole)
{
    if (before.size() != now.size()) return whole;
    ScreenRect changed;
    for (std::size_t i = 0; i < now.size(); ++i) changed = united(changed, difference(before[i], now[i]));
    return common(changed, whole);
}

void clip_to(ImDrawData& data, ScreenRect const& area)
{
    ImVec2 const origin = data.DisplayPos, scale = data.FramebufferScale;
    ImVec4 const clip{origin.x + float(area.left) / scale.x, origin.y + float(area.top) / scale.y,
                      origin.x + float(area.right) / scale.x, origin.y + float(area.bottom) / scale.y};
    for (int i = 0; i < data.CmdListsCount; ++i)
        for (ImDrawCmd& command : data.CmdLists[i]->CmdBuffer) {
            ImVec4 const was = command.ClipRect; // where nothing is left of it the backend draws nothing
            command.ClipRect = {std::max(was.x, clip.x), std::max(was.y, clip.y), std::min(was.z, clip.z),
                                std::min(was.w, clip.w)};
        }
}

} // namespace fluoro
