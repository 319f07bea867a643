#include "blood/circulation_impl.hpp"
#include <algorithm>
#include <cmath>

namespace fluoro {
namespace {

constexpr auto at = [](Chamber c) { return std::size_t(c); };

} // namespace

/// The edge's width has changed, or the blood's viscosity.
void Circulation::Impl::measure_edge(int edge)
{
    int const link = link_of_edge[std::size_t(edge)];
    if (link < 0) return;
    auto const n = std::size_t(link);
    Opposition const now = calibres[std::size_t(edge)].opposition(settings.viscosity_mpa_s);
    links.resistance[n] = now.resistance;
    links.inertance[n] = now.inertance;
    links.loss[n] = now.loss;
    links.is_closed[n] = now.is_closed;
    if (!links.is_restless[n]) prepared_dt_s = 0;
}

/// A cause speaks for one place at a time: what it said of another edge is taken back.
void Circulation::Impl::change_width(int cause, int edge, bool narrow, double from_mm, double to_mm, double radius_mm)
{
    auto const old =
        std::find_if(said.begin(), said.end(), [&](Said const& s) { return s.cause == cause && s.narrow == narrow; });
    if (old != said.end() && (old->edge != edge || radius_mm < 0)) {
        if (calibres[std::size_t(old->edge)].change(cause, narrow, 0, 0, -1)) width_changed(old->edge);
        old->edge = edge;
    }
    if (radius_mm < 0) {
        if (old != said.end()) said.erase(old);
        return;
    }
    if (old == said.end()) said.push_back({cause, edge, narrow});
    if (calibres[std::size_t(edge)].change(cause, narrow, from_mm, to_mm, radius_mm)) width_changed(edge);
}

void Circulation::Impl::width_changed(int edge)
{
    for (Injection& injection : injections)
        if (injection.edge == edge)
            injection.share_at_end = calibres[std::size_t(edge)].share_before(injection.along_mm);
    int const link = link_of_edge[std::size_t(edge)];
    if (link < 0) return;
    measure_edge(edge);
    if (links.is_restless[std::size_t(link)]) return;
    // From now on its resistance follows the flow.
    links.is_restless[std::size_t(link)] = 1;
    order();
}

/// Conductance over one step and how much of the flow before goes on by itself.
void Circulation::Impl::conduct(std::size_t n)
{
    if (links.is_closed[n] || links.from[n] == links.to[n]) {
        links.conductance[n] = links.push_share[n] = 0;
        return;
    }
    double const mass = links.inertance[n] / prepared_dt_s;
    links.conductance[n] = 1 / (links.resistance[n] + links.loss[n] * std::abs(links.flow[n]) + mass);
    links.push_share[n] = links.conductance[n] * mass;
}

/// Everything that stays from step to step is factored once.
void Circulation::Impl::prepare(double dt_s)
{
    if (prepared_dt_s == dt_s) return;
    prepared_dt_s = dt_s;
    for (std::size_t place = 0; place < compliance.size(); ++place) quiet_diagonal[place] = compliance[place] / dt_s;
    std::fill(quiet_beside.begin(), quiet_beside.end(), 0);
    for (std::size_t n = 0; n < links.size(); ++n) {
        if (links.is_restless[n]) continue;
        conduct(n);
        quiet_diagonal[std::size_t(links.from[n])] += links.conductance[n];
        quiet_diagonal[std::size_t(links.to[n])] += links.conductance[n];
        quiet_beside[std::size_t(links.entry[n])] -= links.conductance[n];
    }
    for (Bed const& bed : beds) {
        quiet_diagonal[std::size_t(bed.from)] += bed.conductance[0];
        quiet_diagonal[std::size_t(bed.to)] += bed.conductance[2];
    }
    equations->factor_quiet(quiet_diagonal, quiet_beside);
}

void Circulation::Impl::assemble(HeartMoment const& heart, double dt_s)
{
    double* const sum = right.data();
    double const per_s = 1 / dt_s;
    for (std::size_t place = 0; place < right.size(); ++place) sum[place] = compliance[place] * per_s * pressure[place];
    for (int const n : restless_links) conduct(std::size_t(n));
    int const *const from = links.from.data(), *const to = links.to.data();
    for (std::size_t n = 0; n < links.size(); ++n) {
        double const push = links.push_share[n] * links.flow[n];
        sum[from[n]] -= push;
        sum[to[n]] += push;
    }
    double const left = pumps[at(Chamber::left_ventricle)].pressure_mmhg;
    double const right_side = pumps[at(Chamber::right_ventricle)].pressure_mmhg;
    for (Bed& bed : beds) {
        bed.outside = bed.left_squeeze * left + bed.right_squeeze * right_side;
        sum[bed.from] += bed.conductance[0] * (bed.pressure[0] + bed.outside);
        sum[bed.to] += bed.conductance[2] * bed.pressure[1];
    }
    for (Injection const& injection : injections) {
        auto const edge = std::size_t(injection.edge);
        LumenEdge const& its = graph.edges[edge];
        if (circuit.part[edge] == Part::chamber) continue; // with its chamber, below
        right[std::size_t(place_of_node[std::size_t(its.from)])] += (1 - injection.share_at_end) * injection.ml_s;
        right[std::size_t(place_of_node[std::size_t(its.to)])] += injection.share_at_end * injection.ml_s;
    }
    for (std::size_t c = 0; c < chamber_count; ++c) {
        bool const is_ventricle = c == at(Chamber::left_ventricle) || c == at(Chamber::right_ventricle);
        Pump::Line const line = pumps[c].line(is_ventricle ? heart.ventricle : heart.atrium);
        chamber_slope[c] = 1 / (line.slope * dt_s);
        right[std::size_t(place_of_chamber[c])] += (line.at_volume + outside_mmhg) * chamber_slope[c];
        for (Injection const& injection : injections)
            for (int const e : circuit.chamber_edges[c])
                if (e == injection.edge) right[std::size_t(place_of_chamber[c])] += injection.ml_s;
    }
}

/// Solves, lets every valve open or close that has to, and solves again until none has.
void Circulation::Impl::solve_with_valves(double dt_s)
{
    constexpr int tries = 4; // one per valve
    for (int attempt = 0; attempt < tries; ++attempt) {
        std::fill(restless_diagonal.begin() + equations->first_restless(), restless_diagonal.end(), 0);
        std::fill(restless_beside.begin(), restless_beside.end(), 0);
        std::copy(right.begin(), right.end(), pressure.begin());
        for (std::size_t c = 0; c < chamber_count; ++c)
            restless_diagonal[std::size_t(place_of_chamber[c])] += chamber_slope[c];
        auto connect = [&](int from, int to, int entry, double conductance) {
            restless_diagonal[std::size_t(from)] += conductance;
            restless_diagonal[std::size_t(to)] += conductance;
            restless_beside[std::size_t(entry)] -= conductance;
        };
        for (int const link : restless_links) {
            auto const n = std::size_t(link);
            connect(links.from[n], links.to[n], links.entry[n], links.conductance[n]);
        }
        for (std::size_t v = 0; v < 4; ++v) {
            valves[v].prepare(dt_s);
            connect(valves[v].from, valves[v].to, valve_entry[v], valves[v].conductance);
            pressure[std::size_t(valves[v].from)] -= valves[v].push;
            pressure[std::size_t(valves[v].to)] += valves[v].push;
        }
        equations->factor_restless(restless_diagonal, restless_beside);
        equations->solve(pressure);
        bool has_switched = false;
        for (Valve& valve : valves) {
            double const drop = pressure[std::size_t(valve.from)] - pressure[std::size_t(valve.to)];
            bool const wants = valve.is_open ? valve.conductance * drop + valve.push > 0 : drop > 0;
            if (wants == valve.is_open || attempt + 1 == tries) continue;
            // A closed valve does not open in the step in which it has closed.
            if (wants && valve.has_closed) continue;
            valve.has_closed = !wants;
            valve.is_open = wants;
            if (!wants) valve.flow_ml_s = 0;
            has_switched = true;
        }
        if (!has_switched) break;
    }
}

void Circulation::Impl::take_over(double dt_s)
{
    // Plain pointers: the longest loop of a step.
    double const *const p = pressure.data(), *const conductance = links.conductance.data();
    double* const flow = links.flow.data();
    int const *const from = links.from.data(), *const to = links.to.data();
    for (std::size_t n = 0; n < links.size(); ++n)
        flow[n] = links.push_share[n] * flow[n] + conductance[n] * (p[from[n]] - p[to[n]]);
    for (Valve& valve : valves) {
        double const drop = pressure[std::size_t(valve.from)] - pressure[std::size_t(valve.to)];
        valve.flow_ml_s = valve.is_open ? valve.conductance * drop + valve.push : 0;
        valve.has_closed = false;
        valve.move(dt_s);
    }
    for (Bed& bed : beds) bed.advance(dt_s, p[bed.from], p[bed.to]);
    for (std::size_t e = 0; e < graph.edges.size(); ++e)
        if (int const link = link_of_edge[e]; link >= 0) flow_in[e] = flow_out[e] = flow[link];
    for (Injection const& injection : injections) {
        auto const e = std::size_t(injection.edge);
        flow_in[e] -= (1 - injection.share_at_end) * injection.ml_s;
        flow_out[e] += injection.share_at_end * injection.ml_s;
    }
    fill_chambers(dt_s);
    for (std::size_t n = 0; n < node_pressure.size(); ++n) node_pressure[n] = pressure[std::size_t(place_of_node[n])];
    for (std::size_t n = 0; n < shown.size(); ++n) {
        bed_in[n] = beds[n].flow_in;
        bed_out[n] = beds[n].flow_out;
    }
}

/// Volumes of the chambers, and the flows along their edges: what gathers in a chamber gathers in its edges by their
/// share of its space.
void Circulation::Impl::fill_chambers(double dt_s)
{
    for (std::size_t c = 0; c < chamber_count; ++c) {
        auto const& edges = circuit.chamber_edges[c];
        for (int const e : edges) {
            LumenEdge const& edge = graph.edges[std::size_t(e)];
            node_gain[std::size_t(edge.from)] = node_gain[std::size_t(edge.to)] = 0;
        }
        bool const is_left = c == at(Chamber::left_ventricle) || c == at(Chamber::left_atrium);
        bool const is_ventricle = c == at(Chamber::left_ventricle) || c == at(Chamber::right_ventricle);
        double gain = 0;
        for (Port const& port : ports[c]) {
            auto const n = std::size_t(port.number);
            double const flow = port.sign * (port.kind == Port::Kind::link  ? links.flow[n]
                                             : port.kind == Port::Kind::bed ? beds[n].flow_out
                                                                            : valves[n].flow_ml_s);
            gain += flow;
            if (port.node >= 0) node_gain[std::size_t(port.node)] += flow;
        }
        for (Injection const& injection : injections) {
            auto const edge = std::size_t(injection.edge);
            LumenEdge const& its = graph.edges[edge];
            if (circuit.part[edge] != Part::chamber) {
                // The link's own flow leaves out what is pushed into the vessel.
                if (is_ventricle) continue;
                double const begin = place_of_node[std::size_t(its.from)] == place_of_chamber[c] ? 1 : 0;
                double const end = place_of_node[std::size_t(its.to)] == place_of_chamber[c] ? 1 : 0;
                double const from = begin * (1 - injection.share_at_end) * injection.ml_s;
                double const to = end * injection.share_at_end * injection.ml_s;
                gain += from + to;
                if (begin > 0) node_gain[std::size_t(its.from)] += from;
                if (end > 0) node_gain[std::size_t(its.to)] += to;
            } else if (std::find(edges.begin(), edges.end(), injection.edge) != edges.end()) {
                gain += injection.ml_s;
            }
        }
        std::size_t const valve = (is_left ? 0u : 2u) + (is_ventricle ? 1u : 0u);
        gain -= valves[valve].flow_ml_s;
        for (std::size_t i = 0; i < edges.size(); ++i) {
            auto const e = std::size_t(edges[i]);
            LumenEdge const& edge = graph.edges[e];
            double pushed = 0;
            for (Injection const& injection : injections)
                if (injection.edge == edges[i]) pushed += injection.ml_s;
            flow_in[e] = node_gain[std::size_t(edge.from)];
            flow_out[e] = flow_in[e] + pushed - chamber_share[c][i] * gain;
            node_gain[std::size_t(edge.to)] += flow_out[e];
        }
        pumps[c].volume_ml += dt_s * gain;
        pumps[c].pressure_mmhg = pressure[std::size_t(place_of_chamber[c])];
        chamber_ml[c] = pumps[c].volume_ml;
        chamber_mmhg[c] = pumps[c].pressure_mmhg;
    }
}

void Circulation::Impl::advance(double dt_s, HeartMoment const& heart)
{
    if (!(dt_s > 0)) return;
    prepare(dt_s);
    assemble(heart, dt_s);
    solve_with_valves(dt_s);
    take_over(dt_s);
    observe(dt_s, heart);
}

void Circulation::Impl::set_tone()
{
    for (Bed& bed : beds) {
        double factor = 1;
        if (bed.kind == BedKind::systemic) factor = 1 / systemic_tone;
        if (bed.kind == BedKind::left_coronary) factor = settings.coronary_dilation / coronary_tone[0];
        if (bed.kind == BedKind::right_coronary) factor = settings.coronary_dilation / coronary_tone[1];
        for (int i = 0; i < 2; ++i) bed.conductance[i] = bed.designed[i] * factor;
    }
    prepared_dt_s = 0;
}

double Circulation::Impl::blood_ml() const
{
    double sum = unstressed_ml;
    for (std::size_t place = 0; place < compliance.size(); ++place) sum += compliance[place] * pressure[place];
    for (Bed const& bed : beds) sum += bed.pressure[0] / bed.stiffness[0] + bed.pressure[1] / bed.stiffness[1];
    for (Pump const& pump : pumps) sum += pump.volume_ml;
    return sum;
}

} // namespace fluoro
