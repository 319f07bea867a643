#include "blood/circuit.hpp"
#include "blood/collaterals.hpp"
#include "blood/rest_flow.hpp"
#include <algorithm>
#include <limits>

namespace fluoro {
namespace {

bool has(std::string_view name, std::string_view word)
{
    return name.find(word) != std::string_view::npos;
}
bool has_any(std::string_view name, std::initializer_list<std::string_view> words)
{
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return has(name, word); });
}

constexpr std::array<std::string_view, chamber_count> chamber_names = {"left-ventricle", "right-ventricle",
                                                                       "left-atrium", "right-atrium"};

struct Reader {
    LumenGraph const& graph;
    Circuit& circuit;
    std::vector<std::vector<int>> in, out; ///< edges of every node

    Reader(LumenGraph const& vessels, Circuit& result)
        : graph{vessels}, circuit{result}, in(vessels.nodes_mm.size()), out(vessels.nodes_mm.size())
    {
        for (int e = 0; e < int(graph.edges.size()); ++e) {
            if (is_collateral(edge(e))) continue; // lead nowhere by themselves
            out[std::size_t(edge(e).from)].push_back(e);
            in[std::size_t(edge(e).to)].push_back(e);
        }
    }
    LumenEdge const& edge(int e) const { return graph.edges[std::size_t(e)]; }
    Part& part(int e) const { return circuit.part[std::size_t(e)]; }
    bool is(int e, Part wanted) const { return part(e) == wanted; }
    bool is_source(int node) const { return in[std::size_t(node)].empty(); }
    bool is_sink(int node) const { return out[std::size_t(node)].empty(); }

    void find_chambers();
    void name_parts();
    void spread(std::vector<int> nodes, bool downstream, Part wanted);
    std::vector<int> ends(Part wanted, bool sources) const;
    std::vector<int> upstream(int node) const;
    std::string path_names(int node) const;
    bool drains_below(int node) const;
    double distance(int a, int b) const
    {
        return glm::length(graph.nodes_mm[std::size_t(a)] - graph.nodes_mm[std::size_t(b)]);
    }
    void connect(std::vector<PlannedBed> leaves, std::vector<int> const& sources, int otherwise);
};

void Reader::find_chambers()
{
    circuit.part.assign(graph.edges.size(), Part::systemic_artery);
    for (std::size_t c = 0; c < chamber_count; ++c) {
        auto& edges = circuit.chamber_edges[c];
        for (int e = 0; e < int(graph.edges.size()); ++e)
            if (edge(e).wall == WallClass::chamber && edge(e).name.starts_with(chamber_names[c])) {
                edges.push_back(e);
                part(e) = Part::chamber;
            }
        // Upstream first: those that nothing else of the chamber leads into, then on.
        std::vector<int> ordered;
        while (ordered.size() < edges.size()) {
            std::size_t const before = ordered.size();
            for (int const e : edges) {
                if (std::find(ordered.begin(), ordered.end(), e) != ordered.end()) continue;
                bool const is_next = std::all_of(edges.begin(), edges.end(), [&](int other) {
                    return edge(other).to != edge(e).from ||
                           std::find(ordered.begin(), ordered.end(), other) != ordered.end();
                });
                if (is_next) ordered.push_back(e);
            }
            if (ordered.size() == before) break; // a ring: as it stands
        }
        if (ordered.size() == edges.size()) edges = ordered;
    }
    auto behind = [&](Chamber c) {
        auto const& edges = circuit.chamber_edges[std::size_t(c)];
        return edges.empty() ? -1 : edge(edges.back()).to;
    };
    circuit.aortic_node = behind(Chamber::left_ventricle);
    circuit.pulmonary_node = behind(Chamber::right_ventricle);
}

