#include "tube_cells.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>

namespace fluoro {

int TubeCells::at(double along_mm) const
{
    auto const after = std::ranges::upper_bound(from_mm, along_mm) - from_mm.begin();
    return int(std::clamp<std::ptrdiff_t>(after - 1, 0, count() - 1));
}

TubeCells cut_tube(std::span<Vec3 const> points, std::span<double const> radii, double length_mm)
{
    FLUORO_EXPECT(points.size() >= 2 && points.size() == radii.size() && length_mm > 0);
    std::vector<double> along{0};
    for (std::size_t i = 1; i < points.size(); ++i)
        along.push_back(along.back() + glm::length(points[i] - points[i - 1]));
    double const whole = along.back();
    int const count = std::max(1, int(std::lround(whole / length_mm)));
    TubeCells cells;
    auto const each = [&](double s) {
        auto const right = std::clamp<std::ptrdiff_t>(std::ranges::upper_bound(along, s) - along.begin(), 1,
                                                      std::ptrdiff_t(along.size()) - 1);
        auto const b = std::size_t(right), a = b - 1;
        double const share = std::clamp((s - along[a]) / std::max(1e-12, along[b] - along[a]), 0.0, 1.0);
        return std::pair{glm::mix(points[a], points[b], share), std::lerp(radii[a], radii[b], share)};
    };
    constexpr int parts = 8; // of a cell, for its volume
    for (int i = 0; i < count; ++i) {
        double const from = whole * i / count, length = whole / count;
        cells.from_mm.push_back(from);
        cells.length_mm.push_back(length);
        cells.middle_mm.push_back(each(from + length / 2).first);
        double area = 0, narrow = 1e300;
        for (int k = 0; k < parts; ++k) {
            double const r = each(from + length * (k + 0.5) / parts).second;
            area += std::numbers::pi * r * r / parts;
            narrow = std::min(narrow, std::numbers::pi * r * r);
        }
        cells.open_mm2.push_back(area);
        cells.narrow_mm2.push_back(narrow);
    }
    cells.from_mm.push_back(whole);
    return cells;
}

TubeCells cut_tube(LumenGraph const& graph, std::span<int const> way, int from_node, double length_mm)
{
    std::vector<Vec3> points;
    std::vector<double> radii;
    int node = from_node;
    for (int const e : way) {
        LumenEdge const& edge = graph.edges[std::size_t(e)];
        bool const is_forward = edge.from == node;
        std::size_t const n = edge.points_mm.size();
        for (std::size_t i = points.empty() ? 0 : 1; i < n; ++i) {
            std::size_t const k = is_forward ? i : n - 1 - i;
            points.push_back(edge.points_mm[k]);
            radii.push_back(edge.radii_mm[k]);
        }
        node = is_forward ? edge.to : edge.from;
    }
    return cut_tube(points, radii, length_mm);
}

} // namespace fluoro
