#pragma once
#include <fluoro/patient/lumen_graph.hpp>
#include <span>
#include <vector>

namespace fluoro {

/// A centre line cut into cells of about even length, with the width that it has when fully open.
struct TubeCells {
    std::vector<Vec3> middle_mm;    ///< of every cell
    std::vector<double> from_mm;    ///< along the line, where each cell begins; one more at the end: its length
    std::vector<double> length_mm;  ///< of every cell
    std::vector<double> open_mm2;   ///< volume over length
    std::vector<double> narrow_mm2; ///< least cross-section in the cell
    int count() const { return int(middle_mm.size()); }
    double total_mm() const { return from_mm.back(); }
    double centre_mm(int cell) const { return (from_mm[std::size_t(cell)] + from_mm[std::size_t(cell) + 1]) / 2; }
    /// The cell at a distance along the line; the nearest where that lies beyond its ends.
    int at(double along_mm) const;
};

/// `points` about a millimetre apart, one radius each; `length_mm` > 0: wished.
TubeCells cut_tube(std::span<Vec3 const> points, std::span<double const> radii, double length_mm);
/// Edges that follow each other, as LumenGraph::way gives them.
TubeCells cut_tube(LumenGraph const& graph, std::span<int const> way, int from_node, double length_mm);

} // namespace fluoro
