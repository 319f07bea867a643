#include "instruments_impl.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/clock.hpp>
#include <fluoro/core/error.hpp>

namespace fluoro {
namespace {

constexpr double tick_s = 1.0 / ticks_per_second;
/// A tip that presses so hard on the wall of a ventricle starts a premature beat, at most so often. Typical.
constexpr double provoking_n = 0.02, between_touches_s = 0.7;
constexpr double between_pressures_s = 0.25;
constexpr int between_lookups = ticks_per_second / 10;
/// A tip closes a vessel from this share of its diameter on.
constexpr double closing_share = 0.75;

/// An edge of the side of the circulation that a tool in a vein, or in an artery, can come into.
bool belongs(LumenEdge const& edge, bool in_veins)
{
    if (edge.wall == WallClass::chamber) return edge.name.starts_with("right") == in_veins;
    bool const is_pulmonary = edge.name.find("pulmonary") != std::string::npos;
    return is_pulmonary ? in_veins && edge.wall != WallClass::vein : (edge.wall == WallClass::vein) == in_veins;
}

bool gives_pressure(ToolKind kind)
{
    return kind == ToolKind::catheter || kind == ToolKind::guide;
}

} // namespace

VesselWork::VesselWork(std::shared_ptr<Patient const> patient, std::uint64_t seed)
    : patient_{std::move(patient)}, seed_{seed}
{
}

/// Walls of the vessels that hold this place: arteries with the left heart, or veins with the right.
std::shared_ptr<VesselWall> VesselWork::wall_of(Vec3 const& access_mm)
{
    LumenGraph const& all = patient_->lumens.vessels;
    LumenPlace const place = nearest_place(all, access_mm);
    bool const is_vein = all.edges[std::size_t(place.edge)].wall == WallClass::vein;
    auto& wall = is_vein ? veins_ : arteries_;
    if (wall) return wall;
    LumenGraph side = all;
    std::erase_if(side.edges, [&](LumenEdge const& edge) { return !belongs(edge, is_vein); });
    wall = std::make_shared<VesselWall>(side, *patient_);
    return wall;
}

std::pair<VesselWork::Way const*, int> VesselWork::find(std::string const& name) const
{
    for (auto const& [access, way] : ways_)
        for (std::size_t n = 0; n < way.held.size(); ++n)
            if (way.held[n].tool->name == name) return {&way, int(n)};
    return {nullptr, -1};
}
std::pair<VesselWork::Way*, int> VesselWork::find(std::string const& name)
{
    auto const [way, n] = std::as_const(*this).find(name);
    return {const_cast<Way*>(way), n};
}

std::string VesselWork::take(std::shared_ptr<Tool const> tool, std::string const& access)
{
    if (tool->kind == ToolKind::needle || tool->kind == ToolKind::bone_needle || tool->kind == ToolKind::paddle)
        return tool->title + " does not go along a vessel";
    if (find(tool->name).first) return tool->title + " is in use already";
    auto way = ways_.find(access); // also one that a needle has made
    if (way == ways_.end()) {
        Access const at = find_access(patient_->lumens, access);
        way = ways_.try_emplace(access, at, wall_of(at.at_mm)).first;
    }
    if (auto refusal = way->second.tools.add(tool); !refusal.empty()) return refusal;
    VesselTool held;
    held.tool = tool;
    held.access = access;
    held.motion.tool = tool->name;
    held.has_stent = tool->stent.has_value();
    if (tool->balloon) held.balloon.emplace(*tool->balloon, seed_ + way->second.held.size());
    way->second.held.push_back(std::move(held));
    return {};
}

std::string VesselWork::put_away(std::string const& name)
{
    auto const [way, n] = find(name);
    if (!way) return "No tool " + name + " is in use";
    if (auto refusal = way->tools.take_out(n); !refusal.empty()) return refusal;
    way->held.erase(way->held.begin() + n);
    return {};
}

std::string VesselWork::move(MoveTool const& order)
{
    auto const [way, n] = find(order.tool);
    if (!way) return "No tool " + order.tool + " is in use: take it first";
    way->held[std::size_t(n)].motion = order;
    return {};
}

std::string VesselWork::inflate(InflateBalloon const& order)
{
    auto const [way, n] = find(order.tool);
    if (!way) return "No tool " + order.tool + " is in use: take it first";
    VesselTool& held = way->held[std::size_t(n)];
    if (!held.balloon) return held.tool->title + " has no balloon";
    if (held.balloon->has_burst() && order.atm > 0) return "The balloon has burst: take another";
    held.wanted_atm = order.atm;
    return {};
}

void VesselWork::advance(Body const* body, std::vector<BodyOrder>& effects)
{
    if (ways_.empty()) return;
    auto const displacement = body ? body->displacement() : nullptr;
    for (auto const& wall : {arteries_, veins_})
        if (wall) wall->stand(displacement, tick_s);
    since_touch_s_ += tick_s;
    since_pressure_s_ += tick_s;
    for (auto& [access, way] : ways_) {
        for (std::size_t n = 0; n < way.held.size(); ++n) {
            MoveTool& motion = way.held[n].motion;
            ToolState const& state = way.tools.state(int(n));
            auto const towards = [](double& speed, double left) {
                if (left * speed <= 0) speed = 0;
                return std::clamp(speed, -std::abs(left) / tick_s, std::abs(left) / tick_s);
            };
            double push = motion.push_mm_s, turn = motion.turn_rad_s;
            if (motion.until_mm) push = towards(motion.push_mm_s, *motion.until_mm - state.inserted_mm);
            if (motion.until_rad) turn = towards(motion.turn_rad_s, *motion.until_rad - state.turned_rad);
            way.tools.hold(int(n), push, turn);
        }
        way.tools.advance(*way.wall, tick_s);
        for (std::size_t n = 0; n < way.held.size(); ++n)
            if (way.held[n].balloon) work_balloon(way, int(n), effects);
        auto const breaches = way.tools.breaches();
        for (; way.breaches < breaches.size(); ++way.breaches) {
            WallBreach const& breach = breaches[way.breaches];
            Vec3 const rest = way.wall->rest_of(breach.at_mm);
            LumenPlace const place = nearest_place(patient_->lumens.vessels, rest);
            if (place.edge < 0 || next_hole_ >= body_causes) continue;
            LumenEdge const& edge = patient_->lumens.vessels.edges[std::size_t(place.edge)];
            if (breach.what == WallBreach::What::perforation) {
                PerforateVessel hole;
                hole.number = ++next_hole_;
                hole.vessel = edge.name;
                hole.along = place.along;
                hole.hole_mm = way.held[std::size_t(breach.tool)].tool->section_at(0).outer_mm;
                effects.emplace_back(hole);
            } else {
                DissectVessel tear;
                tear.number = ++next_hole_;
                tear.vessel = edge.name;
                double const half = std::min(0.5, 4 / std::max(1.0, edge.length_mm()));
                tear.from = std::clamp(place.along - half, 0.0, 0.9);
                tear.to = std::clamp(place.along + half, tear.from + 0.05, 1.0);
                effects.emplace_back(tear);
            }
        }
    }
    touch(body, effects);
    // The whole graph is searched: not in every tick.
    if (ticks_++ % between_lookups != 0) return;
    for (auto& [access, way] : ways_)
        for (std::size_t n = 0; n < way.held.size(); ++n)
            if (way.tools.state(int(n)).inserted_mm > 0)
                way.held[n].tip = nearest_place(patient_->lumens.vessels, way.wall->rest_of(tip_of(way, int(n))));
}

Vec3 VesselWork::tip_of(Way const& way, int tool) const
{
    auto const along = way.tools.along_mm();
    if (along.empty()) return {};
    double const at = std::clamp(way.tools.state(tool).inserted_mm, along.front(), along.back());
    auto const points = curve_between(way.tools.line(), along, std::max(along.front(), at - 0.5), at);
    return points.empty() ? way.tools.line().front().at_mm : points.back();
}

/// What the tips do to the heart, and what the line on a catheter's hub shows.
void VesselWork::touch(Body const* body, std::vector<BodyOrder>& effects)
{
    if (!body) return;
    LumenGraph const& graph = patient_->lumens.vessels;
    for (auto const& [access, way] : ways_)
        for (std::size_t n = 0; n < way.held.size(); ++n) {
            ToolState const& state = way.tools.state(int(n));
            if (state.inserted_mm <= 0) continue;
            bool const presses = state.tip_force_n > provoking_n && since_touch_s_ > between_touches_s;
            bool const reads = gives_pressure(way.held[n].tool->kind) && since_pressure_s_ > between_pressures_s;
            if (!presses && !reads) continue;
            LumenPlace const place = nearest_place(graph, way.wall->rest_of(tip_of(way, int(n))));
            if (place.edge < 0) continue;
            LumenEdge const& edge = graph.edges[std::size_t(place.edge)];
            if (presses && edge.name.ends_with("ventricle")) {
                effects.emplace_back(TouchHeart{1});
                since_touch_s_ = 0;
            }
            if (!reads) continue;
            since_pressure_s_ = 0;
            double const radius =
                edge.radii_mm[std::size_t(std::lround(place.along * double(edge.radii_mm.size() - 1)))];
            double const share = way.held[n].tool->section_at(0).outer_mm / (2 * radius);
            double const blocked = std::clamp((share - closing_share) / (1 - closing_share), 0.0, 1.0);
            effects.emplace_back(PlacePressureTip{edge.name, place.along, blocked});
        }
}

std::string VesselWork::aim_injection(std::string const& name, Inject& injection) const
{
    auto const [way, n] = find(name);
    if (!way) return "No tool " + name + " is in use";
    VesselTool const& held = way->held[std::size_t(n)];
    if (held.tool->narrowest_inner_mm() <= 0) return held.tool->title + " is not hollow";
    for (VesselTool const& other : way->held)
        if (other.tool->kind == ToolKind::wire && other.tool->widest_mm() > 0.6 * held.tool->narrowest_inner_mm() &&
            way->tools.state(int(&other - way->held.data())).inserted_mm > 0)
            return "The " + other.tool->title + " is still in it: draw it out first";
    LumenPlace const place = nearest_place(patient_->lumens.vessels, way->wall->rest_of(tip_of(*way, n)));
    if (place.edge < 0 || way->tools.state(n).inserted_mm <= 0) return held.tool->title + " is in no vessel";
    injection.vessel = patient_->lumens.vessels.edges[std::size_t(place.edge)].name;
    injection.along = place.along;
    injection.catheter_inner_mm = held.tool->narrowest_inner_mm();
    injection.catheter_length_mm = held.tool->length_mm();
    return {};
}

void VesselWork::tell(std::vector<ToolStatus>& tools) const
{
    for (auto const& [access, way] : ways_)
        for (std::size_t n = 0; n < way.held.size(); ++n) {
            VesselTool const& held = way.held[n];
            ToolStatus status{
                held.tool->name, held.tool->title, held.tool->kind, access, way.tools.state(int(n)), {}, {}, 0,
                false,           held.has_stent};
            if (held.balloon) {
                status.pressure_atm = held.balloon->pressure_atm();
                status.has_burst = held.balloon->has_burst();
            }
            if (status.state.inserted_mm > 0) {
                status.tip = held.tip;
                if (status.tip.edge >= 0)
                    status.tip_vessel = patient_->lumens.vessels.edges[std::size_t(status.tip.edge)].name;
            }
            tools.push_back(std::move(status));
        }
}

std::uint64_t VesselWork::state_hash() const
{
    std::uint64_t hash = 11;
    for (auto const& [access, way] : ways_) {
        hash = hash * 31 + way.tools.state_hash();
        for (VesselTool const& held : way.held)
            if (held.balloon)
                for (double const d : held.balloon->diameters_mm()) hash = mixed(hash, d);
    }
    for (PlacedStent const& stent : stents_)
        for (double const d : stent.diameters_mm) hash = mixed(hash, d);
    return hash;
}

} // namespace fluoro
