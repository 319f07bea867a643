#include <fluoro/lumen/distance.hpp>

#include "pieces.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <set>

namespace fluoro {

namespace {

constexpr double unit_mm = 0.01;
constexpr double blend_mm = 1; ///< reach of the joint between two lumens

/// Chambers' form: how much of a label is around a point, smoothed over the label map's voxels, read as a distance.
class ChamberForm {
public:
    ChamberForm(LumenGraph const& graph, Patient const& patient) : patient_{patient}
    {
        std::set<int> labels;
        for (LumenEdge const& edge : graph.edges)
            if (edge.wall == WallClass::chamber) labels.insert(edge.label);
        if (labels.empty() || patient.labels.empty()) return;
        index_from_patient_ = patient.ct.grid.index_from_patient();
        measure(labels);
    }
    /// `limit_mm` where no chamber is near.
    double distance_mm(Vec3 const& p, double limit_mm) const
    {
        if (size_.x == 0) return limit_mm;
        Vec3 const at = map_point(index_from_patient_, p) - Vec3{low_};
        glm::ivec3 const cell{glm::floor(at)};
        if (cell.x < 0 || cell.y < 0 || cell.z < 0 || cell.x + 1 >= size_.x || cell.y + 1 >= size_.y ||
            cell.z + 1 >= size_.z)
            return limit_mm;
        Vec3 const f = at - Vec3{cell};
        double sum = 0;
        for (int corner = 0; corner < 8; ++corner) {
            int const i = corner & 1, j = corner >> 1 & 1, k = corner >> 2;
            sum += double(distance_[number(cell + glm::ivec3{i, j, k})]) * (i ? f.x : 1 - f.x) * (j ? f.y : 1 - f.y) *
                   (k ? f.z : 1 - f.z);
        }
        return std::clamp(sum, -limit_mm, limit_mm);
    }

    /// No chamber is near any point of a box: it has nothing to say there.
    bool is_far_from(Vec3 const& low_mm, Vec3 const& high_mm) const
    {
        if (size_.x == 0) return true;
        Vec3 least{1e9}, most{-1e9};
        for (int corner = 0; corner < 8; ++corner) {
            Vec3 const p{corner & 1 ? low_mm.x : high_mm.x, corner & 2 ? low_mm.y : high_mm.y,
                         corner & 4 ? low_mm.z : high_mm.z};
            Vec3 const at = map_point(index_from_patient_, p) - Vec3{low_};
            least = glm::min(least, at);
            most = glm::max(most, at);
        }
        return glm::any(glm::lessThan(most, Vec3{0})) || glm::any(glm::greaterThan(least, Vec3{size_}));
    }

private:
    std::size_t number(glm::ivec3 const& v) const
    {
        return (std::size_t(v.z) * std::size_t(size_.y) + std::size_t(v.y)) * std::size_t(size_.x) + std::size_t(v.x);
    }

    /// A box around the labels, and in it the distance to the nearest voxel of the other kind, less half a voxel.
    void measure(std::set<int> const& labels)
    {
        Grid const& grid = patient_.ct.grid;
        glm::ivec3 low = grid.size, high{-1};
        std::vector<bool> is_chamber(65536, false);
        for (int const label : labels) is_chamber[std::size_t(label)] = true;
        std::size_t n = 0;
        for (int k = 0; k < grid.size.z; ++k)
            for (int j = 0; j < grid.size.y; ++j)
                for (int i = 0; i < grid.size.x; ++i, ++n)
                    if (is_chamber[patient_.labels[n]]) {
                        low = glm::min(low, glm::ivec3{i, j, k});
                        high = glm::max(high, glm::ivec3{i, j, k});
                    }
        if (high.x < 0) return;
        constexpr int margin = 8;
        low_ = glm::max(low - margin, glm::ivec3{0});
        size_ = glm::min(high + margin, grid.size - 1) - low_ + 1;
        std::vector<float> inside(std::size_t(size_.x) * std::size_t(size_.y) * std::size_t(size_.z)), outside;
        for (int k = 0; k < size_.z; ++k)
            for (int j = 0; j < size_.y; ++j)
                for (int i = 0; i < size_.x; ++i) {
                    glm::ivec3 const at = low_ + glm::ivec3{i, j, k};
                    std::size_t const from =
                        (std::size_t(at.z) * std::size_t(grid.size.y) + std::size_t(at.y)) * std::size_t(grid.size.x) +
                        std::size_t(at.x);
                    inside[number({i, j, k})] = is_chamber[patient_.labels[from]] ? far2 : 0;
                }
        outside.resize(inside.size());
        std::ranges::transform(inside, outside.begin(), [](float v) { return v > 0 ? 0.0f : far2; });
        transform(inside);
        transform(outside);
        float const half = float(std::min({grid.spacing_mm.x, grid.spacing_mm.y, grid.spacing_mm.z}) / 2);
        distance_.resize(inside.size());
        for (std::size_t v = 0; v < distance_.size(); ++v)
            distance_[v] = inside[v] > 0 ? half - std::sqrt(inside[v]) : std::sqrt(outside[v]) - half;
        smooth();
    }

