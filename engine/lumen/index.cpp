#include <fluoro/lumen/index.hpp>

#include "pieces.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/error.hpp>
#include <limits>
#include <map>

namespace fluoro {

namespace {

constexpr std::uint32_t cell_mask = 0xfffff;

std::uint32_t packed(int cell, int lane, double share)
{
    auto const part = std::uint32_t(std::clamp(std::lround(share * 255), 1l, 255l));
    return (std::uint32_t(cell) + 1) | std::uint32_t(lane) << 20 | part << 23;
}

/// The heart's cavities by label: the points of their centre lines with the cell that each is in.
class Chambers {
public:
    Chambers(LumenGraph const& graph, LumenCells const& cells)
    {
        for (std::size_t e = 0; e < graph.edges.size(); ++e) {
            LumenEdge const& edge = graph.edges[e];
            if (edge.wall != WallClass::chamber) continue;
            double along = 0;
            for (std::size_t i = 0; i < edge.points_mm.size(); ++i) {
                if (i > 0) along += glm::length(edge.points_mm[i] - edge.points_mm[i - 1]);
                points_[edge.label].push_back({edge.points_mm[i], cells.at(int(e), along)});
            }
        }
    }
    /// -1: no chamber has this label.
    int nearest(int label, Vec3 const& p) const
    {
        auto const found = points_.find(label);
        if (found == points_.end()) return -1;
        double best = std::numeric_limits<double>::max();
        int cell = -1;
        for (Point const& point : found->second) {
            Vec3 const d = point.at_mm - p;
            if (double const far = glm::dot(d, d); far < best) {
                best = far;
                cell = point.cell;
            }
        }
        return cell;
    }

private:
    struct Point {
        Vec3 at_mm;
        int cell;
    };
    std::map<int, std::vector<Point>> points_;
};

} // namespace

LumenWord unpacked(std::uint32_t word)
{
    if (word == 0) return {};
    return {int(word & cell_mask) - 1, int(word >> 20 & 7), double(word >> 23 & 255) / 255};
}

Bricks<std::uint32_t> index_lumens(LumenGraph const& graph, LumenCells const& cells, Patient const& patient,
                                   FieldGrid const& grid)
{
    if (cells.count() >= int(cell_mask))
        throw Error{"the vessels have " + std::to_string(cells.count()) +
                        " cells, more than a picture can tell apart (" + std::to_string(cell_mask - 1) +
                        "): cut them into longer ones",
                    Error::Kind::failed};
    LumenPieces const pieces{graph, grid, grid.spacing_mm};
    Chambers const chambers{graph, cells};
    Mat4 const index_from_patient = patient.ct.grid.index_from_patient();
    auto const label_at = [&](Vec3 const& p) {
        glm::ivec3 const at{glm::round(map_point(index_from_patient, p))};
        glm::ivec3 const& n = patient.ct.grid.size;
        if (patient.labels.empty() || at.x < 0 || at.y < 0 || at.z < 0 || at.x >= n.x || at.y >= n.y || at.z >= n.z)
            return 0;
        return int(patient.labels[(std::size_t(at.z) * std::size_t(n.y) + std::size_t(at.y)) * std::size_t(n.x) +
                                  std::size_t(at.x)]);
    };
    return Bricks<std::uint32_t>::drawn(grid, 0, [&](glm::ivec3 const& first, std::span<std::uint32_t> words) {
        bool is_used = false;
        auto const near = pieces.near(first);
        std::size_t n = 0;
        for (int k = 0; k < 8; ++k)
            for (int j = 0; j < 8; ++j)
                for (int i = 0; i < 8; ++i, ++n) {
                    Vec3 const p = grid.at(first + glm::ivec3{i, j, k});
                    LumenPiece const* best = nullptr;
                    SeenFrom seen{};
                    double least = std::numeric_limits<double>::max();
                    for (int const number : near) {
                        LumenPiece const& piece = pieces.all()[std::size_t(number)];
                        SeenFrom const s = seen_from(piece, p);
                        // Of two lumens the one whose wall is further away outside of the point; at a fork the nearer
                        // axis decides.
                        if (double const wall = s.off_mm - s.radius_mm; wall < least) {
                            least = wall;
                            best = &piece;
                            seen = s;
                        }
                    }
                    double const share = best ? std::clamp(0.5 - least / grid.spacing_mm, 0.0, 1.0) : 0;
                    if (share > 0) {
                        double const along = best->along_mm + seen.share * glm::length(best->axis_mm);
                        double const out = seen.off_mm / seen.radius_mm;
                        int const lane = std::min(LumenWord::lanes - 1, int(LumenWord::lanes * out * out));
                        words[n] = packed(cells.at(best->edge, along), lane, share);
                        is_used = true;
                    } else if (int const cell = chambers.nearest(label_at(p), p); cell >= 0) {
                        words[n] = packed(cell, 0, 1);
                        is_used = true;
                    }
                }
        return is_used;
    });
}

} // namespace fluoro