/// Marks all edges that can be reached with or against the flow.
void Reader::spread(std::vector<int> nodes, bool downstream, Part wanted)
{
    std::vector<char> seen(graph.nodes_mm.size(), 0);
    while (!nodes.empty()) {
        auto const node = std::size_t(nodes.back());
        nodes.pop_back();
        if (seen[node]) continue;
        seen[node] = 1;
        for (int const e : downstream ? out[node] : in[node]) {
            if (is(e, Part::chamber)) continue;
            part(e) = wanted;
            nodes.push_back(downstream ? edge(e).to : edge(e).from);
        }
    }
}

void Reader::name_parts()
{
    for (int e = 0; e < int(graph.edges.size()); ++e) {
        if (is(e, Part::chamber)) continue;
        bool const lungs = has(edge(e).name, "pulmon");
        if (edge(e).wall != WallClass::vein)
            part(e) = lungs ? Part::pulmonary_artery : Part::systemic_artery;
        else
            part(e) = lungs ? Part::pulmonary_vein : Part::systemic_vein;
    }
    std::vector<int> portal;
    for (int e = 0; e < int(graph.edges.size()); ++e)
        if (is(e, Part::systemic_vein) && has(edge(e).name, "portal")) portal.push_back(edge(e).from);
    spread(portal, true, Part::portal);
    spread(portal, false, Part::portal);
    auto inlets = [&](Chamber c) {
        std::vector<int> nodes;
        for (int const e : circuit.chamber_edges[std::size_t(c)]) nodes.push_back(edge(e).from);
        return nodes;
    };
    spread(inlets(Chamber::right_atrium), false, Part::systemic_vein);
    spread(inlets(Chamber::left_atrium), false, Part::pulmonary_vein);
    if (circuit.aortic_node >= 0) spread({circuit.aortic_node}, true, Part::systemic_artery);
    if (circuit.pulmonary_node >= 0) spread({circuit.pulmonary_node}, true, Part::pulmonary_artery);
}

/// Nodes where vessels of this part begin out of nothing, or end.
std::vector<int> Reader::ends(Part wanted, bool sources) const
{
    std::vector<int> found;
    for (int n = 0; n < int(graph.nodes_mm.size()); ++n) {
        auto const& here = sources ? out[std::size_t(n)] : in[std::size_t(n)];
        if (here.empty() || !(sources ? is_source(n) : is_sink(n))) continue;
        if (std::any_of(here.begin(), here.end(), [&](int e) { return is(e, wanted); })) found.push_back(n);
    }
    return found;
}

/// Edges on the way here from the heart, the nearest first.
std::vector<int> Reader::upstream(int node) const
{
    std::vector<int> way;
    while (!in[std::size_t(node)].empty() && way.size() < graph.edges.size()) {
        int const e = in[std::size_t(node)].front();
        if (is(e, Part::chamber)) break;
        way.push_back(e);
        node = edge(e).from;
    }
    return way;
}

std::string Reader::path_names(int node) const
{
    std::string names;
    for (int const e : upstream(node)) names += edge(e).name + ' ';
    return names;
}

/// Whether a vein's blood comes to the heart from below.
bool Reader::drains_below(int node) const
{
    auto const& inlets = circuit.chamber_edges[std::size_t(Chamber::right_atrium)];
    for (std::size_t steps = 0; steps < graph.edges.size(); ++steps) {
        auto const& ways = out[std::size_t(node)];
        if (ways.empty()) break;
        int const e = ways.front();
        if (std::find(inlets.begin(), inlets.end(), e) != inlets.end()) return has(edge(e).name, "inferior");
        if (has(edge(e).name, "inferior-vena-cava")) return true;
        node = edge(e).to;
    }
    return false;
}

