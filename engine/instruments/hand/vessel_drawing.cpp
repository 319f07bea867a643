#include "instruments_impl.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace fluoro {
namespace {

/// Balloons are filled with medium thinned by half.
constexpr double balloon_mg_ml = 150;
/// The folded balloon's own wall is too thin to be seen.
constexpr double least_open_mm = 0.15;

/// `moved`: of the axis over the last tick; its wires go with its nearest place.
void draw_stent(StentForm const& form, std::vector<Vec3> const& axis, std::span<double const> diameters,
                std::vector<Vec3> const& moved, std::vector<ToolStretch>& stretches)
{
    StentShape const shape = stent_shape(form, axis, diameters);
    for (auto const& wire : shape.wires) {
        ToolStretch stretch{wire, std::vector<double>(wire.size(), shape.wire_mm), 0, form.content};
        for (Vec3 const& p : wire) {
            if (moved.empty()) break;
            auto const nearest = std::ranges::min_element(axis, {}, [&](Vec3 const& a) { return glm::length(a - p); });
            stretch.moved_mm.push_back(moved[std::size_t(nearest - axis.begin())]);
        }
        stretches.push_back(std::move(stretch));
    }
}

/// How far from its hub medium has come in a tool's lumen [mm].
double reached_mm(Tool const& tool, double medium_ml)
{
    double reached = 0;
    for (ToolSection const& section : tool.sections) {
        double const ml = std::numbers::pi / 4 * section.inner_mm * section.inner_mm * section.length_mm / 1000;
        if (ml >= medium_ml) return reached + (ml > 0 ? medium_ml / ml * section.length_mm : 0);
        medium_ml -= ml;
        reached += section.length_mm;
    }
    return reached;
}

} // namespace

/// The medium in a tool's lumen, round the tools that lie in it.
void VesselWork::draw_lumen(Way const& way, int tool, std::vector<ToolStretch>& stretches) const
{
    VesselTool const& held = way.held[std::size_t(tool)];
    double const inserted = way.tools.state(tool).inserted_mm, inside = held.tool->narrowest_inner_mm();
    double const front = inserted - held.tool->length_mm() + reached_mm(*held.tool, held.medium_ml);
    if (held.medium_ml <= 0 || front <= 0) return;
    double from = 0;
    std::vector<std::pair<double, double>> inner; // how deep tools inside it come, and how wide they are
    for (std::size_t n = 0; n < way.held.size(); ++n)
        if (double const wide = way.held[n].tool->widest_mm(); wide < inside)
            inner.emplace_back(std::min(way.tools.state(int(n)).inserted_mm, front), wide);
    std::ranges::sort(inner);
    inner.emplace_back(front, 0.0);
    for (std::size_t n = 0; n < inner.size(); ++n) {
        double hollow = 0;
        for (std::size_t m = n; m < inner.size(); ++m) hollow = std::max(hollow, inner[m].second);
        if (inner[n].first - from < 0.5) continue;
        auto points = curve_between(way.tools.line(), way.tools.along_mm(), from, inner[n].first);
        std::vector<double> const widths(points.size(), inside);
        stretches.push_back({std::move(points), widths, hollow, held.medium});
        from = inner[n].first;
    }
}

std::optional<LineBefore> VesselWork::before(Way const& way, VesselTool const& held)
{
    if (!held.inserted_before_mm || way.line_before.size() < 2) return {};
    return LineBefore{way.line_before, way.along_before, *held.inserted_before_mm};
}

/// How far a balloon's stations have come over the last tick; empty = they were not there.
std::vector<Vec3> VesselWork::moved_stations(Way const& way, int tool, std::vector<Vec3> const& now) const
{
    VesselTool const& held = way.held[std::size_t(tool)];
    auto const old = before(way, held);
    std::vector<Vec3> moved;
    if (!old) return moved;
    BalloonForm const& form = *held.tool->balloon;
    double const near = old->inserted_mm - form.to_tip_mm - form.length_mm;
    for (int n = 0; n < Balloon::stations; ++n)
        moved.push_back(now[std::size_t(n)] -
                        point_on(old->line, old->along_mm, near + (n + 0.5) / Balloon::stations * form.length_mm));
    return moved;
}

void VesselWork::draw(Body const* body, std::vector<ToolStretch>& stretches) const
{
    for (auto const& [access, way] : ways_) {
        for (std::size_t n = 0; n < way.held.size(); ++n) {
            VesselTool const& held = way.held[n];
            auto all = stretches_of(*held.tool, way.tools.state(int(n)).inserted_mm, way.tools.line(),
                                    way.tools.along_mm(), before(way, held));
            stretches.insert(stretches.end(), std::make_move_iterator(all.begin()), std::make_move_iterator(all.end()));
            draw_lumen(way, int(n), stretches);
            if (!held.balloon) continue;
            auto const points = stations_of(way, int(n));
            if (points.empty()) continue;
            auto const moved = moved_stations(way, int(n), points);
            auto const widths = held.balloon->diameters_mm();
            BalloonForm const& form = held.balloon->form();
            if (*std::max_element(widths.begin(), widths.end()) > form.folded_mm + least_open_mm) {
                ToolStretch filled{points, {widths.begin(), widths.end()}, 0, iodine_solution(balloon_mg_ml)};
                // Round shoulders: half as wide half a station out.
                Vec3 const before = points[0] + 0.5 * (points[0] - points[1]),
                           after = points.back() + 0.5 * (points.back() - points[points.size() - 2]);
                filled.points_mm.insert(filled.points_mm.begin(), before);
                filled.points_mm.push_back(after);
                filled.outer_mm.insert(filled.outer_mm.begin(), 0.5 * widths.front());
                filled.outer_mm.push_back(0.5 * widths.back());
                if (!moved.empty()) {
                    filled.moved_mm = moved;
                    filled.moved_mm.insert(filled.moved_mm.begin(), moved.front());
                    filled.moved_mm.push_back(moved.back());
                }
                stretches.push_back(std::move(filled));
            }
            if (held.tool->stent && !held.is_stent_placed)
                draw_stent(*held.tool->stent, points, widths, moved, stretches);
        }
    }
    for (PlacedStent const& stent : stents_) {
        std::vector<Vec3> axis = stent.points, moved;
        if (body)
            for (Vec3& p : axis) {
                Vec3 const rest = p;
                p = body->motion().moved(rest, body->pose());
                if (pose_before_) moved.push_back(p - body->motion().moved(rest, *pose_before_));
            }
        draw_stent(stent.form, axis, stent.diameters_mm, moved, stretches);
    }
}

} // namespace fluoro
