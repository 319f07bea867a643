#include "blood/rest_flow.hpp"
#include <algorithm>
#include <cmath>

namespace fluoro {
namespace {

struct KnownFlow {
    std::string_view name; ///< plain_name
    double ml_s;
};
/// At rest, lying. Coronary arteries of a right-dominant heart (typical 2.1-2.4 and 1.0-1.7 mL/s), internal carotids 4,
/// vertebrals 1.3-2, kidneys 8-10 each, superior mesenteric 7, common femoral 5: docs/theory/circulation.md. A vessel
/// that is cut before its branches carries theirs.
constexpr KnownFlow known_flows[] = {
    {"left-main", 2.13},
    {"lad-proximal", 1.08},
    {"circumflex-proximal", 1.05},
    {"rca-proximal", 1.7},
    {"brachiocephalic-trunk", 11},
    {"common-carotid", 6.2},
    {"internal-carotid", 4},
    {"external-carotid", 2.2},
    {"vertebral", 1.6},
    {"subclavian-proximal", 5},
    {"subclavian", 3.2},
    {"axillary", 3},
    {"bronchial", 0.5},
    {"coeliac-trunk", 11.5},
    {"superior-mesenteric", 7},
    {"inferior-mesenteric", 1.2},
    {"renal", 9.2},
    {"common-iliac", 8.2},
    {"external-iliac", 5.1},
    {"internal-iliac", 3},
    {"common-femoral", 5},
};

double known_flow(LumenEdge const& edge)
{
    // The left main keeps its side: it is its name.
    std::string_view const whole = edge.name, plain = plain_name(whole);
    for (KnownFlow const& known : known_flows)
        if (plain == known.name || whole == known.name) return known.ml_s;
    return 0;
}

double cube(LumenGraph const& vessels, std::vector<std::vector<int>> const& in, int leaf)
{
    double sum = 0;
    for (int const e : in[std::size_t(leaf)]) sum += std::pow(vessels.edges[std::size_t(e)].radii_mm.back(), 3);
    return sum;
}

} // namespace

std::string_view plain_name(std::string_view edge)
{
    for (std::string_view const side : {"left-", "right-"})
        if (edge.starts_with(side)) edge.remove_prefix(side.size());
    if (auto const at = edge.find('/'); at != edge.npos) edge = edge.substr(0, at);
    while (!edge.empty() && edge.back() >= '0' && edge.back() <= '9') edge.remove_suffix(1);
    while (!edge.empty() && edge.back() == '-') edge.remove_suffix(1);
    return edge;
}

std::vector<double> by_murray(LumenGraph const& vessels, std::vector<std::vector<int>> const& in,
                              std::vector<int> const& leaves, double ml_s)
{
    std::vector<double> flow;
    double sum = 0;
    for (int const leaf : leaves) {
        flow.push_back(cube(vessels, in, leaf));
        sum += flow.back();
    }
    for (double& f : flow) f *= ml_s / sum;
    return flow;
}

std::vector<double> rest_flows(LumenGraph const& vessels, std::vector<Part> const& part,
                               std::vector<std::vector<int>> const& in, std::vector<std::vector<int>> const& out,
                               std::vector<int> const& leaves, bool is_whole, double cardiac_output_ml_s)
{
    // Known vessels above every node, the nearest one first: the pieces of one vessel count once, at its beginning.
    std::size_t const count = vessels.edges.size();
    std::vector<int> owner(count, -1), above(count, -1); // known vessel of an edge; the one above a known vessel
    std::vector<int> waiting;
    for (std::size_t n = 0; n < vessels.nodes_mm.size(); ++n)
        for (int const e : out[n]) {
            bool const begins = std::none_of(in[n].begin(), in[n].end(), [&](int other) {
                return part[std::size_t(other)] == Part::systemic_artery;
            });
            if (begins && part[std::size_t(e)] == Part::systemic_artery) waiting.push_back(e);
        }
    std::vector<char> seen(count, 0);
    while (!waiting.empty()) {
        auto const e = std::size_t(waiting.back());
        waiting.pop_back();
        if (seen[e]) continue;
        seen[e] = 1;
        LumenEdge const& edge = vessels.edges[e];
        int over = -1;
        for (int const parent : in[std::size_t(edge.from)])
            if (seen[std::size_t(parent)]) over = owner[std::size_t(parent)];
        owner[e] = over;
        bool const same = over >= 0 && plain_name(edge.name) == plain_name(vessels.edges[std::size_t(over)].name);
        if (known_flow(edge) > 0 && !same) {
            owner[e] = int(e);
            above[e] = over;
        }
        for (int const next : out[std::size_t(edge.to)])
            if (part[std::size_t(next)] == Part::systemic_artery) waiting.push_back(next);
    }

    double const scale = cardiac_output_ml_s / reference_output_ml_s;
    std::vector<double> own(count, 0), cubes(count, 0), flow(leaves.size(), 0);
    for (std::size_t e = 0; e < count; ++e)
        if (owner[e] == int(e)) own[e] = known_flow(vessels.edges[e]) * scale;
    auto owner_of = [&](int leaf) { return owner[std::size_t(in[std::size_t(leaf)].front())]; };
    double free_cubes = 0, free_trunk = 0;
    for (int const leaf : leaves) {
        double const r3 = cube(vessels, in, leaf);
        int const over = owner_of(leaf);
        if (over >= 0) {
            cubes[std::size_t(over)] += r3;
        } else {
            free_cubes += r3;
            double const r = vessels.edges[std::size_t(in[std::size_t(leaf)].front())].radii_mm.front();
            free_trunk += r * r * r;
        }
    }
    // A known vessel's own ends get what its known branches leave; one without ends of its own has just theirs.
    std::vector<double> left = own;
    for (std::size_t e = 0; e < count; ++e)
        if (above[e] >= 0) left[std::size_t(above[e])] -= own[e];
    double known = 0;
    for (std::size_t e = 0; e < count; ++e) {
        left[e] = cubes[e] > 0 ? std::max(left[e], 0.1 * own[e]) : 0;
        known += left[e];
    }
    constexpr double trunk_ml_s_mm3 = 0.2; // typical of arteries of 1-4 mm, where no output is to be shared out
    double free_ml_s = is_whole ? std::max(cardiac_output_ml_s - known, 0.05 * cardiac_output_ml_s)
                                : trunk_ml_s_mm3 * free_trunk * scale;
    if (free_cubes == 0) free_ml_s = 0;
    double fit = 1; // all together are the output, or no more than most of it
    double const all = known + free_ml_s;
    if (is_whole || all > 0.9 * cardiac_output_ml_s) fit = (is_whole ? 1 : 0.9) * cardiac_output_ml_s / all;
    for (std::size_t n = 0; n < leaves.size(); ++n) {
        double const r3 = cube(vessels, in, leaves[n]);
        int const over = owner_of(leaves[n]);
        flow[n] =
            fit * (over >= 0 ? left[std::size_t(over)] * r3 / cubes[std::size_t(over)] : free_ml_s * r3 / free_cubes);
    }
    return flow;
}

} // namespace fluoro
