#pragma once
// Tools that tests put in.
#include <fluoro/instruments/coaxial_tools.hpp>
#include <memory>

namespace fluoro::test {

inline ToolSection section(double length_mm, double outer_mm, double inner_mm, double bending, double torsion,
                           double friction = 1)
{
    ToolSection made;
    made.length_mm = length_mm;
    made.outer_mm = outer_mm;
    made.inner_mm = inner_mm;
    made.bending_n_mm2 = bending;
    made.torsion_n_mm2 = torsion;
    made.friction = friction;
    return made;
}

inline std::shared_ptr<Tool const> tool(std::string const& name, std::vector<ToolSection> sections,
                                        ToolKind kind = ToolKind::wire)
{
    auto made = std::make_shared<Tool>();
    made->name = made->title = name;
    made->kind = kind;
    made->sections = std::move(sections);
    return made;
}

constexpr double frame_s = 1.0 / 60;

/// Pushes (draws back, for a negative way) a tool by a way and stops.
template <class Each>
void push(CoaxialTools& tools, Wall const& wall, int which, double way_mm, double mm_s, Each const& each)
{
    double const goal = tools.state(which).inserted_mm + way_mm;
    double const speed = way_mm > 0 ? mm_s : -mm_s;
    for (int n = 0; n < 3'000 && std::abs(goal - tools.state(which).inserted_mm) > 1e-9; ++n) {
        double const left = std::abs(goal - tools.state(which).inserted_mm) / frame_s;
        tools.hold(which, std::copysign(std::min(std::abs(speed), left), speed), 0);
        tools.advance(wall, frame_s);
        each();
    }
    tools.hold(which, 0, 0);
}
inline void push(CoaxialTools& tools, Wall const& wall, int which, double way_mm, double mm_s)
{
    push(tools, wall, which, way_mm, mm_s, [] {});
}
inline void turn(CoaxialTools& tools, Wall const& wall, int which, double angle_rad, double rad_s)
{
    int const frames = int(std::ceil(std::abs(angle_rad) / rad_s / frame_s));
    tools.hold(which, 0, angle_rad / (frames * frame_s));
    for (int n = 0; n < frames; ++n) tools.advance(wall, frame_s);
    tools.hold(which, 0, 0);
}
inline void wait(CoaxialTools& tools, Wall const& wall, double s)
{
    for (int n = 0; n < int(s / frame_s); ++n) tools.advance(wall, frame_s);
}

} // namespace fluoro::test
