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
constexpr double cube_mm = 8; ///< of the map by which pieces are found

} // namespace

TightWall::TightWall(LumenGraph const& vessels, std::shared_ptr<VesselWall const> walls) : walls_{std::move(walls)}
{
    Vec3 low{1e9}, high{-1e9};
    for (LumenEdge const& edge : vessels.edges) {
        if (edge.wall == WallClass::chamber || *std::ranges::max_element(edge.radii_mm) < wide_mm ||
            *std::ranges::min_element(edge.radii_mm) >= tight_mm)
            continue;
        double const length = edge.length_mm();
        double along = 0;
        Stretch stretch{edge.name, pieces_.size(), pieces_.size()};
        for (std::size_t n = 0; n + 1 < edge.points_mm.size(); ++n) {
            double const step = glm::length(edge.points_mm[n + 1] - edge.points_mm[n]);
            pieces_.push_back({edge.points_mm[n], edge.points_mm[n + 1], edge.radii_mm[n], edge.radii_mm[n + 1],
                               along / length, (along + step) / length});
            along += step;
        }
        stretch.last = pieces_.size();
        for (Vec3 const& p : edge.points_mm) {
            low = glm::min(low, p - reach_mm);
            high = glm::max(high, p + reach_mm);
        }
        stretches_.push_back(std::move(stretch));
    }
    if (pieces_.empty()) return;
    low_mm_ = low;
    cubes_ = glm::ivec3{(high - low) / cube_mm} + 1;
    auto const for_cubes = [&](Piece const& piece, auto const& use) {
        glm::ivec3 const first{(glm::min(piece.from_mm, piece.to_mm) - reach_mm - low_mm_) / cube_mm};
        glm::ivec3 const last{(glm::max(piece.from_mm, piece.to_mm) + reach_mm - low_mm_) / cube_mm};
        for (int k = first.z; k <= last.z; ++k)
            for (int j = first.y; j <= last.y; ++j)
                for (int i = first.x; i <= last.x; ++i) use(std::size_t((k * cubes_.y + j) * cubes_.x + i));
    };
    // Counted first, then filled.
    starts_.assign(std::size_t(cubes_.x) * std::size_t(cubes_.y) * std::size_t(cubes_.z) + 1, 0);
    for (Piece const& piece : pieces_) for_cubes(piece, [&](std::size_t cube) { ++starts_[cube + 1]; });
    for (std::size_t c = 1; c < starts_.size(); ++c) starts_[c] += starts_[c - 1];
    numbers_.resize(std::size_t(starts_.back()));
    std::vector<int> next = starts_;
    for (std::size_t n = 0; n < pieces_.size(); ++n)
        for_cubes(pieces_[n], [&](std::size_t cube) { numbers_[std::size_t(next[cube]++)] = int(n); });
}

/// Pieces that may come within reach of a point.
std::span<int const> TightWall::near(Vec3 const& rest_mm) const
{
    Vec3 const at = (rest_mm - low_mm_) / cube_mm;
    if (pieces_.empty() || glm::any(glm::lessThan(at, Vec3{0})) || glm::any(glm::greaterThanEqual(at, Vec3{cubes_})))
        return {};
    glm::ivec3 const cube{at};
    auto const c = std::size_t((cube.z * cubes_.y + cube.y) * cubes_.x + cube.x);
    return std::span{numbers_}.subspan(std::size_t(starts_[c]), std::size_t(starts_[c + 1] - starts_[c]));
}

WallTouch TightWall::touch(Vec3 const& at_mm) const
{
    WallTouch touch = walls_->touch(at_mm);
    if (pieces_.empty() || touch.outward == Vec3{0}) return touch;
    Vec3 const rest = walls_->rest_of(at_mm);
    for (int const number : near(rest)) {
        Piece const& piece = pieces_[std::size_t(number)];
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
    return touch;
}

void TightWall::widen(std::string const& vessel, double from, double to, double diameter_mm)
{
    for (Stretch const& stretch : stretches_) {
        if (stretch.vessel != vessel) continue;
        for (std::size_t n = stretch.first; n < stretch.last; ++n) {
            Piece& piece = pieces_[n];
            if (piece.from >= from && piece.from <= to)
                piece.from_radius_mm = std::max(piece.from_radius_mm, diameter_mm / 2);
            if (piece.to >= from && piece.to <= to) piece.to_radius_mm = std::max(piece.to_radius_mm, diameter_mm / 2);
        }
    }
}

} // namespace fluoro
