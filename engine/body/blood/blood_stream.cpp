#include "blood/blood_stream.hpp"

#include "blood/collaterals.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fluoro {
namespace {

constexpr double cell_mm = 1.5;
/// Numbers of the circulation's sources: the one catheter that injects, and from here on leaks.
constexpr int injection_source = 0, first_leak_source = 100;
/// And of its causes: from here on tears, and bubbles, beyond SetLumen's.
constexpr int first_tear_cause = 500, first_bubble_cause = 1000;
constexpr double least_true_lumen = 0.1; ///< of a vessel's width, that is left however deep a tear

double mean_radius_mm(LumenEdge const& edge, double from, double to)
{
    double const length = edge.length_mm();
    double along = 0, sum = 0;
    int count = 0;
    for (std::size_t i = 0; i < edge.points_mm.size(); ++i) {
        if (i > 0) along += glm::length(edge.points_mm[i] - edge.points_mm[i - 1]);
        if (along < from * length || along > to * length) continue;
        sum += edge.radii_mm[i];
        ++count;
    }
    return count > 0 ? sum / count : std::lerp(edge.radii_mm.front(), edge.radii_mm.back(), (from + to) / 2);
}

Vec3 direction_of(BodySide side)
{
    switch (side) { // of patient space: + left, posterior, superior
    case BodySide::left:
        return {1, 0, 0};
    case BodySide::right:
        return {-1, 0, 0};
    case BodySide::anterior:
        return {0, -1, 0};
    case BodySide::posterior:
        return {0, 1, 0};
    case BodySide::superior:
        return {0, 0, 1};
    case BodySide::inferior:
        return {0, 0, -1};
    }
    return {0, -1, 0};
}

} // namespace

BloodStream::BloodStream(Patient const& patient, CirculationSettings const& settings, double fill_spacing_mm,
                         std::uint64_t seed)
    : vessels_{with_collaterals(patient.lumens.vessels, settings.collaterals)}, cells_{divide(vessels_, cell_mm)},
      circulation_{vessels_, settings}, contrast_{vessels_, cells_, circulation_}, picture_{vessels_, cells_, patient,
                                                                                            circulation_.beds(),
                                                                                            fill_spacing_mm},
      stains_{vessels_, cells_, seed}, changes_{vessels_, cells_}, pericardium_{patient}
{
}

BloodStream::Found BloodStream::find(std::string const& what, std::string const& vessel, bool is_chamber_good) const
{
    auto const edge = vessels_.find_edge(vessel);
    if (!edge) return {-1, 0, what + ": this patient has no vessel called '" + vessel + "'"};
    LumenEdge const& found = vessels_.edges[std::size_t(*edge)];
    if (!is_chamber_good && found.wall == WallClass::chamber)
        return {-1, 0, what + ": '" + vessel + "' is a chamber of the heart; name a vessel"};
    return {*edge, found.length_mm(), {}};
}

std::string BloodStream::inject(Inject const& wish)
{
    Found const found = find("Injection", wish.vessel, true);
    if (found.edge < 0) return found.problem;
    edge_ = found.edge;
    along_mm_ = wish.along * found.length_mm;
    iodine_mg_ml_ = wish.iodine_mg_ml;
    medium_g_cm3_ = density_g_cm3(iodine_solution(iodine_mg_ml_));
    lead_ml_ = wish.lead_ml;
    InjectionWish push;
    push.volume_ml = wish.volume_ml;
    push.rate_ml_s = wish.rate_ml_s;
    push.rise_s = wish.rise_s;
    push.pressure_limit_psi = wish.pressure_psi;
    injector_.start(push, {wish.catheter_inner_mm, wish.catheter_length_mm});
    return {};
}

std::string BloodStream::perforate(PerforateVessel const& wish)
{
    Found const found = find("Perforation", wish.vessel, false);
    if (found.edge < 0) return found.problem;
    double const along_mm = wish.along * found.length_mm;
    auto const known = std::ranges::find(holes_, wish.number, &Hole::number);
    if (known != holes_.end() && (known->edge != found.edge || known->along_mm != along_mm))
        return "Perforation: number " + std::to_string(wish.number) + " is a hole elsewhere; choose another number";
    if (known == holes_.end()) {
        if (wish.hole_mm <= 0) return "Perforation: there is no hole of that number to seal";
        holes_.push_back({wish.number, found.edge, along_mm});
    }
    bool const into_sac = Pericardium::holds(vessels_.edges[std::size_t(found.edge)]);
    if (into_sac) pericardium_.find_places();
    stains_.perforate(wish.number, found.edge, along_mm, direction_of(wish.side), wish.hole_mm, into_sac);
    return {};
}

std::string BloodStream::dissect(DissectVessel const& wish)
{
    Found const found = find("Dissection", wish.vessel, false);
    if (found.edge < 0) return found.problem;
    stains_.dissect(wish.number, found.edge, wish.from * found.length_mm, wish.to * found.length_mm,
                    direction_of(wish.side), wish.depth_mm);
    // What bulges inward the true lumen lacks.
    SetLumen lumen{first_tear_cause + wish.number, wish.vessel, wish.from, wish.to};
    if (wish.depth_mm > 0) {
        LumenEdge const& edge = vessels_.edges[std::size_t(found.edge)];
        double const width_mm = 2 * mean_radius_mm(edge, wish.from, wish.to);
        lumen.at_most_mm = std::max(least_true_lumen * width_mm, width_mm - wish.depth_mm);
    }
    return changes_.begin(lumen, found.edge);
}

