#include "chest_form.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace fluoro {

namespace {

/// Inner face of the chest wall of the reference man at a height over the middle of L3 [mm].
struct Section {
    double z, half_width, front, back;
};
constexpr std::array<Section, 10> sections{{{90, 128, -96, 52},
                                            {130, 136, -104, 66},
                                            {170, 138, -106, 78},
                                            {210, 137, -104, 86},
                                            {250, 132, -96, 92},
                                            {290, 120, -82, 94},
                                            {325, 100, -64, 90},
                                            {350, 78, -44, 80},
                                            {372, 54, -18, 62},
                                            {386, 30, 4, 46}}};

Section section_at(double z)
{
    auto const after = std::ranges::find_if(sections, [z](Section const& s) { return s.z >= z; });
    if (after == sections.begin()) return sections.front();
    if (after == sections.end()) return sections.back();
    Section const &low = *(after - 1), &high = *after;
    double const share = (z - low.z) / (high.z - low.z);
    return {z, std::lerp(low.half_width, high.half_width, share), std::lerp(low.front, high.front, share),
            std::lerp(low.back, high.back, share)};
}

double slim_of(BodyPlan const& plan)
{
    return plan.parameters.sex == Sex::female ? 0.92 : 1;
}

} // namespace

Shape thoracic_cavity(BodyPlan const& plan)
{
    double const scale = plan.scale, slim = slim_of(plan);
    double const low = scale * sections.front().z, high = scale * sections.back().z;
    Box const box{scale * Vec3{-140, -110, sections.front().z}, scale * Vec3{140, 100, sections.back().z}};
    return {box, [=](Vec3 const& p) {
                Section const s = section_at(p.z / scale);
                double const w = scale * slim * s.half_width, d = scale * slim * (s.back - s.front) / 2;
                double const x = p.x / w, y = (p.y - scale * slim * (s.back + s.front) / 2) / d;
                double const k = std::hypot(x, y);
                double const rim = k < 1e-6 ? -std::min(w, d) : (k - 1) * k / std::hypot(x / w, y / d);
                double const end = std::max(low - p.z, p.z - high);
                return 0.7 * std::max(std::max(rim, -std::min(w, d)), end); // the wall leans by up to 45 degrees
            }};
}

double diaphragm_top(BodyPlan const& plan, double x_mm, double y_mm)
{
    Vec3 const& dome = plan.place(x_mm < 0 ? "diaphragm-dome-right" : "diaphragm-dome-left");
    double const x = (x_mm - dome.x) / plan.scale, y = (y_mm - dome.y) / plan.scale;
    double const behind = y > 0 ? 1.0 : 0.5;
    return dome.z - plan.scale * (x * x / 110 + behind * y * y / 130);
}

Shape lung(BodyPlan const& plan, Side side)
{
    double const sign = side == Side::left ? 1 : -1;
    Shape const cavity = thoracic_cavity(plan);
    Box box = cavity.bounds();
    (side == Side::left ? box.low.x : box.high.x) = 0;
    return {box, [=, plan = plan](Vec3 const& p) {
                double const over = 0.5 * (diaphragm_top(plan, p.x, p.y) - p.z);
                double const beside = 26 * plan.scale - sign * p.x; // the mediastinum
                return std::max({cavity.distance_mm(p) + 2, over, beside});
            }};
}

} // namespace fluoro
