#include "coarse_body.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/parallel.hpp>
#include <fluoro/room/chord.hpp>

namespace fluoro {
namespace {

constexpr double block_mm = 5;
constexpr double air_below_hu = -950;
constexpr double body_above_g_cm3 = 0.5;

Vec3 place_of(View const& view, Vec2 at_mm)
{
    return view.detector_centre_mm + at_mm.x * view.column_direction + at_mm.y * view.row_direction;
}

/// Two pieces of the ray become one, at their common middle.
void add(CoarseBody::Ray& ray, double water_cm, double distance_cm)
{
    double const sum = ray.water_cm + water_cm;
    if (sum <= 0) return;
    ray.distance_cm = (ray.distance_cm * ray.water_cm + distance_cm * water_cm) / sum;
    ray.water_cm = sum;
}

} // namespace

CoarseBody::CoarseBody(Volume const& ct)
{
    glm::ivec3 factor;
    for (int axis = 0; axis < 3; ++axis) {
        factor[axis] = std::clamp(int(std::lround(block_mm / ct.grid.spacing_mm[axis])), 1, ct.grid.size[axis]);
        size_[axis] = (ct.grid.size[axis] + factor[axis] - 1) / factor[axis];
    }
    Vec3 const f{factor};
    // Block index b stands at the middle of voxels b f .. b f + f - 1: voxel index = b f + (f - 1) / 2.
    Mat4 blocks_from_index{1.0};
    for (int axis = 0; axis < 3; ++axis) {
        blocks_from_index[axis][axis] = 1 / f[axis];
        blocks_from_index[3][axis] = -(f[axis] - 1) / (2 * f[axis]);
    }
    index_from_patient_ = blocks_from_index * ct.grid.index_from_patient();
    step_mm_ = 1.2 * std::min({f.x * ct.grid.spacing_mm.x, f.y * ct.grid.spacing_mm.y, f.z * ct.grid.spacing_mm.z});
    density_.resize(std::size_t(size_.x) * std::size_t(size_.y) * std::size_t(size_.z));
    parallel_for(size_.z, [&](int first, int last) {
        for (int bk = first; bk < last; ++bk)
            for (int bj = 0; bj < size_.y; ++bj)
                for (int bi = 0; bi < size_.x; ++bi) {
                    double sum = 0;
                    int count = 0;
                    for (int k = bk * factor.z; k < std::min((bk + 1) * factor.z, ct.grid.size.z); ++k)
                        for (int j = bj * factor.y; j < std::min((bj + 1) * factor.y, ct.grid.size.y); ++j) {
                            auto const row = (std::size_t(k) * std::size_t(ct.grid.size.y) + std::size_t(j)) *
                                             std::size_t(ct.grid.size.x);
                            for (int i = bi * factor.x; i < std::min((bi + 1) * factor.x, ct.grid.size.x); ++i) {
                                int const hu = ct.hu[row + std::size_t(i)];
                                sum += hu < air_below_hu ? 0 : 1 + hu / 1000.0;
                                ++count;
                            }
                        }
                    density_[(std::size_t(bk) * std::size_t(size_.y) + std::size_t(bj)) * std::size_t(size_.x) +
                             std::size_t(bi)] = float(sum / count);
                }
    });
}

CoarseBody::Ray CoarseBody::ray(View const& view, Vec2 at_mm, Displacement const* moved) const
{
    Vec3 const end_mm = place_of(view, at_mm);
    Vec3 const start = map_point(index_from_patient_, view.source_mm);
    Vec3 const way = map_point(index_from_patient_, end_mm) - start;
    double enter = 0, leave = 1;
    for (int axis = 0; axis < 3; ++axis) {
        double const low = -0.5, high = size_[axis] - 0.5;
        if (way[axis] == 0) {
            if (start[axis] < low || start[axis] > high) return {};
            continue;
        }
        enter = std::max(enter, std::min((low - start[axis]) / way[axis], (high - start[axis]) / way[axis]));
        leave = std::min(leave, std::max((low - start[axis]) / way[axis], (high - start[axis]) / way[axis]));
    }
    if (leave <= enter) return {};
    double const length_mm = glm::length(end_mm - view.source_mm);
    int const steps = std::max(1, int(std::ceil((leave - enter) * length_mm / step_mm_)));
    double const dt = (leave - enter) / steps;
    glm::vec3 const first{start + (enter + 0.5 * dt) * way}, step{dt * way};
    int const row = size_.x, plane = size_.x * size_.y;
    double sum = 0, middle = 0;
    int entered = -1, left = -1;
    // Places along the ray on the lattice of the displacement, and what turns its ways into blocks.
    glm::vec3 lattice_first{0}, lattice_step{0};
    glm::mat3 const blocks_from_mm{Mat3{index_from_patient_}};
    if (moved) {
        FieldGrid const& grid = moved->grid;
        Vec3 const whole = end_mm - view.source_mm;
        lattice_first =
            glm::vec3{(view.source_mm + (enter + 0.5 * dt) * whole - grid.origin_mm) / grid.spacing_mm + 0.5};
        lattice_step = glm::vec3{dt * whole / grid.spacing_mm};
    }
    for (int i = 0; i < steps; ++i) {
        glm::vec3 at = first + float(i) * step;
        double lung_density = 1;
        if (moved) {
            glm::vec3 const on = lattice_first + float(i) * lattice_step;
            glm::ivec3 const point{glm::floor(on)};
            glm::ivec3 const& count = moved->grid.size;
            if (glm::all(glm::greaterThanEqual(point, glm::ivec3{0})) && glm::all(glm::lessThan(point, count))) {
                auto const n =
                    (std::size_t(point.z) * std::size_t(count.y) + std::size_t(point.y)) * std::size_t(count.x) +
                    std::size_t(point.x);
                at += blocks_from_mm * moved->backward_mm[n];
                lung_density = double(moved->density[n]);
            }
        }
        int low[3], next[3];
        float share[3];
        for (int axis = 0; axis < 3; ++axis) {
            float const inside = std::clamp(at[axis], 0.0f, float(size_[axis] - 1));
            low[axis] = std::min(int(inside), std::max(0, size_[axis] - 2));
            next[axis] = std::min(1, size_[axis] - 1 - low[axis]);
            share[axis] = inside - float(low[axis]);
        }
        float const* const d = &density_[std::size_t(low[2] * plane + low[1] * row + low[0])];
        auto const along = [&](int offset) { return d[offset] + share[0] * (d[offset + next[0]] - d[offset]); };
        int const down = next[1] * row, deep = next[2] * plane;
        float const near = along(0) + share[1] * (along(down) - along(0));
        float const far = along(deep) + share[1] * (along(deep + down) - along(deep));
        double const density = 0.001 * thinned(1000 * double(near + share[2] * (far - near)), lung_density);
        sum += density;
        if (density > body_above_g_cm3) {
            if (entered < 0) entered = i;
            left = i + 1;
        }
        middle += density * (enter + (i + 0.5) * dt);
    }
    if (sum <= 0) return {};
    double const step_cm = 0.1 * dt * length_mm;
    return {sum * step_cm, 0.1 * view.source_to_detector_mm * (1 - middle / sum), (left - entered) * step_cm};
}

std::vector<Slab> in_water(std::vector<Slab> slabs)
{
    PhotonEnergy const usual{60};
    for (Slab& slab : slabs) {
        slab.density_g_cm3 *=
            mass_attenuation_cm2_g(slab.material, usual) / mass_attenuation_cm2_g(find_material("water"), usual);
        slab.material = find_material("water");
    }
    return slabs;
}

void add_slabs(CoarseBody::Ray& ray, std::vector<Slab> const& water_slabs, View const& view, Vec2 at_mm)
{
    Vec3 const way = place_of(view, at_mm) - view.source_mm;
    double const length = glm::length(way);
    for (Slab const& slab : water_slabs) {
        double const chord = chord_mm(slab, view.source_mm, way / length, length);
        if (chord <= 0) continue;
        // Where the ray crosses the plane in the middle of the slab's thin side.
        int thin = 0;
        for (int axis = 1; axis < 3; ++axis)
            if (slab.half_extent_mm[axis] < slab.half_extent_mm[thin]) thin = axis;
        Vec3 const normal{slab.patient_from_slab[thin]}, centre{slab.patient_from_slab[3]};
        double const slope = glm::dot(way, normal);
        double const at = slope == 0 ? 0 : std::clamp(glm::dot(centre - view.source_mm, normal) / slope, 0.0, 1.0);
        add(ray, 0.1 * chord * slab.density_g_cm3, 0.1 * view.source_to_detector_mm * (1 - at));
    }
}

} // namespace fluoro
