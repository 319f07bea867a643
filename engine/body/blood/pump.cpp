#include "blood/pump.hpp"
#include <algorithm>
#include <cmath>

namespace fluoro {
namespace {

constexpr double least_resistance = 2e-3; // mmHg s/mL: friction in an open valve
constexpr double first_opening = 0.2;     // of the leaflets when they part
constexpr double opening_time_s = 0.015;  // typical 20-30 ms from first to full opening

} // namespace

Pump::Line Pump::line(double activation) const
{
    double const above = volume_ml - unstressed_ml;
    double passive = passive_slope * above, slope = passive_slope;
    if (passive_per_ml > 0) {
        double const grown = passive_mmhg * std::exp(passive_per_ml * above);
        passive = grown - passive_mmhg;
        slope = grown * passive_per_ml;
    }
    return {activation * strongest * above + (1 - activation) * passive,
            activation * strongest + (1 - activation) * slope};
}

void Valve::prepare(double dt_s)
{
    if (!is_open) {
        conductance = push = 0;
        return;
    }
    double const gap = std::max(opening, first_opening);
    double const resistance = (least_resistance + loss * std::abs(flow_ml_s)) / (gap * gap);
    double const mass = inertance / dt_s;
    conductance = 1 / (resistance + mass);
    push = conductance * mass * flow_ml_s;
}

void Valve::move(double dt_s)
{
    opening = is_open ? opening + (1 - opening) * (1 - std::exp(-dt_s / opening_time_s)) : 0;
}

} // namespace fluoro