    /// Squared distance to the nearest zero, axis by axis: the lower envelope of parabolas (Felzenszwalb and
    /// Huttenlocher 2012), exact.
    void transform(std::vector<float>& field) const
    {
        for (int axis = 0; axis < 3; ++axis) {
            int const count = size_[axis], u = (axis + 1) % 3, v = (axis + 2) % 3;
            double const step = patient_.ct.grid.spacing_mm[axis];
            parallel_for(size_[u], [&](int first, int last) {
                std::vector<double> value(std::size_t(count), 0.0), edges(std::size_t(count) + 1);
                std::vector<int> roots(std::size_t(count), 0);
                for (int a = first; a < last; ++a)
                    for (int b = 0; b < size_[v]; ++b) {
                        glm::ivec3 at{0};
                        at[u] = a;
                        at[v] = b;
                        for (int q = 0; q < count; ++q) {
                            at[axis] = q;
                            value[std::size_t(q)] = double(field[number(at)]);
                        }
                        auto const meet = [&](int q, int r) {
                            double const x = step * q, y = step * r;
                            return (value[std::size_t(q)] + x * x - value[std::size_t(r)] - y * y) / (2 * (x - y));
                        };
                        int top = 0;
                        roots[0] = 0;
                        edges[0] = -1e30;
                        edges[1] = 1e30;
                        for (int q = 1; q < count; ++q) {
                            double s = meet(q, roots[std::size_t(top)]);
                            while (s <= edges[std::size_t(top)]) s = meet(q, roots[std::size_t(--top)]);
                            roots[std::size_t(++top)] = q;
                            edges[std::size_t(top)] = s;
                            edges[std::size_t(top) + 1] = 1e30;
                        }
                        top = 0;
                        for (int q = 0; q < count; ++q) {
                            double const x = step * q;
                            while (edges[std::size_t(top) + 1] < x) ++top;
                            double const d = x - step * roots[std::size_t(top)];
                            at[axis] = q;
                            field[number(at)] = float(d * d + value[std::size_t(roots[std::size_t(top)])]);
                        }
                    }
            });
        }
    }

    /// Voxels' corners rounded off: the mean with the neighbours, once along each axis.
    void smooth()
    {
        for (int axis = 0; axis < 3; ++axis) {
            std::vector<float> const before = distance_;
            glm::ivec3 step{0};
            step[axis] = 1;
            for (int k = 0; k < size_.z; ++k)
                for (int j = 0; j < size_.y; ++j)
                    for (int i = 0; i < size_.x; ++i) {
                        glm::ivec3 const at{i, j, k};
                        glm::ivec3 const a = glm::max(at - step, glm::ivec3{0}), b = glm::min(at + step, size_ - 1);
                        distance_[number(at)] =
                            0.25f * before[number(a)] + 0.5f * before[number(at)] + 0.25f * before[number(b)];
                    }
        }
    }

    static constexpr float far2 = 1e8f;
    Patient const& patient_;
    Mat4 index_from_patient_{1.0};
    glm::ivec3 low_{0}, size_{0};
    std::vector<float> distance_;
};

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

} // namespace

LumenDistance::LumenDistance(LumenGraph const& graph, Patient const& patient, FieldGrid const& grid, double band_mm)
{
    FLUORO_EXPECT(band_mm > grid.spacing_mm && band_mm < 300);
    LumenPieces const pieces{graph, grid, band_mm + blend_mm};
    ChamberForm const chambers{graph, patient};
    auto const limit = std::int16_t(std::lround(band_mm / unit_mm));
    field_ = Bricks<std::int16_t>::drawn(grid, limit, [&](glm::ivec3 const& first, std::span<std::int16_t> values) {
        auto const near = pieces.near(first);
        // Most of a field that holds whole limbs.
        if (near.empty() &&
            chambers.is_far_from(grid.at(first), grid.at(first + glm::ivec3{Bricks<std::int16_t>::side - 1})))
            return false;
        thread_local std::vector<int> able;
        bool is_used = false;
        for (int part = 0; part < 8; ++part) {
            glm::ivec3 const low = half_brick * glm::ivec3{part & 1, part >> 1 & 1, part >> 2};
            find_able(pieces, near, grid.at(first + low) + 0.5 * (half_brick - 1) * grid.spacing_mm,
                      std::sqrt(3.0) * 0.5 * (half_brick - 1) * grid.spacing_mm, band_mm, able);
            for (int k = low.z; k < low.z + half_brick; ++k)
                for (int j = low.y; j < low.y + half_brick; ++j)
                    for (int i = low.x; i < low.x + half_brick; ++i) {
                        Vec3 const p = grid.at(first + glm::ivec3{i, j, k});
                        double const found = joined(pieces, able, p, chambers.distance_mm(p, band_mm), band_mm);
                        double const kept = std::clamp(found, -band_mm, band_mm);
                        values[std::size_t((k * 8 + j) * 8 + i)] = std::int16_t(std::lround(kept / unit_mm));
                        is_used |= kept < band_mm - unit_mm;
                    }
        }
        return is_used;
    });
}

double LumenDistance::distance_mm(Vec3 const& p) const
{
    Vec3 const at = (p - field_.grid.origin_mm) / field_.grid.spacing_mm;
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
    double const h = field_.grid.spacing_mm;
    Vec3 const slope{distance_mm(p + Vec3{h, 0, 0}) - distance_mm(p - Vec3{h, 0, 0}),
                     distance_mm(p + Vec3{0, h, 0}) - distance_mm(p - Vec3{0, h, 0}),
                     distance_mm(p + Vec3{0, 0, h}) - distance_mm(p - Vec3{0, 0, h})};
    double const length = glm::length(slope);
    return length > 1e-6 ? slope / length : Vec3{0};
}

} // namespace fluoro
