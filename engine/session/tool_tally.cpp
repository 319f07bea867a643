#include "tool_tally.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {
namespace {

/// To the thousandth of a unit, a tenth of that for forces: lines stay short.
double milli(double value)
{
    return std::round(value * 1e3) / 1e3;
}
double fine(double value)
{
    return std::round(value * 1e4) / 1e4;
}

} // namespace

void ToolTally::add(InstrumentStatus const& status)
{
    status_ = status;
    for (ToolStatus const& tool : status.tools) {
        Peaks& peaks = peaks_[tool.name];
        peaks.push_n = std::max(peaks.push_n, std::abs(tool.state.push_n));
        peaks.torque_n_mm = std::max(peaks.torque_n_mm, std::abs(tool.state.torque_n_mm));
        peaks.tip_force_n = std::max(peaks.tip_force_n, std::abs(tool.state.tip_force_n));
    }
    for (NeedleStatus const& needle : status.needles) {
        Peaks& peaks = peaks_[needle.name];
        peaks.push_n = std::max(peaks.push_n, std::abs(needle.force_n));
    }
}

ToolsEntry ToolTally::take(Tick tick, int pulse)
{
    ToolsEntry entry;
    entry.tick = tick;
    entry.pulse = pulse;
    for (ToolStatus const& tool : status_.tools) {
        Peaks const& peaks = peaks_[tool.name];
        ToolEntry& e = entry.tools.emplace_back();
        e.name = tool.name;
        e.access = tool.access;
        e.vessel = tool.tip_vessel;
        e.inserted_mm = milli(tool.state.inserted_mm);
        e.turned_deg = milli(degrees(tool.state.turned_rad));
        e.tip_x_mm = milli(tool.tip_rest_mm.x);
        e.tip_y_mm = milli(tool.tip_rest_mm.y);
        e.tip_z_mm = milli(tool.tip_rest_mm.z);
        e.push_n = fine(tool.state.push_n);
        e.torque_n_mm = fine(tool.state.torque_n_mm);
        e.tip_force_n = fine(tool.state.tip_force_n);
        e.peak_push_n = fine(peaks.push_n);
        e.peak_torque_n_mm = fine(peaks.torque_n_mm);
        e.peak_tip_force_n = fine(peaks.tip_force_n);
        e.balloon_atm = milli(tool.pressure_atm);
        e.balloon_mm = milli(tool.balloon_most_mm);
    }
    for (NeedleStatus const& needle : status_.needles) {
        NeedleEntry& e = entry.needles.emplace_back();
        e.name = needle.name;
        e.tissue = name_of(needle.tissue);
        e.depth_mm = milli(needle.depth_mm);
        e.tip_x_mm = milli(needle.tip_mm.x);
        e.tip_y_mm = milli(needle.tip_mm.y);
        e.tip_z_mm = milli(needle.tip_mm.z);
        e.force_n = fine(needle.force_n);
        e.peak_force_n = fine(peaks_[needle.name].push_n);
        e.has_blood_return = needle.blood != BloodReturn::none;
    }
    if (status_.cement) {
        entry.cement_level = status_.cement->level;
        entry.cement_ml = milli(status_.cement->total_ml);
        double leaked = 0;
        for (int place = 0; place < cement_places; ++place)
            if (is_leak(CementPlace(place))) leaked += status_.cement->ml[std::size_t(place)];
        entry.cement_leaked_ml = milli(leaked);
    }
    peaks_.clear();
    return entry;
}

std::vector<BreachEntry> ToolTally::take_breaches(Tick tick)
{
    std::vector<BreachEntry> entries;
    auto const& all = status_.breaches;
    for (; told_breaches_ < all.size(); ++told_breaches_) {
        BreachStatus const& b = all[told_breaches_];
        entries.push_back(
            {tick, b.what, b.tool, b.vessel, milli(b.at_mm.x), milli(b.at_mm.y), milli(b.at_mm.z), fine(b.force_n)});
    }
    return entries;
}

} // namespace fluoro
