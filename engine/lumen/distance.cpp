#include <fluoro/lumen/distance.hpp>

#include "chamber_form.hpp"
#include "pieces.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>

namespace fluoro {

namespace {

constexpr double unit_mm = 0.01;
constexpr double blend_mm = 1; ///< reach of the joint between two lumens

constexpr int half_brick = Bricks<std::int16_t>::side / 2;

/// Those of the pieces that may be the nearest of their edge, and within the band, for some point no further than
/// `around_mm` from the middle; in their order.
void find_able(LumenPieces const& pieces, std::span<int const> near, Vec3 const& middle, double around_mm,
               double band_mm, std::vector<int>& able)
{
    able.clear();
    std::size_t of_edge = 0; // first of the edge at hand
    int edge = -1;
    double least = 0;                         // of the edge at hand: no point has its wall further than this
    thread_local std::vector<double> closest; // that each of `able` can come
    closest.clear();
    auto const close = [&] {
        std::size_t kept = of_edge;
        for (std::size_t n = of_edge; n < able.size(); ++n)
            if (closest[n] <= least) {
                able[kept] = able[n];
                closest[kept++] = closest[n];
            }
        able.resize(kept);
        closest.resize(kept);
        of_edge = kept;
    };
    for (int const number : near) {
        LumenPiece const& piece = pieces.all()[std::size_t(number)];
        if (piece.edge != edge) {
            close();
            edge = piece.edge;
            least = 1e9;
        }
        SeenFrom const s = seen_from(piece, middle);
        // Off by no more than the way, and the radius by no more than its change along as much of the axis.
        double const length = glm::length(piece.axis_mm);
        double const change = std::abs(piece.to_radius_mm - piece.from_radius_mm);
        double const most_change = length > around_mm ? change * around_mm / length : change;
        double const here = s.off_mm - s.radius_mm, more = around_mm + most_change + 1e-9;
        least = std::min(least, here + more);
        if (here - more >= band_mm) continue;
        able.push_back(number);
        closest.push_back(here - more);
    }
    close();
}

/// Distance to the wall of all lumens together: pieces of one edge follow each other without a joint; edges are blended
/// where they meet.
double joined(LumenPieces const& pieces, std::span<int const> able, Vec3 const& p, double best, double band_mm)
{
    double edge_best = band_mm;
    int edge = -1;
    auto const join = [&] {
        if (edge_best >= band_mm) return;
        double const h = std::max(blend_mm - std::abs(best - edge_best), 0.0) / blend_mm;
        best = std::min(best, edge_best) - h * h * h * blend_mm / 6;
    };
    for (int const number : able) {
        LumenPiece const& piece = pieces.all()[std::size_t(number)];
        if (piece.edge != edge) {
            if (edge >= 0) join();
            edge = piece.edge;
            edge_best = band_mm;
        }
        SeenFrom const s = seen_from(piece, p);
        edge_best = std::min(edge_best, s.off_mm - s.radius_mm);
    }
    if (edge >= 0) join();
    return best;
}

/// What draws a brick.
DrawnBricks<std::int16_t>::Draw drawing(LumenGraph const& graph, Patient const& patient, FieldGrid const& grid,
                                        double band_mm)
{
    struct Walls {
        LumenPieces pieces;
        ChamberForm chambers;
        std::vector<int> able;
    };
    auto const walls = std::make_shared<Walls>(
        Walls{LumenPieces{graph, grid, band_mm + blend_mm}, ChamberForm{graph, patient, band_mm}, {}});
    return [walls, grid, band_mm](glm::ivec3 const& first, std::span<std::int16_t, 512> values) {
        auto const near = walls->pieces.near(first);
        walls->chambers.look(grid.at(first), grid.at(first + 2 * half_brick - 1));
        bool is_used = false;
        for (int part = 0; part < 8; ++part) {
            glm::ivec3 const low = half_brick * glm::ivec3{part & 1, part >> 1 & 1, part >> 2};
            find_able(walls->pieces, near, grid.at(first + low) + 0.5 * (half_brick - 1) * grid.spacing_mm,
                      std::sqrt(3.0) * 0.5 * (half_brick - 1) * grid.spacing_mm, band_mm, walls->able);
            for (int k = low.z; k < low.z + half_brick; ++k)
                for (int j = low.y; j < low.y + half_brick; ++j)
                    for (int i = low.x; i < low.x + half_brick; ++i) {
                        Vec3 const p = grid.at(first + glm::ivec3{i, j, k});
                        double const found =
                            joined(walls->pieces, walls->able, p, walls->chambers.distance_mm(p), band_mm);
                        double const kept = std::clamp(found, -band_mm, band_mm);
                        values[std::size_t((k * 8 + j) * 8 + i)] = std::int16_t(std::lround(kept / unit_mm));
                        is_used |= kept < band_mm - unit_mm;
                    }
        }
        return is_used;
    };
}

} // namespace

LumenDistance::LumenDistance(LumenGraph const& graph, Patient const& patient, FieldGrid const& grid, double band_mm)
    : field_{grid, std::int16_t(std::lround(band_mm / unit_mm)), drawing(graph, patient, grid, band_mm)}
{
    FLUORO_EXPECT(band_mm > grid.spacing_mm && band_mm < 300);
}

double LumenDistance::distance_mm(Vec3 const& p) const
{
    Vec3 const at = (p - field_.grid().origin_mm) / field_.grid().spacing_mm;
    glm::ivec3 cell{at}; // toward zero; then down
    for (int axis = 0; axis < 3; ++axis) cell[axis] -= at[axis] < cell[axis];
    Vec3 const f = at - Vec3{cell};
    auto const values = field_.corners(cell);
    double sum = 0;
    for (int corner = 0; corner < 8; ++corner) {
        int const i = corner & 1, j = corner >> 1 & 1, k = corner >> 2;
        sum += double(values[std::size_t(corner)]) * (i ? f.x : 1 - f.x) * (j ? f.y : 1 - f.y) * (k ? f.z : 1 - f.z);
    }
    return unit_mm * sum;
}

Vec3 LumenDistance::outward(Vec3 const& p) const
{
    double const h = field_.grid().spacing_mm;
    Vec3 const slope{distance_mm(p + Vec3{h, 0, 0}) - distance_mm(p - Vec3{h, 0, 0}),
                     distance_mm(p + Vec3{0, h, 0}) - distance_mm(p - Vec3{0, h, 0}),
                     distance_mm(p + Vec3{0, 0, h}) - distance_mm(p - Vec3{0, 0, h})};
    double const length = glm::length(slope);
    return length > 1e-6 ? slope / length : Vec3{0};
}

} // namespace fluoro
