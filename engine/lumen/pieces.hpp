#pragma once
#include <fluoro/lumen/bricks.hpp>
#include <fluoro/patient/lumen_graph.hpp>
#include <span>
#include <vector>

namespace fluoro {

/// A straight piece of a centre line: a cone between two of its points.
struct LumenPiece {
    Vec3 from_mm, axis_mm; ///< the axis is as long as the piece
    double from_radius_mm, to_radius_mm;
    double along_mm; ///< of its start, from the edge's start
    int edge;
    double most_mm() const { return from_radius_mm > to_radius_mm ? from_radius_mm : to_radius_mm; }
};

/// A point seen from a piece.
struct SeenFrom {
    double off_mm;    ///< distance from the axis
    double radius_mm; ///< of the lumen there
    double share;     ///< along the piece, 0 to 1
};
SeenFrom seen_from(LumenPiece const& piece, Vec3 const& p);

/// All pieces of a graph, found quickly by place.
class LumenPieces {
public:
    /// Chambers are left out: a chamber is no tube, its form is in the label map.
    /// `reach_mm`: how far beyond its wall a piece is wanted.
    LumenPieces(LumenGraph const& graph, FieldGrid const& grid, double reach_mm);
    std::span<LumenPiece const> all() const { return pieces_; }
    /// Those that come within `reach_mm` of the brick (8 x 8 x 8 voxels) that holds this voxel.
    std::span<int const> near(glm::ivec3 const& voxel) const;

private:
    std::vector<LumenPiece> pieces_;
    glm::ivec3 bricks_{0};
    std::vector<int> starts_, numbers_; ///< of every brick: numbers_[starts_[b] .. starts_[b + 1])
};

} // namespace fluoro
