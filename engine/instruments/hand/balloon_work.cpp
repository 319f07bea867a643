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
/// And what has given way once.
constexpr double cracked_atm = 2;
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

/// The vessels that a balloon lies in, one after another, from what is before and behind it: not a twig that leaves
/// where plaque has made the vessel narrower than the twig.
LumenGraph vessels_between(LumenGraph const& all, Vec3 const& before, Vec3 const& behind)
{
    LumenGraph kept = all;
    LumenPlace const first = nearest_place(all, before), last = nearest_place(all, behind);
    if (first.edge < 0) return kept;
    std::vector<int> shortest;
    double least = 1e9;
    LumenEdge const &a = all.edges[std::size_t(first.edge)], &b = all.edges[std::size_t(last.edge)];
    for (int const from : {a.from, a.to})
        for (int const to : {b.from, b.to}) {
            auto way = all.way(from, to);
            double length = 0;
            for (int const e : way) length += all.edges[std::size_t(e)].length_mm();
            if (length >= least || (way.empty() && from != to)) continue;
            least = length;
            shortest = std::move(way);
        }
    shortest.push_back(first.edge);
    shortest.push_back(last.edge);
    std::erase_if(kept.edges, [&](LumenEdge const& edge) {
        return std::ranges::none_of(shortest, [&](int e) { return all.edges[std::size_t(e)].name == edge.name; });
    });
    return kept;
}

/// The widest that the vessel is over a way upstream, or downstream along its widest branches.
double widest_over(LumenGraph const& graph, LumenPlace const& place, double way_mm, bool upstream)
{
    LumenEdge const* edge = &graph.edges[std::size_t(place.edge)];
    double along_mm = place.along * edge->length_mm(), widest = 0;
    constexpr double step = 0.5;
    for (double gone = 0; gone <= way_mm; gone += step) {
        widest = std::max(widest, radius_at(*edge, along_mm / edge->length_mm()));
        along_mm += upstream ? -step : step;
        if (along_mm >= 0 && along_mm <= edge->length_mm()) continue;
        LumenEdge const* next = nullptr;
        for (LumenEdge const& other : graph.edges) {
            if (upstream ? other.to != edge->from : other.from != edge->to) continue;
            auto const width = [&](LumenEdge const& e) { return *std::ranges::max_element(e.radii_mm); };
            if (!next || width(other) > width(*next)) next = &other;
        }
        if (!next) break;
        edge = next;
        along_mm = upstream ? edge->length_mm() : 0;
    }
    return widest;
}

