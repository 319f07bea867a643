#include "cost_times.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/instruments/coaxial_tools.hpp>
#include <fluoro/instruments/vessel_wall.hpp>
#include <numbers>
#include <vector>

namespace fluoro {

namespace {

constexpr double frame_s = 1.0 / 60, pi = std::numbers::pi;
constexpr int phases = 60; ///< one beat a second

/// Waves of 12 mm over 120 mm, 8 mm wide.
LumenGraph winding_artery()
{
    LumenGraph graph;
    std::vector<Vec3> through;
    for (double z = 10; z <= 800; z += 10) through.emplace_back(12 * (1 - std::cos(2 * pi * z / 120)), 0, z);
    int const from = graph.add_node({0, 0, 0});
    graph.add_edge("artery", from, through, std::vector<double>(through.size() + 1, 4.0), WallClass::muscular_artery,
                   52);
    return graph;
}

/// Tissue that sways by 3 mm, the whole length together but for its ends.
std::shared_ptr<Displacement const> beaten(double phase)
{
    auto made = std::make_shared<Displacement>();
    made->grid = {{-64, -64, -64}, 8, {20, 17, 118}};
    for (int k = 0; k < made->grid.size.z; ++k)
        for (int j = 0; j < made->grid.size.y; ++j)
            for (int i = 0; i < made->grid.size.x; ++i) {
                double const z = made->grid.at({i, j, k}).z;
                double const y = 3 * std::sin(2 * pi * phase) * std::sin(pi * std::clamp(z / 800, 0.0, 1.0));
                made->forward_mm.emplace_back(Vec3{0, y, 0});
                made->backward_mm.emplace_back(Vec3{0, -y, 0});
            }
    return made;
}

} // namespace

WireCost measure_instruments(int segments, int frames)
{
    FieldGrid const grid{{-12, -12, -12}, 1, {50, 25, 830}};
    VesselWall wall{winding_artery(), std::make_shared<LumenDistance>(winding_artery(), Patient{}, grid)};
    std::array<std::shared_ptr<Displacement const>, phases> beats;
    for (int n = 0; n < phases; ++n) beats[std::size_t(n)] = beaten(double(n) / phases);
    auto wire = std::make_shared<Tool>();
    ToolSection shaft;
    shaft.length_mm = 1500;
    shaft.outer_mm = 0.889;
    shaft.bending_n_mm2 = 500;
    shaft.torsion_n_mm2 = 400;
    shaft.friction = 0.05;
    wire->sections = {shaft};
    CoaxialTools tools{{{0, 0, 0}, {0, 0, 1}}};
    tools.add(wire);
    // The line begins at the access.
    auto const pieces = [&] { return int(tools.line().size()) - 1; };
    while (pieces() < segments) {
        tools.hold(0, 100, 0);
        tools.advance(wall, frame_s);
    }
    WireCost wire_cost;
    wire_cost.least_touching = 1;
    FrameTimes times;
    for (int n = 0; n < frames; ++n) {
        tools.hold(0, n / 30 % 2 ? -30 : 30, 3);
        times.add([&](StageClock* clock) {
            wall.stand(beats[std::size_t(n % phases)], frame_s);
            lap(clock, ToolStage::tissue);
            tools.advance(wall, frame_s, clock);
        });
        times.end_frame(pieces());
        int touching = 0;
        for (RodFrame const& place : tools.line()) touching += wall.touch(place.at_mm).depth_mm > -0.6;
        wire_cost.least_touching = std::min(wire_cost.least_touching, touching / double(tools.line().size()));
    }
    wire_cost.cost = times.cost();
    return wire_cost;
}

} // namespace fluoro
