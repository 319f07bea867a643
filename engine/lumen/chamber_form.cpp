#include "chamber_form.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {

namespace {

constexpr float far2 = 1e8f;

} // namespace

ChamberForm::ChamberForm(LumenGraph const& graph, Patient const& patient, double band_mm)
    : patient_{patient}, band_mm_{band_mm}, everywhere_mm_{band_mm}
{
    if (patient.labels.empty()) return;
    bool has_any = false;
    labels_.assign(65536, false);
    for (LumenEdge const& edge : graph.edges)
        if (edge.wall == WallClass::chamber) has_any = labels_[std::size_t(edge.label)] = true;
    if (!has_any) return;
    Grid const& grid = patient.ct.grid;
    index_from_patient_ = grid.index_from_patient();
    double const finest = std::min({grid.spacing_mm.x, grid.spacing_mm.y, grid.spacing_mm.z});
    margin_ = int(std::ceil(band_mm / finest)) + 3; // beside the band: a cell's corner, and smoothing
    low_ = grid.size;
    std::size_t n = 0;
    for (int k = 0; k < grid.size.z; ++k)
        for (int j = 0; j < grid.size.y; ++j)
            for (int i = 0; i < grid.size.x; ++i, ++n)
                if (labels_[patient.labels[n]]) {
                    low_ = glm::min(low_, glm::ivec3{i, j, k});
                    high_ = glm::max(high_, glm::ivec3{i, j, k});
                }
}

bool ChamberForm::is_chamber(glm::ivec3 const& voxel) const
{
    glm::ivec3 const& size = patient_.ct.grid.size;
    return labels_[patient_.labels[(std::size_t(voxel.z) * std::size_t(size.y) + std::size_t(voxel.y)) *
                                       std::size_t(size.x) +
                                   std::size_t(voxel.x)]];
}

void ChamberForm::look(Vec3 const& low_mm, Vec3 const& high_mm)
{
    is_near_ = false;
    everywhere_mm_ = band_mm_;
    if (high_.x < 0) return;
    Vec3 low{1e9}, high{-1e9};
    for (int corner = 0; corner < 8; ++corner) {
        Vec3 const p{corner & 1 ? high_mm.x : low_mm.x, corner & 2 ? high_mm.y : low_mm.y,
                     corner & 4 ? high_mm.z : low_mm.z};
        Vec3 const at = map_point(index_from_patient_, p);
        low = glm::min(low, at);
        high = glm::max(high, at);
    }
    window_.low = glm::max(glm::ivec3{glm::floor(low)} - margin_, glm::max(low_ - margin_, glm::ivec3{0}));
    glm::ivec3 const last =
        glm::min(glm::ivec3{glm::ceil(high)} + margin_, glm::min(high_ + margin_, patient_.ct.grid.size - 1));
    window_.size = last - window_.low + 1;
    if (glm::any(glm::lessThan(window_.size, glm::ivec3{2}))) return;
    inside_.resize(std::size_t(window_.size.x) * std::size_t(window_.size.y) * std::size_t(window_.size.z));
    bool has_inside = false, has_outside = false;
    std::size_t n = 0;
    for (int k = 0; k < window_.size.z; ++k)
        for (int j = 0; j < window_.size.y; ++j)
            for (int i = 0; i < window_.size.x; ++i, ++n) {
                bool const is_inside = is_chamber(window_.low + glm::ivec3{i, j, k});
                inside_[n] = is_inside ? far2 : 0;
                (is_inside ? has_inside : has_outside) = true;
            }
    is_near_ = has_inside && has_outside;
    if (!is_near_) {
        everywhere_mm_ = has_inside ? -band_mm_ : band_mm_;
        return;
    }
    outside_.resize(inside_.size());
    std::ranges::transform(inside_, outside_.begin(), [](float v) { return v > 0 ? 0.0f : far2; });
    transform(inside_);
    transform(outside_);
    Vec3 const& spacing = patient_.ct.grid.spacing_mm;
    float const half = float(std::min({spacing.x, spacing.y, spacing.z}) / 2);
    distance_.resize(inside_.size());
    for (std::size_t v = 0; v < distance_.size(); ++v)
        distance_[v] = inside_[v] > 0 ? half - std::sqrt(inside_[v]) : std::sqrt(outside_[v]) - half;
    smooth();
}

