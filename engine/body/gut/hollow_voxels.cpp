#include "hollow_voxels.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <numeric>

namespace fluoro {

namespace {

/// Boxes of the CT's voxels over a region, x fastest.
struct Boxes {
    glm::ivec3 first{0}, step{1}, size{0}; ///< first voxel; voxels per box
    std::size_t count() const { return std::size_t(size.x) * std::size_t(size.y) * std::size_t(size.z); }
    std::size_t index(glm::ivec3 const& at) const
    {
        return (std::size_t(at.z) * std::size_t(size.y) + std::size_t(at.y)) * std::size_t(size.x) + std::size_t(at.x);
    }
    bool has(glm::ivec3 const& at) const
    {
        return glm::all(glm::greaterThanEqual(at, glm::ivec3{0})) && glm::all(glm::lessThan(at, size));
    }
};

std::size_t voxel(glm::ivec3 const& size, int i, int j, int k)
{
    return (std::size_t(k) * std::size_t(size.y) + std::size_t(j)) * std::size_t(size.x) + std::size_t(i);
}

std::array<glm::ivec3, HollowVoxels::neighbours> offsets()
{
    std::array<glm::ivec3, HollowVoxels::neighbours> all{};
    std::size_t n = 0;
    for (int z = -1; z <= 1; ++z)
        for (int y = -1; y <= 1; ++y)
            for (int x = -1; x <= 1; ++x)
                if (x != 0 || y != 0 || z != 0) all[n++] = {x, y, z};
    return all;
}

/// Where the hollow lies, a margin around it.
Boxes boxes_around(Patient const& patient, double box_mm, double margin_mm,
                   std::function<VoxelPart(std::uint16_t, Vec3 const&)> const& part)
{
    Grid const& grid = patient.ct.grid;
    Mat4 const to_mm = grid.patient_from_index();
    glm::ivec3 low = grid.size, high{-1};
    std::size_t at = 0;
    for (int k = 0; k < grid.size.z; ++k)
        for (int j = 0; j < grid.size.y; ++j)
            for (int i = 0; i < grid.size.x; ++i, ++at) {
                std::uint16_t const label = patient.labels[at];
                if (label == 0 || part(label, map_point(to_mm, {i, j, k})) != VoxelPart::hollow) continue;
                low = glm::min(low, glm::ivec3{i, j, k});
                high = glm::max(high, glm::ivec3{i, j, k});
            }
    Boxes boxes;
    if (high.x < 0) return boxes;
    boxes.step = glm::max(glm::ivec3{1}, glm::ivec3{glm::round(Vec3{box_mm} / grid.spacing_mm)});
    glm::ivec3 const margin = glm::ivec3{glm::ceil(Vec3{margin_mm} / grid.spacing_mm)} + boxes.step;
    boxes.first = glm::max(low - margin, glm::ivec3{0});
    boxes.size = (glm::min(high + margin, grid.size - 1) - boxes.first) / boxes.step + 1;
    return boxes;
}

} // namespace

double HollowVoxels::total_mm3(int boxes) const
{
    return std::accumulate(room_mm3.begin(), room_mm3.begin() + boxes, 0.0);
}

int HollowVoxels::nearest(Vec3 const& at, int boxes) const
{
    int best = -1;
    float least = 0;
    for (int i = 0; i < boxes; ++i) {
        glm::vec3 const off = at_mm[std::size_t(i)] - glm::vec3{at};
        float const d = glm::dot(off, off);
        if (best < 0 || d < least) best = i, least = d;
    }
    return best;
}

HollowVoxels hollow_voxels(Patient const& patient, double box_mm, double reach_mm,
                           std::function<VoxelPart(std::uint16_t, Vec3 const&)> const& part)
{
    HollowVoxels hollow;
    if (patient.labels.empty()) return hollow;
    Boxes const boxes = boxes_around(patient, box_mm, reach_mm, part);
    if (boxes.count() == 0) return hollow;
    Grid const& grid = patient.ct.grid;
    Mat4 const to_mm = grid.patient_from_index();
    double const voxel_mm3 = grid.spacing_mm.x * grid.spacing_mm.y * grid.spacing_mm.z;
    hollow.size_mm = std::cbrt(voxel_mm3 * boxes.step.x * boxes.step.y * boxes.step.z);
    struct Box {
        int hollow = 0, gives_way = 0, air = 0;
    };
    std::vector<Box> of(boxes.count());
    BasisDensities air, tissue;
    double airs = 0, tissues = 0;
    glm::ivec3 const last = glm::min(boxes.first + boxes.size * boxes.step, grid.size);
    for (int k = boxes.first.z; k < last.z; ++k)
        for (int j = boxes.first.y; j < last.y; ++j)
            for (int i = boxes.first.x; i < last.x; ++i) {
                std::size_t const v = voxel(grid.size, i, j, k);
                VoxelPart const is = part(patient.labels[v], map_point(to_mm, {i, j, k}));
                if (is == VoxelPart::outside) continue;
                Box& box = of[boxes.index((glm::ivec3{i, j, k} - boxes.first) / boxes.step)];
                bool const is_air = patient.ct.hu[v] < -500;
                BasisDensities const seen = basis_densities(patient.ct.hu[v]);
                if (is == VoxelPart::hollow && is_air) {
                    ++box.air;
                    ++airs;
                    air.soft_g_cm3 += seen.soft_g_cm3;
                    air.bone_g_cm3 += seen.bone_g_cm3;
                } else {
                    ++tissues;
                    tissue.soft_g_cm3 += seen.soft_g_cm3;
                    tissue.bone_g_cm3 += seen.bone_g_cm3;
                }
                ++(is == VoxelPart::hollow ? box.hollow : box.gives_way);
            }
    if (airs > 0) hollow.air = {air.soft_g_cm3 / airs, air.bone_g_cm3 / airs};
    if (tissues > 0) hollow.tissue = {tissue.soft_g_cm3 / tissues, tissue.bone_g_cm3 / tissues};

    std::vector<int> number(boxes.count(), -1);
    std::vector<glm::ivec3> places;
    auto const add = [&](glm::ivec3 const& at, int voxels, int air_voxels, int inward) {
        number[boxes.index(at)] = hollow.count();
        places.push_back(at);
        Vec3 const middle = Vec3{boxes.first + at * boxes.step} + (Vec3{boxes.step} - 1.0) / 2.0;
        hollow.at_mm.emplace_back(map_point(to_mm, middle));
        hollow.room_mm3.push_back(float(voxels * voxel_mm3));
        hollow.air_mm3.push_back(float(air_voxels * voxel_mm3));
        hollow.inward.push_back(inward);
    };
    int const whole = boxes.step.x * boxes.step.y * boxes.step.z;
    for (int z = 0; z < boxes.size.z; ++z)
        for (int y = 0; y < boxes.size.y; ++y)
            for (int x = 0; x < boxes.size.x; ++x) {
                Box const& box = of[boxes.index({x, y, z})];
                if (box.hollow * 4 >= whole) add({x, y, z}, box.hollow, box.air, -1);
            }
    hollow.inside = hollow.count();

    // Outward, the nearer to the hollow the earlier.
    struct Next {
        float away_mm;
        glm::ivec3 at;
        int inward;
        glm::vec3 root_mm;
    };
    auto const later = [](Next const& a, Next const& b) {
        return std::tie(a.away_mm, a.at.z, a.at.y, a.at.x, a.inward) >
               std::tie(b.away_mm, b.at.z, b.at.y, b.at.x, b.inward);
    };
    std::vector<Next> heap;
    auto const spread = [&](int from, glm::vec3 const& root) {
        static constexpr std::array<glm::ivec3, 6> faces{
            {{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}}};
        for (glm::ivec3 const& off : faces) {
            glm::ivec3 const at = places[std::size_t(from)] + off;
            if (!boxes.has(at) || number[boxes.index(at)] >= 0) continue;
            Box const& box = of[boxes.index(at)];
            if ((box.gives_way + box.hollow) * 2 < whole) continue;
            Vec3 const middle = map_point(to_mm, Vec3{boxes.first + at * boxes.step} + (Vec3{boxes.step} - 1.0) / 2.0);
            float const away = glm::length(glm::vec3{middle} - root);
            if (away > reach_mm) continue;
            heap.push_back({away, at, from, root});
            std::ranges::push_heap(heap, later);
        }
    };
    if (reach_mm > 0)
        for (int i = 0; i < hollow.inside; ++i) spread(i, hollow.at_mm[std::size_t(i)]);
    while (!heap.empty()) {
        std::ranges::pop_heap(heap, later);
        Next const next = heap.back();
        heap.pop_back();
        if (number[boxes.index(next.at)] >= 0) continue;
        Box const& box = of[boxes.index(next.at)];
        add(next.at, box.gives_way + box.hollow, box.air, next.inward);
        spread(hollow.count() - 1, next.root_mm);
    }

    auto const all = offsets();
    for (std::size_t n = 0; n < all.size(); ++n)
        hollow.to_neighbour_mm[n] = glm::vec3{map_direction(to_mm, Vec3{all[n] * boxes.step})};
    for (glm::ivec3 const& at : places)
        for (glm::ivec3 const& off : all)
            hollow.beside.push_back(boxes.has(at + off) ? number[boxes.index(at + off)] : -1);
    return hollow;
}

HollowPlaces hollow_places(HollowVoxels const& hollow)
{
    auto const places = [&](bool of_air) {
        auto p = std::make_shared<ContentPlaces>();
        p->size_mm = hollow.size_mm;
        p->displaced = of_air ? hollow.air : hollow.tissue;
        for (std::size_t i = 0; i < hollow.at_mm.size(); ++i) {
            p->first.push_back(std::uint32_t(p->at_mm.size()));
            float const volume = of_air ? hollow.air_mm3[i] : hollow.room_mm3[i] - hollow.air_mm3[i];
            if (volume <= 0) continue;
            p->at_mm.push_back(hollow.at_mm[i]);
            p->volume_mm3.push_back(volume);
        }
        p->first.push_back(std::uint32_t(p->at_mm.size()));
        return p;
    };
    return {places(true), places(false)};
}

} // namespace fluoro
