#include "pieces.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {

namespace {

constexpr int side = Bricks<int>::side;

/// Calls `use` with the number of every brick that a piece comes near.
template <class Use>
void for_bricks_near(LumenPiece const& piece, FieldGrid const& grid, glm::ivec3 const& bricks, double reach_mm,
                     Use const& use)
{
    double const reach = piece.most_mm() + reach_mm;
    Vec3 const to = piece.from_mm + piece.axis_mm;
    double const brick_mm = grid.spacing_mm * side;
    Vec3 const low = (glm::min(piece.from_mm, to) - reach - grid.origin_mm) / brick_mm;
    Vec3 const high = (glm::max(piece.from_mm, to) + reach - grid.origin_mm) / brick_mm;
    glm::ivec3 const first = glm::max(glm::ivec3{glm::floor(low)}, glm::ivec3{0});
    glm::ivec3 const last = glm::min(glm::ivec3{glm::floor(high)}, bricks - 1);
    double const ball = 0.5 * std::sqrt(3.0) * brick_mm;
    for (int k = first.z; k <= last.z; ++k)
        for (int j = first.y; j <= last.y; ++j)
            for (int i = first.x; i <= last.x; ++i) {
                Vec3 const centre = grid.origin_mm + brick_mm * (Vec3{i, j, k} + 0.5) - grid.spacing_mm / 2;
                if (seen_from(piece, centre).off_mm <= reach + ball) use((k * bricks.y + j) * bricks.x + i);
            }
}

} // namespace

SeenFrom seen_from(LumenPiece const& piece, Vec3 const& p)
{
    Vec3 const d = p - piece.from_mm;
    double const length2 = glm::dot(piece.axis_mm, piece.axis_mm);
    double const share = length2 > 0 ? std::clamp(glm::dot(d, piece.axis_mm) / length2, 0.0, 1.0) : 0.0;
    return {glm::length(d - share * piece.axis_mm), std::lerp(piece.from_radius_mm, piece.to_radius_mm, share), share};
}

LumenPieces::LumenPieces(LumenGraph const& graph, FieldGrid const& grid, double reach_mm)
    : bricks_{(grid.size + side - 1) / side}
{
    for (std::size_t e = 0; e < graph.edges.size(); ++e) {
        LumenEdge const& edge = graph.edges[e];
        if (edge.wall == WallClass::chamber) continue;
        double along = 0;
        for (std::size_t i = 1; i < edge.points_mm.size(); ++i) {
            Vec3 const axis = edge.points_mm[i] - edge.points_mm[i - 1];
            pieces_.push_back({edge.points_mm[i - 1], axis, edge.radii_mm[i - 1], edge.radii_mm[i], along, int(e)});
            along += glm::length(axis);
        }
    }
    // Counted first, then filled.
    starts_.assign(std::size_t(bricks_.x) * std::size_t(bricks_.y) * std::size_t(bricks_.z) + 1, 0);
    for (LumenPiece const& piece : pieces_)
        for_bricks_near(piece, grid, bricks_, reach_mm, [&](int brick) { ++starts_[std::size_t(brick) + 1]; });
    for (std::size_t b = 1; b < starts_.size(); ++b) starts_[b] += starts_[b - 1];
    numbers_.resize(std::size_t(starts_.back()));
    std::vector<int> next = starts_;
    for (std::size_t n = 0; n < pieces_.size(); ++n)
        for_bricks_near(pieces_[n], grid, bricks_, reach_mm,
                        [&](int brick) { numbers_[std::size_t(next[std::size_t(brick)]++)] = int(n); });
}

std::span<int const> LumenPieces::near(glm::ivec3 const& voxel) const
{
    glm::ivec3 const b = voxel / side;
    auto const brick =
        (std::size_t(b.z) * std::size_t(bricks_.y) + std::size_t(b.y)) * std::size_t(bricks_.x) + std::size_t(b.x);
    return std::span{numbers_}.subspan(std::size_t(starts_[brick]), std::size_t(starts_[brick + 1] - starts_[brick]));
}

} // namespace fluoro