double ChamberForm::distance_mm(Vec3 const& p) const
{
    if (!is_near_) return everywhere_mm_;
    Vec3 const at = map_point(index_from_patient_, p) - Vec3{window_.low};
    glm::ivec3 const cell{glm::floor(at)};
    if (glm::any(glm::lessThan(cell, glm::ivec3{0})) || glm::any(glm::greaterThanEqual(cell + 1, window_.size)))
        return band_mm_;
    Vec3 const f = at - Vec3{cell};
    double sum = 0;
    for (int corner = 0; corner < 8; ++corner) {
        int const i = corner & 1, j = corner >> 1 & 1, k = corner >> 2;
        sum += double(distance_[window_.number(cell + glm::ivec3{i, j, k})]) * (i ? f.x : 1 - f.x) *
               (j ? f.y : 1 - f.y) * (k ? f.z : 1 - f.z);
    }
    return std::clamp(sum, -band_mm_, band_mm_);
}

/// Squared distance to the nearest zero, axis by axis: the lower envelope of parabolas (Felzenszwalb and Huttenlocher
/// 2012), exact.
void ChamberForm::transform(std::vector<float>& field)
{
    for (int axis = 0; axis < 3; ++axis) {
        int const count = window_.size[axis], u = (axis + 1) % 3, v = (axis + 2) % 3;
        double const step = patient_.ct.grid.spacing_mm[axis];
        value_.resize(std::size_t(count));
        edges_.resize(std::size_t(count) + 1);
        roots_.resize(std::size_t(count));
        glm::ivec3 one{0};
        one[axis] = 1;
        std::size_t const stride = window_.number(one);
        for (int a = 0; a < window_.size[u]; ++a)
            for (int b = 0; b < window_.size[v]; ++b) {
                glm::ivec3 at{0};
                at[u] = a;
                at[v] = b;
                float* const line = field.data() + window_.number(at);
                for (std::size_t q = 0; q < value_.size(); ++q) value_[q] = double(line[q * stride]);
                auto const meet = [&](int q, int r) {
                    double const x = step * q, y = step * r;
                    return (value_[std::size_t(q)] + x * x - value_[std::size_t(r)] - y * y) / (2 * (x - y));
                };
                int top = 0;
                roots_[0] = 0;
                edges_[0] = -1e30;
                edges_[1] = 1e30;
                for (int q = 1; q < count; ++q) {
                    double s = meet(q, roots_[std::size_t(top)]);
                    while (s <= edges_[std::size_t(top)]) s = meet(q, roots_[std::size_t(--top)]);
                    roots_[std::size_t(++top)] = q;
                    edges_[std::size_t(top)] = s;
                    edges_[std::size_t(top) + 1] = 1e30;
                }
                top = 0;
                for (int q = 0; q < count; ++q) {
                    double const x = step * q;
                    while (edges_[std::size_t(top) + 1] < x) ++top;
                    double const d = x - step * roots_[std::size_t(top)];
                    line[std::size_t(q) * stride] = float(d * d + value_[std::size_t(roots_[std::size_t(top)])]);
                }
            }
    }
}

/// Voxels' corners rounded off: the mean with the neighbours, once along each axis.
void ChamberForm::smooth()
{
    for (int axis = 0; axis < 3; ++axis) {
        inside_ = distance_;
        glm::ivec3 step{0};
        step[axis] = 1;
        for (int k = 0; k < window_.size.z; ++k)
            for (int j = 0; j < window_.size.y; ++j)
                for (int i = 0; i < window_.size.x; ++i) {
                    glm::ivec3 const at{i, j, k};
                    glm::ivec3 const a = glm::max(at - step, glm::ivec3{0}), b = glm::min(at + step, window_.size - 1);
                    distance_[window_.number(at)] = 0.25f * inside_[window_.number(a)] +
                                                    0.5f * inside_[window_.number(at)] +
                                                    0.25f * inside_[window_.number(b)];
                }
    }
}

} // namespace fluoro
