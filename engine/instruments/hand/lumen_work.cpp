// What stands in a catheter's lumen: blood, contrast medium, air.
#include "instruments_impl.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace fluoro {

namespace {

constexpr double least_air_ml = 0.001; ///< a bubble smaller than that is none

} // namespace

double lumen_ml(Tool const& tool)
{
    double ml = 0;
    for (ToolSection const& section : tool.sections)
        ml += std::numbers::pi / 4 * section.inner_mm * section.inner_mm * section.length_mm / 1000;
    return ml;
}

std::string VesselWork::aspirate(std::string const& name)
{
    auto const [way, n] = find(name);
    if (!way) return "No tool " + name + " is in use";
    VesselTool& held = way->held[std::size_t(n)];
    if (held.tool->narrowest_inner_mm() <= 0) return held.tool->title + " is not hollow";
    if (push_ && push_->tool == name) push_.reset();
    held.medium_ml = held.air_ml = 0;
    return {};
}

std::string VesselWork::aim_injection(std::string const& name, Inject& injection)
{
    auto const [way, n] = find(name);
    if (!way) return "No tool " + name + " is in use";
    VesselTool& held = way->held[std::size_t(n)];
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
    // What stands in the catheter goes first. Air of it that lies before the medium comes as a bubble.
    double const most_ml = lumen_ml(*held.tool);
    injection.lead_ml = std::max(0.0, most_ml - held.medium_ml);
    if (double const air = std::min(held.air_ml, injection.volume_ml); air >= least_air_ml)
        next_effects_.emplace_back(InjectAir{injection.vessel, injection.along, air});
    held.air_ml -= std::min(held.air_ml, injection.volume_ml);
    held.medium = iodine_solution(injection.iodine_mg_ml);
    push_ = PushThrough{name, held.medium_ml};
    return {};
}

/// The medium moves on as far as the syringe has pushed it, and stays.
void VesselWork::fill_lumen(Body const* body)
{
    if (!push_ || !body) return;
    auto const [way, n] = find(push_->tool);
    if (!way) {
        push_.reset();
        return;
    }
    VesselTool& held = way->held[std::size_t(n)];
    held.medium_ml = std::min(lumen_ml(*held.tool), push_->before_ml + body->status().injection_ml);
}

} // namespace fluoro
