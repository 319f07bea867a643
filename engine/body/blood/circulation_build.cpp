#include "blood/circulation_impl.hpp"
#include "blood/rest_flow.hpp"
#include <algorithm>
#include <cmath>
#include <fluoro/core/error.hpp>

namespace fluoro {
namespace {

constexpr double pulmonary_artery_mmhg = 15, left_atrium_mmhg = 8, portal_mmhg = 9; // means; typical
constexpr double least_compliance = 2e-5;                                           // mL/mmHg, of any place

constexpr auto at = [](Chamber c) { return std::size_t(c); };

} // namespace

void Circulation::Impl::Links::add(int its_edge, int its_from, int its_to, Opposition const& opposition)
{
    edge.push_back(its_edge);
    from.push_back(its_from);
    to.push_back(its_to);
    entry.push_back(0);
    resistance.push_back(opposition.resistance);
    inertance.push_back(opposition.inertance);
    loss.push_back(opposition.loss);
    is_closed.push_back(opposition.is_closed);
    is_restless.push_back(opposition.loss > 0);
    conductance.push_back(0);
    push_share.push_back(0);
    flow.push_back(0);
}

Circulation::Impl::Impl(LumenGraph const& vessels, CirculationSettings const& wanted) : graph{vessels}, settings{wanted}
{
    if (graph.edges.empty()) throw Error{"circulation: the vessel graph has no edges; nothing can flow"};
    circuit = read_circuit(graph, wished_output());
    for (LumenEdge const& edge : graph.edges) calibres.emplace_back(edge);
    number_places();
    make_links();
    make_beds();
    make_ports();
    make_heart();
    order();
    design_beds();
    flow_in.assign(graph.edges.size(), 0);
    flow_out.assign(graph.edges.size(), 0);
    node_pressure.assign(graph.nodes_mm.size(), 0);
    bed_in.assign(shown.size(), 0);
    bed_out.assign(shown.size(), 0);
    settle();
}

void Circulation::Impl::number_places()
{
    place_of_node.assign(graph.nodes_mm.size(), -1);
    for (int c = 0; c < chamber_count; ++c) place_of_chamber[std::size_t(c)] = place_count++;
    auto gather = [&](Chamber from, Chamber into, bool ends) {
        for (int const e : circuit.chamber_edges[at(from)]) {
            LumenEdge const& edge = graph.edges[std::size_t(e)];
            place_of_node[std::size_t(edge.from)] = place_of_chamber[at(into)];
            if (ends) place_of_node[std::size_t(edge.to)] = place_of_chamber[at(into)];
        }
    };
    // What lies before a ventricle's valve belongs to the atrium, what lies behind it to the artery.
    gather(Chamber::left_ventricle, Chamber::left_atrium, false);
    gather(Chamber::right_ventricle, Chamber::right_atrium, false);
    gather(Chamber::left_atrium, Chamber::left_atrium, true);
    gather(Chamber::right_atrium, Chamber::right_atrium, true);
    for (int& place : place_of_node)
        if (place < 0) place = place_count++;
    auto behind = [&](int node) { return node >= 0 ? place_of_node[std::size_t(node)] : place_count++; };
    aorta = behind(circuit.aortic_node);
    pulmonary_trunk = behind(circuit.pulmonary_node);
}

/// E h / r of a vessel's wall. Systemic arteries: Olufsen 1999; pulmonary arteries: 195 mmHg (Qureshi et al. 2014);
/// veins at their usual pressure: distensibility 0.015 per mmHg (typical).
double Circulation::Impl::stiffness_pa(int edge, double radius_mm) const
{
    switch (circuit.part[std::size_t(edge)]) {
    case Part::systemic_artery:
        return 2e6 * std::exp(-2.253 * radius_mm) + 8.65e4;
    case Part::pulmonary_artery:
        return 2.6e4;
    default:
        return 1.5 * 133.322 / 0.015;
    }
}

void Circulation::Impl::make_links()
{
    compliance.assign(std::size_t(place_count), least_compliance);
    link_of_edge.assign(graph.edges.size(), -1);
    for (int e = 0; e < int(graph.edges.size()); ++e) {
        if (circuit.part[std::size_t(e)] == Part::chamber) continue;
        LumenEdge const& edge = graph.edges[std::size_t(e)];
        int const from = place_of_node[std::size_t(edge.from)], to = place_of_node[std::size_t(edge.to)];
        link_of_edge[std::size_t(e)] = int(links.size());
        links.add(e, from, to, calibres[std::size_t(e)].opposition(settings.viscosity_mpa_s));
        double const half = calibres[std::size_t(e)].compliance([&](double r) { return stiffness_pa(e, r); }) / 2;
        compliance[std::size_t(from)] += half;
        compliance[std::size_t(to)] += half;
    }
    // A short wide way to what lies beyond the graph.
    Opposition const wide{.resistance = 2e-3, .inertance = 5e-4};
    for (int const n : circuit.cut_systemic_arteries) links.add(-1, aorta, place_of_node[std::size_t(n)], wide);
    for (int const n : circuit.cut_pulmonary_arteries)
        links.add(-1, pulmonary_trunk, place_of_node[std::size_t(n)], wide);
    for (int const n : circuit.cut_systemic_veins)
        links.add(-1, place_of_node[std::size_t(n)], place_of_chamber[at(Chamber::right_atrium)], wide);
    for (int const n : circuit.cut_pulmonary_veins)
        links.add(-1, place_of_node[std::size_t(n)], place_of_chamber[at(Chamber::left_atrium)], wide);
    if (circuit.aortic_node < 0) compliance[std::size_t(aorta)] += 0.5 * arterial_compliance;
    if (circuit.pulmonary_node < 0) compliance[std::size_t(pulmonary_trunk)] += 1.5;
    for (int const place : place_of_chamber) compliance[std::size_t(place)] = 0;
}

void Circulation::Impl::make_beds()
{
    int const left = place_of_chamber[at(Chamber::left_atrium)],
              right_place = place_of_chamber[at(Chamber::right_atrium)];
    for (PlannedBed const& plan : circuit.beds) {
        Bed bed;
        bed.kind = plan.kind;
        bed.from = place_of_node[std::size_t(plan.from_node)];
        bed.to = plan.to_node >= 0                 ? place_of_node[std::size_t(plan.to_node)]
                 : plan.kind == BedKind::pulmonary ? left
                                                   : right_place;
        bed.left_squeeze = plan.left_squeeze;
        bed.right_squeeze = plan.right_squeeze;
        bed.rest_flow = plan.rest_flow_ml_s;
        beds.push_back(bed);
        shown.push_back(
            {plan.from_node, plan.to_node, plan.territory, plan.rest_flow_ml_s * plan.transit_s, plan.rest_flow_ml_s});
    }
    auto beside = [&](int from, int to, BedKind kind, double flow) {
        if (flow < 1e-3 * wished_output()) return;
        Bed bed;
        bed.kind = kind;
        bed.from = from;
        bed.to = to;
        bed.rest_flow = flow;
        beds.push_back(bed);
    };
    beside(aorta, right_place, BedKind::systemic, wished_output() - circuit.systemic_ml_s);
    beside(pulmonary_trunk, left, BedKind::pulmonary, wished_output() - circuit.pulmonary_ml_s);
}

void Circulation::Impl::make_ports()
{
    node_gain.assign(graph.nodes_mm.size(), 0);
    for (std::size_t c = 0; c < chamber_count; ++c) {
        auto const& edges = circuit.chamber_edges[c];
        bool const is_atrium = c == at(Chamber::left_atrium) || c == at(Chamber::right_atrium);
        int const place = place_of_chamber[c];
        double space = 0;
        for (int const e : edges) space += calibres[std::size_t(e)].volume_ml();
        for (int const e : edges) chamber_share[c].push_back(calibres[std::size_t(e)].volume_ml() / space);
        int const main = edges.empty() ? -1 : graph.edges[std::size_t(edges.back())].from;
        int const valve = c == at(Chamber::left_ventricle) ? 0 : 2; // that leads into a ventricle
        if (!is_atrium) {
            ports[c].push_back({Port::Kind::valve, valve, main, 1});
            continue;
        }
        for (std::size_t n = 0; n < links.size(); ++n) {
            int const e = links.edge[n];
            if (links.to[n] == place)
                ports[c].push_back({Port::Kind::link, int(n), e >= 0 ? graph.edges[std::size_t(e)].to : main, 1});
            if (links.from[n] == place)
                ports[c].push_back({Port::Kind::link, int(n), e >= 0 ? graph.edges[std::size_t(e)].from : main, -1});
        }
        for (std::size_t n = 0; n < beds.size(); ++n)
            if (beds[n].to == place) {
                int const node = n < shown.size() ? shown[n].to_node : main;
                ports[c].push_back({Port::Kind::bed, int(n), node, 1});
            }
    }
}

void Circulation::Impl::make_heart()
{
    double const stroke = settings.cardiac_output_l_min * 1000 / 70, full = settings.end_diastolic_ml;
    double const size = full / 137;
    auto ventricle = [](double unstressed, double full_ml, double filling_mmhg, double strongest) {
        // e^2.6: the slope at the end of filling is 2.8 times the mean one, as in a normal relaxed ventricle.
        Pump pump{.unstressed_ml = unstressed, .strongest = strongest, .passive_per_ml = 2.6 / (full_ml - unstressed)};
        pump.passive_mmhg = filling_mmhg / (std::exp(2.6) - 1);
        pump.volume_ml = full_ml;
        return pump;
    };
    auto atrium = [&](double unstressed, double slope, double strongest, double mmhg) {
        Pump pump{.unstressed_ml = unstressed * size, .strongest = strongest / size, .passive_per_ml = 0};
        pump.passive_slope = slope / size;
        pump.volume_ml = pump.unstressed_ml + mmhg / pump.passive_slope;
        return pump;
    };
    double const left_unstressed = 0.07 * full, right_full = stroke / 0.48, right_unstressed = 0.13 * right_full;
    double const left_over = stroke * (1 / settings.ejection_fraction - 1);
    pumps[at(Chamber::left_ventricle)] =
        ventricle(left_unstressed, full, 8.5, 1.1 * settings.mean_pressure_mmhg / (left_over - left_unstressed));
    pumps[at(Chamber::right_ventricle)] = ventricle(right_unstressed, right_full, settings.venous_pressure_mmhg,
                                                    22 / (right_full - stroke - right_unstressed));
    pumps[at(Chamber::left_atrium)] = atrium(22, 0.115, 0.28, left_atrium_mmhg);
    pumps[at(Chamber::right_atrium)] = atrium(20, 0.075, 0.18, settings.venous_pressure_mmhg);

    // Loss of a jet through the effective area: rho / 2 A^2; areas 5, 4, 7 and 4.2 cm^2 (typical), inertia of 15 mm.
    constexpr std::array<double, 4> area_mm2 = {500, 400, 700, 420};
    std::array<std::pair<int, int>, 4> const between = {
        std::pair{place_of_chamber[at(Chamber::left_atrium)], place_of_chamber[at(Chamber::left_ventricle)]},
        std::pair{place_of_chamber[at(Chamber::left_ventricle)], aorta},
        std::pair{place_of_chamber[at(Chamber::right_atrium)], place_of_chamber[at(Chamber::right_ventricle)]},
        std::pair{place_of_chamber[at(Chamber::right_ventricle)], pulmonary_trunk}};
    for (std::size_t v = 0; v < 4; ++v) {
        valves[v].from = between[v].first;
        valves[v].to = between[v].second;
        valves[v].loss = 3.975 / (area_mm2[v] * area_mm2[v]);
        valves[v].inertance = 7.95e-3 * 15 / area_mm2[v];
    }
}

/// Finds the order of elimination and numbers all places by it.
void Circulation::Impl::order()
{
    std::vector<std::pair<int, int>> pairs;
    std::vector<int> restless = {aorta, pulmonary_trunk};
    restless.insert(restless.end(), place_of_chamber.begin(), place_of_chamber.end());
    restless_links.clear();
    for (std::size_t n = 0; n < links.size(); ++n) {
        pairs.emplace_back(links.from[n], links.to[n]);
        if (!links.is_restless[n]) continue;
        restless_links.push_back(int(n));
        restless.push_back(links.from[n]);
        restless.push_back(links.to[n]);
    }
    for (Valve const& valve : valves) pairs.emplace_back(valve.from, valve.to);
    equations.emplace(place_count, pairs, restless);

    auto renumber = [&](int& place) { place = equations->place(place); };
    std::for_each(links.from.begin(), links.from.end(), renumber);
    std::for_each(links.to.begin(), links.to.end(), renumber);
    std::for_each(place_of_node.begin(), place_of_node.end(), renumber);
    std::for_each(place_of_chamber.begin(), place_of_chamber.end(), renumber);
    renumber(aorta);
    renumber(pulmonary_trunk);
    for (Bed& bed : beds) {
        renumber(bed.from);
        renumber(bed.to);
    }
    for (std::size_t v = 0; v < 4; ++v) {
        renumber(valves[v].from);
        renumber(valves[v].to);
        valve_entry[v] = equations->entry(valves[v].from, valves[v].to);
    }
    for (std::size_t n = 0; n < links.size(); ++n)
        links.entry[n] = links.from[n] == links.to[n] ? 0 : equations->entry(links.from[n], links.to[n]);
    auto const count = std::size_t(place_count);
    pressure.resize(count, 0);
    std::vector<double> const old_compliance = compliance, old_pressure = pressure;
    for (std::size_t n = 0; n < count; ++n) {
        auto const place = std::size_t(equations->place(int(n)));
        compliance[place] = old_compliance[n];
        pressure[place] = old_pressure[n];
    }
    quiet_diagonal.assign(count, 0);
    restless_diagonal.assign(count, 0);
    right.assign(count, 0);
    quiet_beside.assign(equations->entries(), 0);
    restless_beside.assign(equations->entries(), 0);
    prepared_dt_s = 0;
}

/// Pressures of a steady flow with the wished flow through every bed.
std::vector<double> Circulation::Impl::steady_pressures()
{
    std::fill(quiet_diagonal.begin(), quiet_diagonal.end(), 1e-9);
    std::fill(quiet_beside.begin(), quiet_beside.end(), 0);
    std::vector<double> flow(std::size_t(place_count), 0);
    for (std::size_t n = 0; n < links.size(); ++n) {
        double const conductance = links.is_closed[n] ? 0 : 1 / (links.resistance[n] + 1e-7);
        quiet_diagonal[std::size_t(links.from[n])] += conductance;
        quiet_diagonal[std::size_t(links.to[n])] += conductance;
        quiet_beside[std::size_t(links.entry[n])] -= conductance;
    }
    for (Bed const& bed : beds) {
        flow[std::size_t(bed.from)] -= bed.rest_flow;
        flow[std::size_t(bed.to)] += bed.rest_flow;
    }
    auto hold = [&](int place, double mmhg) {
        constexpr double firm = 1e6;
        quiet_diagonal[std::size_t(place)] += firm;
        flow[std::size_t(place)] += firm * mmhg;
    };
    hold(aorta, settings.mean_pressure_mmhg);
    hold(pulmonary_trunk, pulmonary_artery_mmhg);
    hold(place_of_chamber[at(Chamber::left_atrium)], left_atrium_mmhg);
    hold(place_of_chamber[at(Chamber::right_atrium)], settings.venous_pressure_mmhg);
    hold(place_of_chamber[at(Chamber::left_ventricle)], left_atrium_mmhg);
    hold(place_of_chamber[at(Chamber::right_ventricle)], settings.venous_pressure_mmhg);
    for (Bed const& bed : beds)
        if (bed.kind == BedKind::portal) hold(bed.from, portal_mmhg);
    equations->factor_quiet(quiet_diagonal, quiet_beside);
    equations->factor_restless(restless_diagonal, restless_beside);
    equations->solve(flow);
    return flow;
}

/// Resistances such that the wished flows come about, and the first state.
void Circulation::Impl::design_beds()
{
    struct Shape {
        double share[3];    // of the resistance
        double capacity[2]; // mL/mmHg per mL/s at rest
        double whole_mmhg;  // drop from the heart to the heart
    };
    pressure = steady_pressures();
    double drawn = 0;
    for (std::size_t e = 0; e < graph.edges.size(); ++e)
        if (circuit.part[e] == Part::systemic_artery)
            drawn += calibres[e].compliance([&](double r) { return stiffness_pa(int(e), r); });
    double const output = wished_output();
    double const small = std::max(arterial_compliance - drawn, 0.3) / output;
    double const systemic_drop = settings.mean_pressure_mmhg - settings.venous_pressure_mmhg;
    auto shape = [&](BedKind kind) -> Shape {
        switch (kind) {
        case BedKind::left_coronary:
        case BedKind::right_coronary:
            return {{0.40, 0.50, 0.10}, {0.0067, 0.03}, systemic_drop};
        case BedKind::portal:
            return {{0.3, 0.4, 0.3}, {0.2, 0.2}, portal_mmhg - settings.venous_pressure_mmhg};
        case BedKind::pulmonary:
            return {{0.25, 0.5, 0.25}, {2.2 / output, 6 / output}, pulmonary_artery_mmhg - left_atrium_mmhg};
        default:
            break;
        }
        // R1 to R1 + R2 as in the outlets of Boileau et al. 2015; veins 80 mL/mmHg at 5 % of the drop (typical).
        return {{0.10, 0.85, 0.05}, {small, 80 / output}, systemic_drop};
    };
    for (Bed& bed : beds) {
        Shape const form = shape(bed.kind);
        double const from = pressure[std::size_t(bed.from)], to = pressure[std::size_t(bed.to)];
        double const flow = std::max(bed.rest_flow, 1e-6);
        // Where the drawn vessels alone take up the drop, the wished flow cannot be had.
        double const drop = std::max(from - to, 0.15 * form.whole_mmhg), resistance = drop / flow;
        for (int i = 0; i < 3; ++i) bed.designed[i] = bed.conductance[i] = 1 / (form.share[i] * resistance);
        for (int i = 0; i < 2; ++i) bed.stiffness[i] = 1 / (form.capacity[i] * flow);
        bed.pressure[0] = to + drop * (1 - form.share[0]);
        bed.pressure[1] = to + drop * form.share[2];
        bed.flow_in = bed.flow_out = bed.rest_flow;
    }
    for (std::size_t n = 0; n < links.size(); ++n)
        if (!links.is_closed[n])
            links.flow[n] = (pressure[std::size_t(links.from[n])] - pressure[std::size_t(links.to[n])]) /
                            (links.resistance[n] + 1e-7);
    for (std::size_t c = 0; c < chamber_count; ++c) pumps[c].pressure_mmhg = pressure[std::size_t(place_of_chamber[c])];
}

} // namespace fluoro
