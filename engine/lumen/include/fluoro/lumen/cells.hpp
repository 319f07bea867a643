#pragma once
#include <cstddef>
#include <fluoro/patient/lumen_graph.hpp>
#include <vector>

namespace fluoro {

/// A graph's edges cut into cells of about even length, which contrast and barium are counted in. Cells of one edge
/// follow each other from its `from` to its `to`; edges in their order.
struct LumenCells {
    std::vector<int> first;         ///< of every edge; one more at the end: the number of all cells
    std::vector<double> length_mm;  ///< of every cell
    std::vector<double> volume_mm3; ///< of every cell: cones between the points of the centre line
    int count() const { return first.back(); }
    /// The cell at a distance along an edge [mm]; the nearest where that lies beyond its ends.
    int at(int edge, double along_mm) const;
};

/// `length_mm` > 0: wished; every edge has at least one cell.
LumenCells divide(LumenGraph const& graph, double length_mm);

} // namespace fluoro