/// Leads every artery's end into the nearest vein; veins that get none take their share of the nearest artery's end.
void Reader::connect(std::vector<PlannedBed> leaves, std::vector<int> const& sources, int otherwise)
{
    if (leaves.empty()) return;
    std::vector<char> is_fed(sources.size(), 0);
    std::size_t const count = leaves.size();
    for (std::size_t n = 0; n < count; ++n) {
        leaves[n].to_node = otherwise;
        double best = std::numeric_limits<double>::infinity();
        std::size_t which = 0;
        for (std::size_t s = 0; s < sources.size(); ++s)
            if (double const d = distance(leaves[n].from_node, sources[s]); d < best) {
                best = d;
                which = s;
            }
        if (sources.empty()) continue;
        leaves[n].to_node = sources[which];
        is_fed[which] = 1;
    }
    for (std::size_t s = 0; s < sources.size(); ++s) {
        if (is_fed[s]) continue;
        auto const nearest =
            std::min_element(leaves.begin(), leaves.begin() + std::ptrdiff_t(count), [&](auto const& a, auto const& b) {
                return distance(a.from_node, sources[s]) < distance(b.from_node, sources[s]);
            });
        PlannedBed bed = *nearest;
        bed.to_node = sources[s];
        leaves.push_back(bed);
    }
    for (PlannedBed bed : leaves) {
        bed.rest_flow_ml_s /= double(std::count_if(
            leaves.begin(), leaves.end(), [&](PlannedBed const& other) { return other.from_node == bed.from_node; }));
        circuit.beds.push_back(bed);
    }
}

} // namespace

