#include "lattice.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/parallel.hpp>

namespace fluoro {

namespace {

constexpr std::int16_t air_hu = -1000;

/// Linear interpolation in a CT at a continuous voxel index; the border's value outside.
double hu_at(Volume const& ct, Vec3 const& index)
{
    glm::ivec3 const n = ct.grid.size;
    Vec3 const p = glm::clamp(index, Vec3{0}, Vec3{n - 1});
    glm::ivec3 const a{glm::floor(p)};
    glm::ivec3 const b = glm::min(a + 1, n - 1);
    Vec3 const t = p - Vec3{a};
    auto const at = [&](int i, int j, int k) {
        return double(ct.hu[(std::size_t(k) * std::size_t(n.y) + std::size_t(j)) * std::size_t(n.x) + std::size_t(i)]);
    };
    auto const row = [&](int j, int k) { return std::lerp(at(a.x, j, k), at(b.x, j, k), t.x); };
    return std::lerp(std::lerp(row(a.y, a.z), row(b.y, a.z), t.y), std::lerp(row(a.y, b.z), row(b.y, b.z), t.y), t.z);
}

} // namespace

double WorkVolume::at(Vec3 const& p) const
{
    Vec3 const index = glm::clamp((p - lattice.origin_mm) / lattice.spacing_mm, Vec3{0}, Vec3{lattice.size - 1});
    glm::ivec3 const a{glm::floor(index)};
    glm::ivec3 const b = glm::min(a + 1, lattice.size - 1);
    Vec3 const t = index - Vec3{a};
    auto const row = [&](int j, int k) {
        return std::lerp(double(hu[lattice.index(a.x, j, k)]), double(hu[lattice.index(b.x, j, k)]), t.x);
    };
    return std::lerp(std::lerp(row(a.y, a.z), row(b.y, a.z), t.y), std::lerp(row(a.y, b.z), row(b.y, b.z), t.y), t.z);
}

bool ReconstructionCircle::holds(Grid const& grid, double column_index, double row_index) const
{
    return !is_there ||
           std::hypot((column_index - column) * grid.spacing_mm.x, (row_index - row) * grid.spacing_mm.y) <= radius_mm;
}

ReconstructionCircle reconstruction_circle(Volume const& ct)
{
    Grid const& grid = ct.grid;
    ReconstructionCircle circle{true, (grid.size.x - 1) / 2.0, (grid.size.y - 1) / 2.0,
                                std::min(grid.size.x * grid.spacing_mm.x, grid.size.y * grid.spacing_mm.y) / 2};
    // Everything outside of it is padding, and just inside there are measurements: noise, a couch, a body.
    std::size_t other_outside = 0, outside = 0, other_rim = 0, rim = 0;
    double const slack = 2 * std::max(grid.spacing_mm.x, grid.spacing_mm.y);
    for (int k = 0; k < grid.size.z; k += std::max(1, grid.size.z / 8))
        for (int j = 0; j < grid.size.y; ++j)
            for (int i = 0; i < grid.size.x; ++i) {
                double const r =
                    std::hypot((i - circle.column) * grid.spacing_mm.x, (j - circle.row) * grid.spacing_mm.y);
                auto const hu =
                    ct.hu[(std::size_t(k) * std::size_t(grid.size.y) + std::size_t(j)) * std::size_t(grid.size.x) +
                          std::size_t(i)];
                bool const is_other = std::abs(hu - air_hu) > 1 && hu > -1024;
                if (r > circle.radius_mm + slack) {
                    ++outside;
                    other_outside += is_other;
                } else if (r > 0.9 * circle.radius_mm && r < circle.radius_mm - slack) {
                    ++rim;
                    other_rim += is_other;
                }
            }
    circle.is_there = outside > 0 && rim > 0 && other_outside * 200 < outside && other_rim * 20 > rim;
    circle.radius_mm -= slack;
    return circle;
}

Box box_of(Grid const& grid)
{
    Mat4 const patient_from_index = grid.patient_from_index();
    Box box{Vec3{1e9}, Vec3{-1e9}};
    for (int corner = 0; corner < 8; ++corner) {
        Vec3 const index{corner & 1 ? grid.size.x - 0.5 : -0.5, corner & 2 ? grid.size.y - 0.5 : -0.5,
                         corner & 4 ? grid.size.z - 0.5 : -0.5};
        Vec3 const p = map_point(patient_from_index, index);
        box = {glm::min(box.low, p), glm::max(box.high, p)};
    }
    return box;
}

WorkVolume work_volume(Volume const& ct, double spacing_mm)
{
    WorkVolume work;
    Lattice& lattice = work.lattice;
    Box const box = box_of(ct.grid);
    lattice.spacing_mm = spacing_mm;
    lattice.size = glm::max(glm::ivec3{glm::floor((box.high - box.low) / spacing_mm + 0.01)}, glm::ivec3{1});
    lattice.origin_mm = (box.low + box.high) / 2.0 - spacing_mm * (Vec3{lattice.size} - 1.0) / 2.0;
    work.hu.resize(lattice.count());
    work.is_seen.resize(lattice.count());
    Mat4 const index_from_patient = ct.grid.index_from_patient();
    ReconstructionCircle const circle = reconstruction_circle(ct);
    // Along axes where the CT is finer than the cubes, each cube is the mean of two places.
    std::vector<Vec3> shifts{Vec3{0}};
    for (int axis = 0; axis < 3; ++axis) {
        if (ct.grid.spacing_mm[axis] > 0.75 * spacing_mm) continue;
        std::vector<Vec3> both;
        for (Vec3 const& shift : shifts)
            for (double const side : {-0.25, 0.25})
                both.push_back(shift + side * spacing_mm * ct.grid.directions[axis]);
        shifts = std::move(both);
    }
    for (Vec3& shift : shifts) shift = map_direction(index_from_patient, shift);
    parallel_for(lattice.size.z, [&](int first, int last) {
        for (int k = first; k < last; ++k)
            for (int j = 0; j < lattice.size.y; ++j)
                for (int i = 0; i < lattice.size.x; ++i) {
                    Vec3 const p = lattice.position(i, j, k);
                    Vec3 const index = map_point(index_from_patient, p);
                    double sum = 0;
                    for (Vec3 const& shift : shifts) sum += hu_at(ct, index + shift);
                    std::size_t const at = lattice.index(i, j, k);
                    work.hu[at] = float(sum / double(shifts.size()));
                    Vec3 const n{ct.grid.size};
                    work.is_seen[at] = glm::all(glm::greaterThan(index, Vec3{-0.51})) &&
                                       glm::all(glm::lessThan(index, n - 0.49)) &&
                                       circle.holds(ct.grid, index.x, index.y);
                }
    });
    return work;
}

std::vector<std::uint16_t> work_labels(Patient const& patient, Lattice const& lattice)
{
    std::vector<std::uint16_t> labels(lattice.count(), 0);
    Grid const& grid = patient.ct.grid;
    Mat4 const index_from_patient = grid.index_from_patient();
    for (std::size_t at = 0; at < labels.size(); ++at) {
        glm::ivec3 const n{glm::round(map_point(index_from_patient, lattice.position(lattice.cell(at))))};
        if (n.x < 0 || n.y < 0 || n.z < 0 || n.x >= grid.size.x || n.y >= grid.size.y || n.z >= grid.size.z) continue;
        labels[at] =
            patient.labels[(std::size_t(n.z) * std::size_t(grid.size.y) + std::size_t(n.y)) * std::size_t(grid.size.x) +
                           std::size_t(n.x)];
    }
    return labels;
}

} // namespace fluoro