/// The vessel around stations that lie along it: the healthy width from its neighbours upstream and downstream, the
/// smaller of the widest on either side, so that a wide trunk does not count; and what balloons have opened already.
std::vector<BalloonBed> beds_at(Patient const& patient, LumenGraph const& here, std::vector<SetLumen> const& opened,
                                std::vector<Vec3> const& points)
{
    LumenGraph const& all = patient.lumens.vessels;
    std::vector<BalloonBed> beds;
    for (Vec3 const& p : points) {
        LumenPlace place = nearest_place(here, p);
        if (place.edge < 0) return {};
        place.edge = *all.find_edge(here.edges[std::size_t(place.edge)].name);
        LumenEdge const& edge = all.edges[std::size_t(place.edge)];
        double const radius = radius_at(edge, place.along);
        double const healthy = std::max(radius, std::min(widest_over(all, place, reference_mm, true),
                                                         widest_over(all, place, reference_mm, false)));
        BalloonBed bed{2 * radius, 2 * healthy, fibrous_atm, 0.002};
        if (densest_near(patient, p, healthy) > calcium_hu) bed.yield_atm = calcified_atm;
        for (SetLumen const& piece : opened)
            if (piece.vessel == edge.name && place.along >= piece.from && place.along <= piece.to &&
                *piece.at_least_mm > bed.lumen_mm) {
                bed.lumen_mm = *piece.at_least_mm;
                bed.yield_atm = cracked_atm;
            }
        beds.push_back(bed);
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

/// The vessels around its balloon, from a way before it to a way behind it.
LumenGraph VesselWork::vessels_of(Way const& way, int tool) const
{
    BalloonForm const& form = *way.held[std::size_t(tool)].tool->balloon;
    double const far = way.tools.state(tool).inserted_mm - form.to_tip_mm;
    auto const along = way.tools.along_mm();
    auto const rest_at = [&](double at) {
        double const s = std::clamp(at, along.front() + 0.5, along.back());
        return way.wall->rest_of(curve_between(way.tools.line(), along, s - 0.5, s).back());
    };
    return vessels_between(patient_->lumens.vessels, rest_at(far - form.length_mm - reference_mm),
                           rest_at(far + reference_mm));
}

/// A change of the lumen over the stations, in pieces of one edge each.
std::vector<SetLumen> VesselWork::change(LumenGraph const& graph, std::vector<Vec3> const& points,
                                         std::vector<double> const& diameters, bool is_most)
{
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
        held.beds.clear();
        if (!held.bed_points.empty()) {
            held.bed_vessels = vessels_of(way, tool);
            held.beds = beds_at(*patient_, held.bed_vessels, opened_, held.bed_points);
        }
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
        held.closing =
            change(held.bed_vessels, held.bed_points, std::vector<double>(held.bed_points.size(), 0.0), true);
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
    auto const wider = change(held.bed_vessels, held.bed_points, after, false);
    effects.insert(effects.end(), wider.begin(), wider.end());
    for (SetLumen const& piece : wider) {
        opened_.push_back(piece);
        for (auto& [access, other] : ways_) other.tight.widen(piece.vessel, piece.from, piece.to, *piece.at_least_mm);
    }
    if (stent && !held.has_stent && !held.is_stent_placed) {
        std::vector<double> left{balloon.widest_mm().begin(), balloon.widest_mm().end()};
        for (double& d : left) d *= 1 - stent->recoil;
        leave_stent(way, tool, held.bed_points, std::move(left), false);
    }
}

/// The stent stays there, at rest in those places. What is between its struts and the wall is its malposition.
void VesselWork::leave_stent(Way& way, int tool, std::vector<Vec3> points, std::vector<double> diameters, bool is_lost)
{
    VesselTool& held = way.held[std::size_t(tool)];
    held.is_stent_placed = true;
    held.has_stent = false;
    StentStatus status;
    status.name = held.tool->name;
    status.near_mm = points.front();
    status.far_mm = points.back();
    status.least_mm = *std::ranges::min_element(diameters);
    status.is_lost = is_lost;
    if (LumenPlace const place = nearest_place(patient_->lumens.vessels, points.front()); place.edge >= 0) {
        status.vessel = patient_->lumens.vessels.edges[std::size_t(place.edge)].name;
        status.along = place.along;
    }
    auto const beds = beds_at(*patient_, vessels_of(way, tool), opened_, points);
    for (std::size_t n = 0; n < beds.size(); ++n)
        status.gap_mm = std::max(status.gap_mm, (beds[n].lumen_mm - diameters[n]) / 2);
    stents_.push_back({*held.tool->stent, std::move(points), std::move(diameters), std::move(status)});
}

/// A stent on its balloon that is drawn back: its edges catch on a guide's mouth that they are wider than, or hold fast
/// in a lumen that is too tight; then it is lost there.
void VesselWork::drag_stent(Way& way, int tool)
{
    VesselTool& held = way.held[std::size_t(tool)];
    if (!held.has_stent || held.motion.push_mm_s >= 0) return;
    auto points = stations_of(way, tool);
    if (points.empty()) return;
    auto const widths = held.balloon->diameters_mm();
    double const widest = *std::ranges::max_element(widths), step = held.tool->balloon->length_mm / Balloon::stations,
                 near =
                     way.tools.state(tool).inserted_mm - held.tool->balloon->to_tip_mm - held.tool->balloon->length_mm;
    double grip_n = 0;
    for (std::size_t n = 0; n < points.size(); ++n) {
        WallTouch const touch = way.tight.touch(points[n]);
        double const into = touch.depth_mm + widths[n] / 2;
        if (into > 0) grip_n += held.tool->section_at(0).friction * touch.friction * touch.stiffness * into * step;
    }
    bool is_caught = grip_n > held.tool->stent->holds_n;
    for (std::size_t n = 0; n < way.held.size(); ++n) {
        Tool const& other = *way.held[n].tool;
        double const mouth = way.tools.state(int(n)).inserted_mm;
        bool const is_around = other.narrowest_inner_mm() > held.tool->widest_mm() && mouth > 0;
        is_caught = is_caught || (is_around && widest > other.narrowest_inner_mm() && near < mouth);
    }
    if (!is_caught) return;
    for (Vec3& p : points) p = way.wall->rest_of(p);
    leave_stent(way, tool, std::move(points), {widths.begin(), widths.end()}, true);
}

} // namespace fluoro