Circuit read_circuit(LumenGraph const& vessels, double cardiac_output_ml_s)
{
    Circuit circuit;
    Reader read{vessels, circuit};
    read.find_chambers();
    read.name_parts();

    auto atrium_node = [&](Chamber c) {
        auto const& edges = circuit.chamber_edges[std::size_t(c)];
        return edges.empty() ? -1 : read.edge(edges.back()).from;
    };
    auto begins = [&](Part part, Chamber atrium) {
        std::vector<int> found = read.ends(part, true);
        for (int const e : circuit.chamber_edges[std::size_t(atrium)])
            if (read.is_source(read.edge(e).from) && read.edge(e).from != atrium_node(atrium))
                found.push_back(read.edge(e).from);
        return found;
    };
    for (int const n : read.ends(Part::systemic_artery, true))
        if (n != circuit.aortic_node) circuit.cut_systemic_arteries.push_back(n);
    for (int const n : read.ends(Part::pulmonary_artery, true))
        if (n != circuit.pulmonary_node) circuit.cut_pulmonary_arteries.push_back(n);
    circuit.cut_systemic_veins = read.ends(Part::systemic_vein, false);
    circuit.cut_pulmonary_veins = read.ends(Part::pulmonary_vein, false);

    // Veins to choose from, by what they drain.
    std::vector<int> cardiac, upper, lower, hepatic, renal;
    for (int const n : begins(Part::systemic_vein, Chamber::right_atrium)) {
        LumenEdge const& first = read.edge(read.out[std::size_t(n)].front());
        if (has_any(first.name, {"cardiac", "coronary", "sinus", "vein-of-left-ventricle"}))
            cardiac.push_back(n);
        else if (has(first.name, "hepatic-vein"))
            hepatic.push_back(n);
        else if (has(first.name, "renal-vein"))
            renal.push_back(n);
        else
            (read.drains_below(n) ? lower : upper).push_back(n);
    }
    std::vector<int> const portal = read.ends(Part::portal, true);
    std::vector<int> const lungs = begins(Part::pulmonary_vein, Chamber::left_atrium);

    // Arteries' ends by where their blood goes.
    std::vector<int> const leaves = read.ends(Part::systemic_artery, false);
    std::vector<double> const flow =
        rest_flows(vessels, circuit.part, read.in, read.out, leaves, circuit.aortic_node >= 0, cardiac_output_ml_s);
    double diaphragm_mm = -std::numeric_limits<double>::infinity();
    for (int const e : circuit.chamber_edges[std::size_t(Chamber::right_atrium)])
        if (has(read.edge(e).name, "inferior")) diaphragm_mm = vessels.nodes_mm[std::size_t(read.edge(e).from)].z;
    std::vector<PlannedBed> coronary, gut, liver, kidneys, above, below, lung;
    for (std::size_t n = 0; n < leaves.size(); ++n) {
        LumenEdge const& last = read.edge(read.in[std::size_t(leaves[n])].front());
        std::string const names = read.path_names(leaves[n]);
        PlannedBed bed{.from_node = leaves[n], .rest_flow_ml_s = flow[n], .territory = last.name};
        circuit.systemic_ml_s += flow[n];
        if (last.wall == WallClass::coronary) {
            bool const is_left = has_any(names, {"left-main", "lad-", "circumflex", "left-coronary"});
            bed.kind = is_left ? BedKind::left_coronary : BedKind::right_coronary;
            bed.transit_s = 3.5;
            // Mean over the wall from none outside to the whole pressure inside; the right one's distal branches
            // supply the left ventricle from below.
            bool const lies_left = is_left || has_any(names, {"posterior-descending", "posterolateral"});
            (lies_left ? bed.left_squeeze : bed.right_squeeze) = 0.65;
            if (is_left && has(names, "atrial")) bed.left_squeeze = 0;
            coronary.push_back(bed);
        } else if (plain_name(last.name).starts_with("renal")) {
            bed.transit_s = 4;
            (renal.empty() ? below : kidneys).push_back(bed);
        } else if (has(last.name, "hepatic")) {
            (hepatic.empty() ? below : liver).push_back(bed);
        } else if (has_any(names, {"splenic", "gastr", "mesenteric", "colic", "jejunal", "rectal"})) {
            (portal.empty() ? below : gut).push_back(bed);
        } else {
            bool const head_or_arm = has_any(
                names, {"carotid", "vertebral", "subclavian", "axillary", "brachi", "radial", "ulnar", "intercostal"});
            if (has_any(names, {"internal-carotid", "vertebral"})) bed.transit_s = 4;
            bool const is_above = head_or_arm || vessels.nodes_mm[std::size_t(leaves[n])].z > diaphragm_mm;
            (is_above && !upper.empty() ? above : below).push_back(bed);
        }
    }
    int const right = atrium_node(Chamber::right_atrium);
    read.connect(coronary, cardiac, right);
    read.connect(kidneys, renal, right);
    read.connect(gut, portal, right);
    read.connect(above, upper, right);
    read.connect(below, lower.empty() ? upper : lower, right);

    // The liver: its artery, and what the portal vein brings.
    double portal_ml_s = 0;
    for (PlannedBed const& bed : gut) portal_ml_s += bed.rest_flow_ml_s;
    std::vector<int> const portal_ends = read.ends(Part::portal, false);
    std::vector<double> const portal_flow = by_murray(vessels, read.in, portal_ends, portal_ml_s);
    for (std::size_t n = 0; n < portal_ends.size(); ++n)
        liver.push_back({.from_node = portal_ends[n],
                         .kind = BedKind::portal,
                         .rest_flow_ml_s = portal_flow[n],
                         .transit_s = 8,
                         .territory = read.edge(read.in[std::size_t(portal_ends[n])].front()).name});
    read.connect(liver, hepatic.empty() ? lower : hepatic, right);

    std::vector<int> const lung_ends = read.ends(Part::pulmonary_artery, false);
    std::vector<double> const lung_flow = by_murray(vessels, read.in, lung_ends, cardiac_output_ml_s);
    for (std::size_t n = 0; n < lung_ends.size(); ++n)
        lung.push_back({.from_node = lung_ends[n],
                        .kind = BedKind::pulmonary,
                        .rest_flow_ml_s = lung_flow[n],
                        .transit_s = 2,
                        .territory = read.edge(read.in[std::size_t(lung_ends[n])].front()).name});
    read.connect(lung, lungs, atrium_node(Chamber::left_atrium));
    circuit.pulmonary_ml_s = lung_ends.empty() ? 0 : cardiac_output_ml_s;
    return circuit;
}

} // namespace fluoro
