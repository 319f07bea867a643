#pragma once
#include <algorithm>
#include <cmath>
#include <fluoro/body/circulation.hpp>
#include <map>
#include <string>

namespace fluoro::test {

/// A heart and its circulation, stepped together, with means and extremes over whole beats.
struct Living {
    LumenGraph graph;
    Heartbeat heart;
    Circulation blood;
    double dt_s = 0.004;

    explicit Living(LumenGraph vessels, CirculationSettings const& settings = {},
                    HeartbeatSettings const& beating = {.variability = 0})
        : graph{std::move(vessels)}, heart{beating}, blood{graph, settings}
    {
    }
    int edge(std::string const& name) const { return graph.find_edge(name).value(); }
    double pressure_before(std::string const& name) const { return blood.pressure_mmhg()[node(name, true)]; }
    double pressure_behind(std::string const& name) const { return blood.pressure_mmhg()[node(name, false)]; }
    std::size_t node(std::string const& name, bool before) const
    {
        LumenEdge const& its = graph.edges[std::size_t(edge(name))];
        return std::size_t(before ? its.from : its.to);
    }
    void step()
    {
        heart.advance(dt_s);
        blood.advance(dt_s, heart.now());
    }
    void run(double seconds)
    {
        for (double t = 0; t < seconds - dt_s / 2; t += dt_s) step();
    }
    /// Runs to the next R wave.
    void to_beat()
    {
        for (std::int64_t const now = heart.now().beat; heart.now().beat == now;) step();
    }
};

struct Seen {
    double seconds = 0;
    double systolic = 0, diastolic = 1e9, mean_mmhg = 0, venous = 0, pulmonary = 0, left_atrium = 0;
    double end_diastolic_mmhg = 0;
    std::array<double, chamber_count> most{}, least{1e9, 1e9, 1e9, 1e9};
    double output_l_min = 0;
    std::vector<double> flow, flow_out, backwards, node_mmhg; ///< means; backwards: volume [mL]
    std::map<std::string, double> in_diastole;                ///< share of an edge's flow
};

/// Watches this many beats from the next R wave on.
inline Seen watch(Living& body, int beats, std::vector<std::string> const& names = {})
{
    Seen seen;
    body.to_beat();
    Circulation const& blood = body.blood;
    seen.end_diastolic_mmhg = blood.chamber_mmhg()[0];
    std::size_t const count = body.graph.edges.size();
    seen.flow.assign(count, 0);
    seen.flow_out = seen.backwards = seen.flow;
    seen.node_mmhg.assign(body.graph.nodes_mm.size(), 0);
    std::optional<int> const ventricle = body.graph.find_edge("left-ventricle");
    auto const root = std::size_t(ventricle ? body.graph.edges[std::size_t(*ventricle)].to : 0);
    auto const trunk = body.graph.find_edge("pulmonary-trunk");
    double ejected = 0;
    std::int64_t const first = body.heart.now().beat;
    while (body.heart.now().beat < first + beats) {
        body.step();
        double const dt = body.dt_s, p = blood.pressure_mmhg()[root];
        seen.seconds += dt;
        seen.systolic = std::max(seen.systolic, p);
        seen.diastolic = std::min(seen.diastolic, p);
        seen.mean_mmhg += p * dt;
        seen.left_atrium += blood.chamber_mmhg()[2] * dt;
        seen.venous += blood.chamber_mmhg()[3] * dt;
        if (trunk) seen.pulmonary += body.pressure_before("pulmonary-trunk") * dt;
        if (ventricle) ejected += blood.flow_out_ml_s()[std::size_t(*ventricle)] * dt;
        for (std::size_t c = 0; c < chamber_count; ++c) {
            seen.most[c] = std::max(seen.most[c], blood.chamber_ml()[c]);
            seen.least[c] = std::min(seen.least[c], blood.chamber_ml()[c]);
        }
        for (std::size_t e = 0; e < count; ++e) {
            seen.flow[e] += blood.flow_in_ml_s()[e] * dt;
            seen.flow_out[e] += blood.flow_out_ml_s()[e] * dt;
            seen.backwards[e] -= std::min(blood.flow_out_ml_s()[e], 0.0) * dt;
        }
        for (std::size_t n = 0; n < seen.node_mmhg.size(); ++n) seen.node_mmhg[n] += blood.pressure_mmhg()[n] * dt;
        for (std::string const& name : names)
            if (body.heart.now().cycle >= heart_cycle_systole)
                seen.in_diastole[name] += blood.flow_in_ml_s()[std::size_t(body.edge(name))] * dt;
    }
    for (std::string const& name : names) seen.in_diastole[name] /= seen.flow[std::size_t(body.edge(name))];
    for (double* value : {&seen.mean_mmhg, &seen.venous, &seen.pulmonary, &seen.left_atrium}) *value /= seen.seconds;
    for (auto* values : {&seen.flow, &seen.flow_out, &seen.node_mmhg})
        for (double& value : *values) value /= seen.seconds;
    seen.output_l_min = ejected / seen.seconds * 60 / 1000;
    return seen;
}

} // namespace fluoro::test
