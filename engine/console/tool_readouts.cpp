#include <algorithm>
#include <cctype>
#include <cmath>
#include <fluoro/console/readouts.hpp>
#include <fluoro/console/tool_readouts.hpp>

namespace fluoro {
namespace {

constexpr double near_share = 0.5; ///< of what the wall stands
constexpr double watched_s = 1.5;
/// A hub that went in by so much while the tip covered less than this share of it.
constexpr double pushed_mm = 8, followed_share = 0.25;
/// Leaks below this are the voxels' own rounding [mL].
constexpr double least_leak_ml = 0.02;

std::string signed_text(double value, int decimals)
{
    std::string text = fixed_text(value, decimals);
    return text.find_first_not_of("-0.") == std::string::npos && text.starts_with('-') ? text.substr(1) : text;
}

std::string in_capitals(std::string text)
{
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return char(std::toupper(c)); });
    return text;
}

} // namespace

void TipWatch::follow(InstrumentStatus const& status, double now_s)
{
    std::erase_if(samples_, [&](auto const& entry) {
        return std::ranges::find(status.tools, entry.first, &ToolStatus::name) == status.tools.end();
    });
    for (ToolStatus const& tool : status.tools) {
        auto& samples = samples_[tool.name];
        if (!samples.empty() && now_s <= samples.back().at_s) continue;
        samples.push_back({now_s, tool.state.inserted_mm, tool.tip_rest_mm});
        std::erase_if(samples, [&](Sample const& s) { return now_s - s.at_s > watched_s; });
    }
}

bool TipWatch::is_buckling(std::string const& tool) const
{
    auto const found = samples_.find(tool);
    if (found == samples_.end() || found->second.size() < 2) return false;
    Sample const &first = found->second.front(), &last = found->second.back();
    double const pushed = last.inserted_mm - first.inserted_mm;
    return pushed > pushed_mm && first.inserted_mm > 0 &&
           glm::length(last.tip_mm - first.tip_mm) < followed_share * pushed;
}

HandReadout hand_readout(InstrumentStatus const& status, std::string const& name, TipWatch const& watch)
{
    HandReadout shown;
    auto const warn = [&](std::string text) {
        shown.remark = std::move(text);
        shown.is_warning = true;
    };
    for (ToolStatus const& tool : status.tools) {
        if (tool.name != name) continue;
        shown.title = tool.title;
        shown.depth = fixed_text(tool.state.inserted_mm, 0) + " mm";
        shown.turn = signed_text(degrees(tool.state.turned_rad), 0) + "\xc2\xb0";
        shown.force = signed_text(tool.state.push_n, 2) + " N";
        shown.torque = signed_text(tool.state.torque_n_mm, 1) + " N mm";
        shown.place = tool.tip_vessel;
        shown.force_share = std::clamp(tool.state.push_n / full_bar_n, -1.0, 1.0);
        if (tool.wall_stands_n > 0) {
            double const share = tool.state.tip_force_n / tool.wall_stands_n;
            shown.strain = share >= 1 ? Strain::beyond : share >= near_share ? Strain::near : Strain::none;
        }
        bool const has_broken = std::ranges::any_of(status.breaches, [&](auto const& b) { return b.tool == name; });
        if (tool.has_burst)
            warn("BALLOON HAS BURST");
        else if (shown.strain == Strain::beyond)
            warn("WALL GIVES WAY");
        else if (has_broken)
            warn("WALL BREACHED");
        else if (watch.is_buckling(name))
            warn("TIP DOES NOT FOLLOW");
        else if (shown.strain == Strain::near)
            warn("tip presses on the wall");
    }
    for (NeedleStatus const& needle : status.needles) {
        if (needle.name != name) continue;
        shown.title = needle.title;
        shown.depth = fixed_text(needle.depth_mm, 1) + " mm";
        shown.force = signed_text(needle.force_n, 1) + " N";
        shown.place = name_of(needle.tissue);
        shown.force_share = std::clamp(needle.force_n / full_needle_bar_n, -1.0, 1.0);
        if (needle.breaches > 0)
            warn("WENT INTO: " + std::string{needle.last_breach});
        else if (needle.blood != BloodReturn::none)
            shown.remark = needle.blood == BloodReturn::bright ? "bright blood returns" : "dark blood returns";
    }
    return shown;
}

std::string balloon_text(ToolStatus const& tool)
{
    if (tool.kind != ToolKind::balloon && tool.kind != ToolKind::stent && tool.kind != ToolKind::bone_balloon)
        return {};
    std::string const least = fixed_text(tool.balloon_least_mm, 1), most = fixed_text(tool.balloon_most_mm, 1);
    return fixed_text(tool.pressure_atm, 1) + " atm, " + (least == most ? most : least + "-" + most) + " mm, " +
           fixed_text(tool.balloon_ml, 2) + " mL";
}

std::string cement_text(CementStatus const& cement)
{
    int const s = int(cement.age_s);
    return (cement.level.empty() ? "mixed" : cement.level) + ", " + std::to_string(s / 60) + " min " +
           std::to_string(s % 60) + " s, " + fixed_text(cement.viscosity_pa_s, 0) + " Pa s, " +
           fixed_text(cement.total_ml, 1) + " mL";
}

std::string leak_text(CementStatus const& cement)
{
    std::string text;
    for (int i = 0; i < cement_places; ++i) {
        auto const place = CementPlace(i);
        double const ml = cement.ml[std::size_t(i)];
        if (!is_leak(place) || ml < least_leak_ml) continue;
        text += (text.empty() ? "" : ", ") + std::string{name_of(place)} + " " + fixed_text(ml, 2) + " mL";
    }
    return text;
}

std::vector<std::string> breach_texts(InstrumentStatus const& status)
{
    std::vector<std::string> texts;
    for (BreachStatus const& breach : status.breaches) {
        std::string text = in_capitals(breach.what);
        if (!breach.vessel.empty()) text += " of " + breach.vessel;
        texts.push_back(text + " (" + breach.tool + ")");
    }
    return texts;
}

} // namespace fluoro
