#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <fluoro/instruments/tool.hpp>
#include <glm/gtc/quaternion.hpp>

namespace fluoro {

std::string_view name_of(ToolKind kind)
{
    switch (kind) {
    case ToolKind::wire:
        return "wire";
    case ToolKind::catheter:
        return "catheter";
    case ToolKind::guide:
        return "guide";
    case ToolKind::sheath:
        return "sheath";
    case ToolKind::balloon:
        return "balloon";
    case ToolKind::stent:
        return "stent";
    case ToolKind::needle:
        return "needle";
    case ToolKind::bone_needle:
        return "bone-needle";
    case ToolKind::bone_balloon:
        return "bone-balloon";
    case ToolKind::paddle:
        return "paddle";
    }
    return "";
}

double Tool::length_mm() const
{
    double length = 0;
    for (ToolSection const& section : sections) length += section.length_mm;
    return length;
}

ToolSection const& Tool::section_at(double to_tip_mm) const
{
    FLUORO_EXPECT(!sections.empty());
    double end = 0;
    for (std::size_t n = sections.size(); n-- > 0;) {
        end += sections[n].length_mm;
        if (to_tip_mm < end) return sections[n];
    }
    return sections.front();
}

double Tool::widest_mm() const
{
    double widest = balloon ? balloon->folded_mm : 0;
    for (ToolSection const& section : sections) widest = std::max(widest, section.outer_mm);
    return widest;
}

double Tool::narrowest_inner_mm() const
{
    double narrowest = sections.empty() ? 0 : sections.front().inner_mm;
    for (ToolSection const& section : sections) narrowest = std::min(narrowest, section.inner_mm);
    return narrowest;
}

std::vector<Vec3> free_shape(Tool const& tool, double step_mm)
{
    FLUORO_EXPECT(step_mm > 0);
    std::vector<Vec3> points{Vec3{0}};
    glm::dquat turn{1, 0, 0, 0};
    Vec3 at{0};
    for (ToolSection const& section : tool.sections) {
        int const steps = std::max(1, int(std::ceil(section.length_mm / step_mm)));
        double const step = section.length_mm / steps;
        double const bend = section.arc_radius_mm > 0 ? step / section.arc_radius_mm : 0;
        // Curving toward the mark (+x) is a turn about +y; its plane is turned about the axis.
        Vec3 const about{-std::sin(section.plane_rad), std::cos(section.plane_rad), 0};
        // A chord of the arc goes half of the bend aside.
        double const chord = bend > 0 ? 2 * section.arc_radius_mm * std::sin(bend / 2) : step;
        for (int n = 0; n < steps; ++n) {
            glm::dquat const half = glm::angleAxis(bend / 2, about);
            at += chord * ((turn * half) * Vec3{0, 0, 1});
            turn = glm::normalize(turn * half * half);
            points.push_back(at);
        }
    }
    return points;
}

} // namespace fluoro