std::string BloodStream::inject_air(InjectAir const& wish)
{
    Found const found = find("Air", wish.vessel, false);
    if (found.edge < 0) return found.problem;
    stains_.let_in_air(found.edge, wish.along * found.length_mm, wish.volume_ml);
    return {};
}

std::string BloodStream::set_lumen(SetLumen const& wish)
{
    Found const found = find("Lumen", wish.vessel, false);
    return found.edge < 0 ? found.problem : changes_.begin(wish, found.edge);
}

std::string BloodStream::place_tip(PlacePressureTip const& wish)
{
    int edge = -1;
    if (!wish.vessel.empty()) {
        Found const found = find("Pressure", wish.vessel, true);
        if (found.edge < 0) return found.problem;
        edge = found.edge;
    }
    tip_edge_ = edge;
    tip_share_ = wish.along;
    tip_blocked_ = wish.blocked;
    return {};
}

std::optional<double> BloodStream::tip_mmhg() const
{
    if (tip_edge_ < 0) return {};
    for (int c = 0; c < chamber_count; ++c)
        if (std::ranges::count(circulation_.chamber_edges(Chamber(c)), tip_edge_))
            return circulation_.chamber_mmhg()[std::size_t(c)];
    LumenEdge const& edge = vessels_.edges[std::size_t(tip_edge_)];
    auto const& mmhg = circulation_.pressure_mmhg();
    return std::lerp(mmhg[std::size_t(edge.from)], mmhg[std::size_t(edge.to)], tip_share_);
}

/// What holes lose, the circulation and the medium in it lose there.
void BloodStream::leak()
{
    for (Hole& hole : holes_) {
        int const source = first_leak_source + hole.number;
        double const ml_s = -stains_.leak_ml_s(hole.number);
        circulation_.inject(source, hole.edge, hole.along_mm, ml_s);
        contrast_.inject(source, hole.edge, hole.along_mm, ml_s);
        double const medium_ml = contrast_.drawn_ml(source);
        stains_.bring_medium(hole.number, medium_ml - hole.medium_ml);
        hole.medium_ml = medium_ml;
    }
}

/// Bubbles that are stuck hold up the blood until they are absorbed.
void BloodStream::plug()
{
    auto now = stains_.plugs();
    for (LocalStains::Plug const& before : plugs_)
        if (std::ranges::none_of(now, [&](auto const& plug) { return plug.number == before.number; }))
            circulation_.narrow(first_bubble_cause + before.number, before.edge, 0, 0, -1);
    for (LocalStains::Plug const& plug : now)
        circulation_.narrow(first_bubble_cause + plug.number, plug.edge, plug.from_mm, plug.to_mm, 0);
    plugs_ = std::move(now);
}

double BloodStream::pericardial_mmhg() const
{
    double const ml = stains_.in_cavity_ml();
    return ml > 0 ? Pericardium::pressure_mmhg(std::max(0.0, ml + heart_ml() - usual_heart_ml_)) : 0;
}

double BloodStream::heart_ml() const
{
    auto const ml = circulation_.chamber_ml();
    return std::accumulate(ml.begin(), ml.end(), 0.0);
}

void BloodStream::advance(double dt_s, int steps, Heartbeat& heart, Vec3 const& down)
{
    double const rate_ml_s = injector_.is_running() ? injector_.advance(dt_s) : 0;
    if (edge_ >= 0) {
        // What stood in the catheter goes first: blood, or the saline that it was flushed with.
        double const pushed_ml = rate_ml_s * dt_s, medium_ml = injector_.delivered_ml() - lead_ml_;
        double const medium = pushed_ml > 0 ? std::clamp(medium_ml / pushed_ml, 0.0, 1.0) : 1;
        circulation_.inject(injection_source, edge_, along_mm_, rate_ml_s);
        contrast_.inject(injection_source, edge_, along_mm_, rate_ml_s, medium);
    }
    contrast_.pull(down, medium_g_cm3_);
    changes_.advance(dt_s, circulation_, contrast_);
    leak();
    if (stains_.air_ml() > 0 || !plugs_.empty()) plug();
    constexpr double mean_of_s = 3; // some beats
    if (usual_heart_ml_ <= 0)
        usual_heart_ml_ = heart_ml();
    else if (stains_.in_cavity_ml() <= 0)
        usual_heart_ml_ += dt_s / mean_of_s * (heart_ml() - usual_heart_ml_);
    circulation_.press_on_heart(pericardial_mmhg());
    for (int step = 0; step < steps; ++step) {
        circulation_.advance(dt_s / steps, heart.advance(dt_s / steps));
        contrast_.advance(dt_s / steps, circulation_);
    }
    stains_.advance(dt_s,
                    {circulation_.flow_in_ml_s(), circulation_.pressure_mmhg(), contrast_.share(), pericardial_mmhg()});
}

void BloodStream::add_contents(std::vector<Content>& contents) const
{
    Mixture const medium = iodine_solution(iodine_mg_ml_);
    if (!contrast_.is_empty()) {
        std::span<float const> share = contrast_.share();
        std::vector<float> beside_air;
        if (stains_.air_ml() > 0) {
            beside_air.assign(share.begin(), share.end());
            stains_.clear_of_air(beside_air);
            share = beside_air;
        }
        contents.push_back(
            picture_.contents(share, contrast_.bed_share(), contrast_.chamber_ml(), medium, room(), contrast_.lean()));
    }
    for (auto& content : stains_.contents(medium)) contents.push_back(std::move(content));
    if (double const ml = stains_.in_cavity_ml(); ml > 0)
        pericardium_.add_contents(ml, stains_.in_cavity_medium_ml() / ml, medium, contents);
}

} // namespace fluoro
