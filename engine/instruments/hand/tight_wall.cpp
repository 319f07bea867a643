#include "tight_wall.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {
namespace {

/// A vessel that is this wide somewhere is tight where it is narrower than that [mm]: a field of 0.75 mm still shows
/// the second within a tenth. Twigs are narrow all along, and no tool goes there.
constexpr double wide_mm = 1.0, tight_mm = 0.8;
/// So far from its axis a tight place's own wall counts [mm].
constexpr double reach_mm = 2.5;

} // namespace

TightWall::TightWall(LumenGraph const& vessels, std::shared_ptr<VesselWall const> walls) : walls_{std::move(walls)}
{
    for (LumenEdge const& edge : vessels.edges) {
        if (edge.wall == WallClass::chamber || *std::ranges::max_element(edge.radii_mm) < wide_mm ||
            *std::ranges::min_element(edge.radii_mm) >= tight_mm)
            continue;
        double const length = edge.length_mm();
        double along = 0;
        Stretch stretch;
        stretch.vessel = edge.name;
        for (std::size_t n = 0; n + 1 < edge.points_mm.size(); ++n) {
            double const step = glm::length(edge.points_mm[n + 1] - edge.points_mm[n]);
            stretch.pieces.push_back({edge.points_mm[n], edge.points_mm[n + 1], edge.radii_mm[n], edge.radii_mm[n + 1],
                                      along / length, (along + step) / length});
            along += step;
        }
        stretch.low_mm = stretch.high_mm = edge.points_mm.front();
        for (Vec3 const& p : edge.points_mm) {
            stretch.low_mm = glm::min(stretch.low_mm, p - reach_mm);
            stretch.high_mm = glm::max(stretch.high_mm, p + reach_mm);
        }
        stretches_.push_back(std::move(stretch));
    }
}

WallTouch TightWall::touch(Vec3 const& at_mm) const
{
    WallTouch touch = walls_->touch(at_mm);
    if (stretches_.empty() || touch.outward == Vec3{0}) return touch;
    Vec3 const rest = walls_->rest_of(at_mm);
    for (Stretch const& stretch : stretches_) {
        if (glm::any(glm::lessThan(rest, stretch.low_mm)) || glm::any(glm::greaterThan(rest, stretch.high_mm)))
            continue;
        for (Piece const& piece : stretch.pieces) {
            Vec3 const way = piece.to_mm - piece.from_mm;
            double const t = std::clamp(glm::dot(rest - piece.from_mm, way) / glm::dot(way, way), 0.0, 1.0);
            Vec3 const off = rest - piece.from_mm - t * way;
            double const distance = glm::length(off),
                         depth = distance - std::lerp(piece.from_radius_mm, piece.to_radius_mm, t);
            if (distance > reach_mm || depth >= touch.depth_mm) continue;
            touch.depth_mm = depth;
            // A cone that closes along the way pushes back along it.
            double const length = glm::length(way),
                         slope = (piece.to_radius_mm - piece.from_radius_mm) / std::max(length, 1e-6);
            if (distance > 1e-6) touch.outward = glm::normalize(off / distance - slope * way / length);
        }
    }
    return touch;
}

void TightWall::widen(std::string const& vessel, double from, double to, double diameter_mm)
{
    for (Stretch& stretch : stretches_)
        for (Piece& piece : stretch.pieces) {
            if (stretch.vessel != vessel) continue;
            if (piece.from >= from && piece.from <= to)
                piece.from_radius_mm = std::max(piece.from_radius_mm, diameter_mm / 2);
            if (piece.to >= from && piece.to <= to) piece.to_radius_mm = std::max(piece.to_radius_mm, diameter_mm / 2);
        }
}

} // namespace fluoro
