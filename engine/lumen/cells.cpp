#include <fluoro/lumen/cells.hpp>

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <numbers>

namespace fluoro {

namespace {

double cone_mm3(double length, double r0, double r1)
{
    return std::numbers::pi / 3 * length * (r0 * r0 + r0 * r1 + r1 * r1);
}

} // namespace

int LumenCells::at(int edge, double along_mm) const
{
    int const begin = first[std::size_t(edge)], end = first[std::size_t(edge) + 1];
    // Cells of one edge are of one length.
    auto const n = int(std::floor(along_mm / length_mm[std::size_t(begin)]));
    return std::clamp(begin + n, begin, end - 1);
}

LumenCells divide(LumenGraph const& graph, double length_mm)
{
    FLUORO_EXPECT(length_mm > 0);
    LumenCells cells;
    cells.first.push_back(0);
    for (LumenEdge const& edge : graph.edges) {
        double const whole = edge.length_mm();
        int const count = std::max(1, int(std::lround(whole / length_mm)));
        double const each = whole / count;
        std::vector<double> volume(std::size_t(count), 0.0);
        double along = 0;
        for (std::size_t i = 1; i < edge.points_mm.size(); ++i) {
            double const step = glm::length(edge.points_mm[i] - edge.points_mm[i - 1]);
            double const r0 = edge.radii_mm[i - 1], r1 = edge.radii_mm[i];
            // A step of the centre line may lie in several cells: each gets its frustum.
            for (double from = 0; from < step;) {
                int const cell = std::min(count - 1, int((along + from) / each * (1 + 1e-12)));
                double const to = cell == count - 1 ? step : std::min(step, (cell + 1) * each - along);
                double const end = std::max(to, std::nextafter(from, step));
                volume[std::size_t(cell)] +=
                    cone_mm3(end - from, std::lerp(r0, r1, from / step), std::lerp(r0, r1, end / step));
                from = end;
            }
            along += step;
        }
        cells.length_mm.insert(cells.length_mm.end(), std::size_t(count), each);
        cells.volume_mm3.insert(cells.volume_mm3.end(), volume.begin(), volume.end());
        cells.first.push_back(cells.first.back() + count);
    }
    return cells;
}

} // namespace fluoro
