#include "instruments_impl.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/clock.hpp>

namespace fluoro {
namespace {

constexpr double tick_s = 1.0 / ticks_per_second;
/// The healthy vessel is read off so far to either side of a place [mm].
constexpr double reference_mm = 12;
/// Pressures at which plaque gives way [atm]: fibrous, and with calcium in it (voxels above so many HU within the
/// vessel's wall). Typical of 6-10 and 12-20.
constexpr double fibrous_atm = 6, calcified_atm = 14, calcium_hu = 350;
/// A stent holds its balloon together until here [atm], and has left it when it is so much of its nominal size.
constexpr double stent_atm = 4, placed_share = 0.6;
/// A balloon that fills so much of the lumen lets no blood by.
constexpr double closing_share = 0.95;

double radius_at(LumenEdge const& edge, double along)
{
    double const at = std::clamp(along, 0.0, 1.0) * double(edge.radii_mm.size() - 1);
    auto const n = std::min(std::size_t(at), edge.radii_mm.size() - 2);
    double const t = at - double(n);
    return (1 - t) * edge.radii_mm[n] + t * edge.radii_mm[n + 1];
}

double densest_near(Patient const& patient, Vec3 const& p, double reach_mm)
{
    Grid const& grid = patient.ct.grid;
    Mat4 const to_index = grid.index_from_patient();
    double densest = -1000;
    for (int corner = 0; corner < 27; ++corner) {
        Vec3 const at = p + reach_mm * Vec3{corner % 3 - 1, corner / 3 % 3 - 1, corner / 9 - 1};
        glm::ivec3 const i{glm::round(map_point(to_index, at))};
        if (glm::any(glm::lessThan(i, glm::ivec3{0})) || glm::any(glm::greaterThanEqual(i, grid.size))) continue;
        densest =
            std::max(densest, double(patient.ct.hu[(std::size_t(i.z) * std::size_t(grid.size.y) + std::size_t(i.y)) *
                                                       std::size_t(grid.size.x) +
                                                   std::size_t(i.x)]));
    }
    return densest;
}

/// The vessel around stations that lie along it: the healthy width from its neighbours upstream and downstream.
std::vector<BalloonBed> beds_at(Patient const& patient, std::vector<Vec3> const& points)
{
    LumenGraph const& graph = patient.lumens.vessels;
    std::vector<BalloonBed> beds;
    for (Vec3 const& p : points) {
        LumenPlace const place = nearest_place(graph, p);
        if (place.edge < 0) return {};
        LumenEdge const& edge = graph.edges[std::size_t(place.edge)];
        double const radius = radius_at(edge, place.along), reach = reference_mm / std::max(1.0, edge.length_mm());
        // The smaller of the widest on either side: a branch's mouth upstream does not count.
        double before = radius, after = radius;
        for (double share = 0; share <= reach; share += reach / 8) {
            before = std::max(before, radius_at(edge, place.along - share));
            after = std::max(after, radius_at(edge, place.along + share));
        }
        double const healthy = std::max(radius, std::min(before, after));
        bool const is_calcified = densest_near(patient, p, healthy) > calcium_hu;
        beds.push_back({2 * radius, 2 * healthy, is_calcified ? calcified_atm : fibrous_atm, 0.002});
    }
    return beds;
}

} // namespace

/// The balloon's stations, from its near shoulder to the far one, where they are now.
std::vector<Vec3> VesselWork::stations_of(Way const& way, int tool) const
{
    BalloonForm const& form = *way.held[std::size_t(tool)].tool->balloon;
    double const far = way.tools.state(tool).inserted_mm - form.to_tip_mm, near = far - form.length_mm;
    auto const along = way.tools.along_mm();
    std::vector<Vec3> points;
    if (along.empty() || near < along.front() || far > along.back()) return points;
    for (int n = 0; n < Balloon::stations; ++n) {
        double const at = near + (n + 0.5) / Balloon::stations * form.length_mm;
        auto const piece = curve_between(way.tools.line(), along, at - 0.05, at);
        if (piece.empty()) return {};
        points.push_back(piece.back());
    }
    return points;
}

/// A change of the lumen over the stations, in pieces of one edge each.
std::vector<SetLumen> VesselWork::change(std::vector<Vec3> const& points, std::vector<double> const& diameters,
                                         bool is_most)
{
    LumenGraph const& graph = patient_->lumens.vessels;
    std::vector<SetLumen> pieces;
    for (std::size_t n = 0; n < points.size(); ++n) {
        LumenPlace const place = nearest_place(graph, points[n]);
        if (place.edge < 0) continue;
        LumenEdge const& edge = graph.edges[std::size_t(place.edge)];
        double const half = 0.5 / std::max(1.0, edge.length_mm());
        if (pieces.empty() || pieces.back().vessel != edge.name) {
            if (last_cause_ >= body_causes) break; // more than one patient's arteries need
            SetLumen piece;
            piece.number = ++last_cause_;
            piece.vessel = edge.name;
            piece.from = 1;
            piece.to = 0;
            (is_most ? piece.at_most_mm : piece.at_least_mm) = diameters[n];
            pieces.push_back(piece);
        }
        SetLumen& piece = pieces.back();
        piece.from = std::clamp(place.along - half, 0.0, piece.from);
        piece.to = std::clamp(place.along + half, piece.to, 1.0);
        auto& width = is_most ? piece.at_most_mm : piece.at_least_mm;
        width = std::min(*width, diameters[n]);
    }
    return pieces;
}

void VesselWork::work_balloon(Way& way, int tool, std::vector<BodyOrder>& effects)
{
    VesselTool& held = way.held[std::size_t(tool)];
    Balloon& balloon = *held.balloon;
    bool const was_open = balloon.pressure_atm() > 0;
    if (!was_open && held.wanted_atm > 0) {
        // Where it lies when it begins to open it stays, in the vessel.
        held.bed_points = stations_of(way, tool);
        for (Vec3& p : held.bed_points) p = way.wall->rest_of(p);
        held.beds = beds_at(*patient_, held.bed_points);
        balloon.forget();
    }
    if (!was_open && held.wanted_atm <= 0) return;
    balloon.advance(held.beds, held.wanted_atm, held.has_stent ? stent_atm : 0, tick_s);
    if (held.beds.empty()) return;
    auto const widths = balloon.diameters_mm();
    bool closes = false;
    for (std::size_t n = 0; n < held.beds.size(); ++n)
        closes = closes || widths[n] > closing_share * held.beds[n].lumen_mm;
    std::vector<double> after;
    StentForm const* const stent = held.tool->stent ? &*held.tool->stent : nullptr;
    for (std::size_t n = 0; n < held.beds.size(); ++n)
        after.push_back(lumen_after_mm(held.beds[n], balloon.widest_mm()[n], stent));
    if (closes && !held.closes_vessel) {
        held.closes_vessel = true;
        held.closing = change(held.bed_points, std::vector<double>(held.bed_points.size(), 0.0), true);
        effects.insert(effects.end(), held.closing.begin(), held.closing.end());
    }
    bool const is_out = stent && *std::min_element(widths.begin(), widths.end()) > placed_share * stent->nominal_mm;
    if (held.has_stent && is_out) held.has_stent = false;
    if (balloon.pressure_atm() > 0) return;
    // Deflated: the way is free again, and as wide as it has become.
    if (held.closes_vessel) {
        held.closes_vessel = false;
        for (SetLumen& open : held.closing) {
            open.at_most_mm.reset();
            effects.emplace_back(open);
        }
    }
    auto const wider = change(held.bed_points, after, false);
    effects.insert(effects.end(), wider.begin(), wider.end());
    if (stent && !held.has_stent && !held.is_stent_placed) {
        held.is_stent_placed = true;
        stents_.push_back({*stent, held.bed_points, {balloon.widest_mm().begin(), balloon.widest_mm().end()}});
        for (double& d : stents_.back().diameters_mm) d *= 1 - stent->recoil;
    }
}

} // namespace fluoro
