#pragma once
// Vessels with flows set by hand, for tests of contrast medium in them.
#include "../../../engine/body/blood/contrast_transport.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <numbers>

namespace fluoro::test {

inline constexpr double pi = std::numbers::pi;
inline constexpr double dt = 0.004;

/// A network with flows set by hand.
struct Network {
    LumenGraph graph;
    std::vector<CapillaryBed> beds;
    std::array<std::vector<int>, chamber_count> chambers;
    std::vector<double> in, out, bed_in, bed_out;
    std::array<double, chamber_count> chamber_ml{};

    int tube(int from, Vec3 const& to, double radius_mm, WallClass wall = WallClass::muscular_artery)
    {
        std::string const name = "edge-" + std::to_string(graph.edges.size());
        return graph.add_edge(name, from, {to}, {radius_mm, radius_mm}, wall, 1060);
    }
    int end(int edge) const { return graph.edges[std::size_t(edge)].to; }
    void flow(int edge, double ml_s) { flow(edge, ml_s, ml_s); }
    void flow(int edge, double in_ml_s, double out_ml_s)
    {
        in.resize(graph.edges.size(), 0.0);
        out.resize(graph.edges.size(), 0.0);
        in[std::size_t(edge)] = in_ml_s;
        out[std::size_t(edge)] = out_ml_s;
    }
    BloodFlows flows()
    {
        in.resize(graph.edges.size(), 0.0);
        out.resize(graph.edges.size(), 0.0);
        bed_in.resize(beds.size(), 0.0);
        bed_out.resize(beds.size(), 0.0);
        return {in, out, bed_in, bed_out, chamber_ml};
    }
    ContrastTransport transport(LumenCells const& cells) const
    {
        return {graph, cells, {beds, {chambers[0], chambers[1], chambers[2], chambers[3]}}};
    }
};

inline double edge_ml(ContrastTransport const& contrast, LumenCells const& cells, int edge)
{
    double all = 0;
    for (int cell = cells.first[std::size_t(edge)]; cell < cells.first[std::size_t(edge) + 1]; ++cell)
        all += contrast.mean_share(cell) * cells.volume_mm3[std::size_t(cell)] / 1000;
    return all;
}

/// Numbers of steps are whole multiples of this: medium moves on every 16 ms.
inline constexpr int steps_of_four = 4;
static_assert(steps_of_four * dt >= ContrastTransport::step_s && (steps_of_four - 1) * dt < ContrastTransport::step_s);

inline void expect_shares(ContrastTransport const& contrast)
{
    auto const [least, most] = std::minmax_element(contrast.share().begin(), contrast.share().end());
    EXPECT_GE(*least, 0);
    EXPECT_LE(*most, 1);
}

} // namespace fluoro::test
