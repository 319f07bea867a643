#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <fluoro/instruments/tool_picture.hpp>

namespace fluoro {
namespace {

constexpr double most_sagitta_mm = 0.02;
constexpr double least_length_mm = 1e-6;

/// A smooth curve through the places of a line, in their directions.
class Curve {
public:
    Curve(std::span<RodFrame const> line, std::span<double const> along_mm) : line_{line}, along_{along_mm} {}

    /// Points of the curve from `from` to `to` [mm along], both included.
    std::vector<Vec3> between(double from, double to, std::vector<double>* places = nullptr) const
    {
        std::vector<Vec3> points;
        auto const add = [&](std::size_t n, double s) {
            points.push_back(at(n, s));
            if (places) places->push_back(s);
        };
        for (std::size_t n = piece_at(from); n + 1 < line_.size() && along_[n] < to; ++n) {
            double const first = std::max(from, along_[n]), last = std::min(to, along_[n + 1]);
            double const length = along_[n + 1] - along_[n];
            double const cosine = std::clamp(glm::dot(tangent(n), tangent(n + 1)), -1.0, 1.0);
            // An arc of this length and angle leaves its chord by length * angle / 8.
            int const steps =
                std::max(1, int(std::ceil(std::sqrt(length * std::acos(cosine) / (8 * most_sagitta_mm)))));
            int const begin = int(std::floor((first - along_[n]) / length * steps + 1e-9));
            if (points.empty()) add(n, first);
            for (int step = begin + 1; step <= steps; ++step) {
                double const s = along_[n] + length * step / steps;
                if (s >= last - least_length_mm) break;
                add(n, s);
            }
            add(n, last);
        }
        return points;
    }

    /// Before the line's begin it comes in straight.
    Vec3 point(double s) const
    {
        double const on = std::clamp(s, along_.front(), along_.back());
        return at(piece_at(on), on) + std::min(0.0, s - along_.front()) * tangent(0);
    }

private:
    std::span<RodFrame const> line_;
    std::span<double const> along_;

    Vec3 tangent(std::size_t n) const { return line_[n].turn * Vec3{0, 0, 1}; }
    std::size_t piece_at(double s) const
    {
        auto const above = std::upper_bound(along_.begin(), along_.end(), s);
        auto const n = std::size_t(std::max<std::ptrdiff_t>(0, above - along_.begin() - 1));
        return std::min(n, line_.size() - 2);
    }
    /// Hermite's cubic on the piece after place n.
    Vec3 at(std::size_t n, double s) const
    {
        double const length = along_[n + 1] - along_[n];
        double const t = (s - along_[n]) / length, u = 1 - t;
        return u * u * (1 + 2 * t) * line_[n].at_mm + t * t * (1 + 2 * u) * line_[n + 1].at_mm +
               length * t * u * (u * tangent(n) - t * tangent(n + 1));
    }
};

} // namespace

std::vector<Vec3> curve_between(std::span<RodFrame const> line, std::span<double const> along_mm, double from_mm,
                                double to_mm)
{
    if (line.size() < 2) return {};
    from_mm = std::max(from_mm, along_mm.front());
    to_mm = std::min(to_mm, along_mm.back());
    if (to_mm - from_mm < least_length_mm) return {};
    return Curve{line, along_mm}.between(from_mm, to_mm);
}

Vec3 point_on(std::span<RodFrame const> line, std::span<double const> along_mm, double at_mm)
{
    FLUORO_EXPECT(line.size() >= 2 && line.size() == along_mm.size());
    return Curve{line, along_mm}.point(at_mm);
}

std::vector<ToolStretch> stretches_of(Tool const& tool, double inserted_mm, std::span<RodFrame const> line,
                                      std::span<double const> along_mm, std::optional<LineBefore> const& before)
{
    FLUORO_EXPECT(line.size() == along_mm.size());
    std::vector<ToolStretch> stretches;
    if (line.size() < 2) return stretches;
    Curve const curve{line, along_mm};
    std::vector<double> places;
    auto const add = [&](double from, double to, double outer, double inner, Mixture const& content) {
        from = std::max(from, along_mm.front());
        to = std::min(to, along_mm.back());
        if (to - from < least_length_mm) return;
        places.clear();
        auto points = curve.between(from, to, &places);
        std::vector<double> const widths(points.size(), outer);
        stretches.push_back({std::move(points), widths, inner, content});
        if (!before || before->line.size() < 2) return;
        ToolStretch& made = stretches.back();
        Curve const old{before->line, before->along_mm};
        double const fed = inserted_mm - before->inserted_mm;
        for (std::size_t i = 0; i < places.size(); ++i)
            made.moved_mm.push_back(made.points_mm[i] - old.point(places[i] - fed));
    };
    double to_tip = tool.length_mm();
    for (ToolSection const& section : tool.sections) {
        add(inserted_mm - to_tip, inserted_mm - to_tip + section.length_mm, section.outer_mm, section.inner_mm,
            section.content);
        to_tip -= section.length_mm;
    }
    for (ToolMarker const& marker : tool.markers)
        add(inserted_mm - marker.to_tip_mm - marker.length_mm, inserted_mm - marker.to_tip_mm, marker.outer_mm,
            marker.inner_mm, marker.content);
    return stretches;
}

std::vector<ToolStretch> stretches_of(CoaxialTools const& tools)
{
    std::vector<ToolStretch> all;
    for (std::size_t n = 0; n < tools.tools().size(); ++n) {
        auto const one =
            stretches_of(*tools.tools()[n], tools.state(int(n)).inserted_mm, tools.line(), tools.along_mm());
        all.insert(all.end(), one.begin(), one.end());
    }
    return all;
}

} // namespace fluoro
