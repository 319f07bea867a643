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

/// The vessels that a tool can come into from there: arteries with the left heart, or veins with the right.
LumenGraph VesselWork::side_of(Vec3 const& access_mm) const
{
    LumenGraph side = patient_->lumens.vessels;
    LumenPlace const place = nearest_place(side, access_mm);
    bool const is_vein = side.edges[std::size_t(place.edge)].wall == WallClass::vein;
    std::erase_if(side.edges, [&](LumenEdge const& edge) { return !belongs(edge, is_vein); });
    return side;
}

std::shared_ptr<VesselWall> VesselWork::wall_of(Vec3 const& access_mm, LumenGraph const& side)
{
    LumenGraph const& all = patient_->lumens.vessels;
    bool const is_vein = all.edges[std::size_t(nearest_place(all, access_mm).edge)].wall == WallClass::vein;
    auto& wall = is_vein ? veins_ : arteries_;
    if (!wall) wall = std::make_shared<VesselWall>(side, *patient_);
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

std::string VesselWork::take(std::shared_ptr<Tool const> tool, TakeTool const& order)
{
    std::string const& access = order.access;
    if (tool->kind == ToolKind::needle || tool->kind == ToolKind::bone_needle || tool->kind == ToolKind::paddle)
        return tool->title + " does not go along a vessel";
    if (find(tool->name).first) return tool->title + " is in use already";
    auto way = ways_.find(access); // also one that a needle has made
    if (way == ways_.end()) {
        Access const at = find_access(patient_->lumens, access);
        LumenGraph const side = side_of(at.at_mm);
        way = ways_.try_emplace(access, at, side, wall_of(at.at_mm, side)).first;
    }
    if (auto refusal = way->second.tools.add(tool); !refusal.empty()) return refusal;
    VesselTool held;
    held.tool = tool;
    held.access = access;
    held.motion.tool = tool->name;
    held.has_stent = tool->stent.has_value();
    if (!order.is_flushed) held.air_ml = lumen_ml(*tool);
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
    VesselTool& held = way->held[std::size_t(n)];
    for (auto const see : {&VesselWork::watch, &VesselWork::aim, &VesselWork::follow_markers})
        if (auto refusal = (this->*see)(*way, held, order); !refusal.empty()) return refusal;
    held.motion = order;
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

void VesselWork::advance(Body const* body, std::vector<BodyOrder>& effects, StageClock* clock)
{
    if (ways_.empty()) return;
    for (auto const& wall : {arteries_, veins_})
        if (wall && body)
            wall->stand(body->motion(), body->pose(), tick_s);
        else if (wall)
            wall->stand(nullptr, tick_s);
    lap(clock, ToolStage::tissue);
    pose_before_.reset();
    if (body) pose_before_ = body->pose();
    since_touch_s_ += tick_s;
    since_pressure_s_ += tick_s;
    for (auto& [access, way] : ways_) {
        for (std::size_t n = 0; n < way.held.size(); ++n) {
            std::optional<MoveTool> instead = watched(way, int(n));
            if (!instead) instead = held_by_markers(way, int(n));
            MoveTool& motion = instead ? *instead : way.held[n].motion;
            ToolState const& state = way.tools.state(int(n));
            auto const towards = [](double& speed, double left) {
                if (left * speed <= 0) speed = 0;
                return std::clamp(speed, -std::abs(left) / tick_s, std::abs(left) / tick_s);
            };
            double push = motion.push_mm_s, turn = motion.turn_rad_s;
            if (motion.until_mm) push = towards(motion.push_mm_s, *motion.until_mm - state.inserted_mm);
            if (motion.until_rad) turn = towards(motion.turn_rad_s, *motion.until_rad - state.turned_rad);
            if (!instead)
                if (auto const aimed = aimed_rad_s(way, int(n))) turn = *aimed;
            way.tools.hold(int(n), push, turn);
        }
        // Into the room that they have already: nothing is allocated in a tick.
        way.line_before.assign(way.tools.line().begin(), way.tools.line().end());
        way.along_before.assign(way.tools.along_mm().begin(), way.tools.along_mm().end());
        for (std::size_t n = 0; n < way.held.size(); ++n)
            way.held[n].inserted_before_mm = way.tools.state(int(n)).inserted_mm;
        lap(clock, ToolStage::hands);
        way.tools.advance(way.tight, tick_s, clock);
        for (std::size_t n = 0; n < way.held.size(); ++n)
            if (way.held[n].balloon) {
                drag_stent(way, int(n));
                work_balloon(way, int(n), effects);
            }
        auto const breaches = way.tools.breaches();
        for (; way.breaches < breaches.size(); ++way.breaches) {
            WallBreach const& breach = breaches[way.breaches];
            Vec3 const rest = way.wall->rest_of(breach.at_mm);
            LumenPlace const place = nearest_place(patient_->lumens.vessels, rest);
            if (place.edge < 0 || next_hole_ >= body_causes) continue;
            LumenEdge const& edge = patient_->lumens.vessels.edges[std::size_t(place.edge)];
            bool const is_hole = breach.what == WallBreach::What::perforation;
            breaches_.push_back({is_hole ? "perforation" : "dissection", way.held[std::size_t(breach.tool)].tool->name,
                                 edge.name, rest, breach.force_n});
            if (is_hole) {
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
        lap(clock, ToolStage::effects);
    }
    touch(body, effects);
    fill_lumen(body);
    effects.insert(effects.end(), next_effects_.begin(), next_effects_.end());
    next_effects_.clear();
    // The whole graph is searched: not in every tick.
    if (ticks_++ % between_lookups != 0) return;
    for (auto& [access, way] : ways_)
        for (std::size_t n = 0; n < way.held.size(); ++n)
            if (way.tools.state(int(n)).inserted_mm > 0) {
                VesselTool& held = way.held[n];
                Vec3 const tip = tip_of(way, int(n));
                held.tip = nearest_place(patient_->lumens.vessels, way.wall->rest_of(tip));
                WallTouch const touch = way.wall->touch(tip);
                bool const is_near = touch.depth_mm > -2 * held.tool->section_at(0).outer_mm;
                held.wall_stands_n = is_near ? touch.strength_n_mm * held.tool->section_at(0).outer_mm : 0;
            }
}

Vec3 VesselWork::tip_of(Way const& way, int tool) const
{
    auto const along = way.tools.along_mm();
    if (along.size() < 2) return way.tools.line().empty() ? Vec3{0} : way.tools.line().front().at_mm;
    return point_on(way.tools.line(), along, way.tools.state(tool).inserted_mm);
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

void VesselWork::tell(InstrumentStatus& told) const
{
    told.breaches = breaches_;
    for (auto const& [access, way] : ways_)
        for (std::size_t n = 0; n < way.held.size(); ++n) {
            VesselTool const& held = way.held[n];
            ToolStatus status;
            status.name = held.tool->name;
            status.title = held.tool->title;
            status.kind = held.tool->kind;
            status.access = access;
            status.state = way.tools.state(int(n));
            status.has_stent = held.has_stent;
            status.medium_ml = held.medium_ml;
            status.air_ml = held.air_ml;
            status.tip_mm = status.tip_rest_mm = way.access_mm;
            if (held.balloon) {
                status.pressure_atm = held.balloon->pressure_atm();
                status.has_burst = held.balloon->has_burst();
                status.wanted_atm = held.wanted_atm;
                auto const [least, most] = std::ranges::minmax(held.balloon->diameters_mm());
                status.balloon_least_mm = least;
                status.balloon_most_mm = most;
                status.balloon_ml = held.balloon->volume_ml();
            }
            if (status.state.inserted_mm > 0) {
                status.tip_mm = tip_of(way, int(n));
                status.tip_rest_mm = way.wall->rest_of(status.tip_mm);
                status.wall_stands_n = held.wall_stands_n;
                status.tip = held.tip;
                if (status.tip.edge >= 0)
                    status.tip_vessel = patient_->lumens.vessels.edges[std::size_t(status.tip.edge)].name;
            }
            told.tools.push_back(std::move(status));
        }
    for (PlacedStent const& stent : stents_) told.stents.push_back(stent.status);
}

int VesselWork::segments() const
{
    std::size_t sum = 0;
    for (auto const& [access, way] : ways_)
        if (auto const line = way.tools.line(); !line.empty()) sum += line.size() - 1;
    return int(sum);
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
