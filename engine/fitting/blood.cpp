#include "blood.hpp"

#include "heart_blood.hpp"
#include "morphology.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <fluoro/core/parallel.hpp>

namespace fluoro {

namespace {

constexpr float enhanced_hu = 130; ///< blood without contrast holds 30 to 70
constexpr double blood_hu = 40;
constexpr double beside_mm = 9; ///< how far beside a fitted vessel its blood may be
constexpr double rim_mm = 3.5;  ///< partial voxels reach this far

void stamp(Mask& mask, Lattice const& lattice, Vec3 const& centre, double radius, std::uint8_t value)
{
    glm::ivec3 const low = glm::max(lattice.nearest(centre - radius), glm::ivec3{0});
    glm::ivec3 const high = glm::min(lattice.nearest(centre + radius), lattice.size - 1);
    for (int k = low.z; k <= high.z; ++k)
        for (int j = low.y; j <= high.y; ++j)
            for (int i = low.x; i <= high.x; ++i)
                if (glm::length(lattice.position(i, j, k) - centre) <= radius) mask[lattice.index(i, j, k)] = value;
}

/// Mean of values where a mask is set, over about `sigma_mm`; 0 far from it.
std::vector<float> local_mean(Lattice const& lattice, std::vector<float> const& values, Mask const& mask,
                              double sigma_mm)
{
    std::vector<float> weighted(values.size()), weight(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        weight[i] = mask[i] != 0 ? 1.f : 0.f;
        weighted[i] = weight[i] * values[i];
    }
    weighted = smoothed(lattice, weighted, sigma_mm);
    weight = smoothed(lattice, weight, sigma_mm);
    for (std::size_t i = 0; i < values.size(); ++i) weighted[i] = weight[i] > 1e-4f ? weighted[i] / weight[i] : 0;
    return weighted;
}

} // namespace

EnhancedBlood enhanced_blood(Findings const& found, LumenGraph const& fitted_vessels, FittedHeart const& heart)
{
    Lattice const& lattice = found.work.lattice;
    std::vector<float> const hu = smoothed(lattice, found.work.hu, 1.5);
    EnhancedBlood blood;
    blood.mask.assign(hu.size(), 0);
    // Where blood may be: beside the fitted vessels, along the aorta that was seen, in and around the lungs.
    Mask near(hu.size(), 0), seeds(hu.size(), 0);
    for (LumenEdge const& edge : fitted_vessels.edges)
        for (std::size_t i = 0; i < edge.points_mm.size(); i += 3) {
            stamp(near, lattice, edge.points_mm[i], edge.radii_mm[i] + beside_mm, 1);
        }
    for (std::size_t i = 0; i < near.size(); ++i) {
        if (heart.outside_mm[i] < 4) near[i] = 1;
        if (heart.chamber_mm[i] < -6) seeds[i] = 1;
    }
    Mask lung(hu.size());
    for (std::size_t i = 0; i < lung.size(); ++i) lung[i] = found.lungs[i] == 1 || found.lungs[i] == 2;
    Mask const around_lungs = dilated(lattice, lung, 5);
    double aorta_hu = 0;
    if (found.aorta && found.aorta->mean_hu > enhanced_hu) {
        aorta_hu = found.aorta->mean_hu;
        for (std::size_t i = 0; i < found.aorta->points_mm.size(); ++i) {
            stamp(near, lattice, found.aorta->points_mm[i], found.aorta->radii_mm[i] + beside_mm, 1);
            stamp(seeds, lattice, found.aorta->points_mm[i], 0.6 * found.aorta->radii_mm[i], 1);
        }
    }
    // The spine: bodies about their middles; it touches the aorta.
    Mask spine(hu.size(), 0);
    auto const& vertebrae = found.spine.vertebrae;
    for (auto at = vertebrae.begin(); at != vertebrae.end(); ++at) {
        auto const next = std::next(at);
        Vec3 const to = next == vertebrae.end() ? at->second.centre_mm : next->second.centre_mm;
        for (double share = 0; share <= 1; share += 0.2)
            stamp(spine, lattice, glm::mix(at->second.centre_mm, to, share), at->first < Level::t12 ? 11 : 15, 1);
    }

    // Two fronts through all that is bright: from blood and from bone; each place belongs to the one that is there
    // first.
    enum : std::uint8_t { dark, open, is_blood, is_bone };
    Mask state(hu.size(), dark);
    std::deque<std::size_t> front;
    for (std::size_t i = 0; i < hu.size(); ++i) {
        if (hu[i] < enhanced_hu || found.body[i] == 0) continue;
        bool const may_be_blood = (near[i] != 0 || around_lungs[i] != 0) && spine[i] == 0;
        if (!may_be_blood)
            state[i] = is_bone, front.push_back(i);
        else if (seeds[i] != 0)
            state[i] = is_blood, front.push_back(i);
        else
            state[i] = open;
    }
    while (!front.empty()) {
        std::size_t const at = front.front();
        front.pop_front();
        glm::ivec3 const cell = lattice.cell(at);
        for (glm::ivec3 const d : {glm::ivec3{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}}) {
            if (!lattice.holds(cell + d)) continue;
            std::size_t const next = lattice.index(cell + d);
            if (state[next] != open) continue;
            state[next] = state[at];
            front.push_back(next);
        }
    }
    double sum = 0, count = 0;
    for (std::size_t i = 0; i < hu.size(); ++i) {
        // Metal and thick calcium are far brighter than the blood beside them. Bright spots inside a lung are vessels
        // that the threshold cuts off.
        bool const is_vessel_of_lung = state[i] == open && around_lungs[i] != 0;
        bool const is_metal = aorta_hu > 0 && hu[i] > 5 * aorta_hu;
        blood.mask[i] = (state[i] == is_blood || is_vessel_of_lung) && !is_metal;
        if (state[i] == is_blood) sum += hu[i], count += 1;
    }
    double const cube_ml = std::pow(lattice.spacing_mm, 3) / 1000;
    blood.ml = count * cube_ml;
    if (blood.ml < 10) {
        blood.mask.assign(hu.size(), 0);
        blood.ml = 0;
        return blood;
    }
    blood.mean_hu = sum / count;
    blood.depth_mm = depth_in(lattice, blood.mask);
    return blood;
}

void take_contrast_out(Volume& ct, Findings const& found, EnhancedBlood const& blood)
{
    if (blood.ml <= 0) return;
    Lattice const& lattice = found.work.lattice;
    // What blood is here, and what is beyond its edge: means of places that are surely one of them.
    Mask inside(blood.mask.size()), outside(blood.mask.size());
    for (std::size_t i = 0; i < inside.size(); ++i) {
        inside[i] = blood.depth_mm[i] > 1.5;
        outside[i] = blood.depth_mm[i] < -rim_mm && blood.depth_mm[i] > -12 && found.work.hu[i] < enhanced_hu;
    }
    // Thin vessels have no inside that deep: their own core counts.
    std::vector<float> const core = local_mean(lattice, found.work.hu, blood.mask, 3);
    std::vector<float> mean = local_mean(lattice, found.work.hu, inside, 4);
    for (std::size_t i = 0; i < mean.size(); ++i)
        if (mean[i] < enhanced_hu) mean[i] = core[i];
    std::vector<float> const beyond = local_mean(lattice, found.work.hu, outside, 4);

    Grid const& grid = ct.grid;
    Mat4 const patient_from_index = grid.patient_from_index();
    parallel_for(grid.size.z, [&](int first, int last) {
        for (int k = first; k < last; ++k)
            for (int j = 0; j < grid.size.y; ++j)
                for (int i = 0; i < grid.size.x; ++i) {
                    Vec3 const p = map_point(patient_from_index, Vec3{i, j, k});
                    glm::ivec3 const cell = glm::clamp(lattice.nearest(p), glm::ivec3{0}, lattice.size - 1);
                    std::size_t const at = lattice.index(cell);
                    double const depth = blood.depth_mm[at];
                    if (depth < -rim_mm || mean[at] < enhanced_hu) continue;
                    double share = 1;
                    if (depth < 2) {
                        double const contrast = mean[at] - beyond[at];
                        share = contrast > 60 ? std::clamp((found.work.at(p) - beyond[at]) / contrast, 0.0, 1.0)
                                              : std::clamp(0.5 + depth / lattice.spacing_mm, 0.0, 1.0);
                    }
                    auto& hu =
                        ct.hu[(std::size_t(k) * std::size_t(grid.size.y) + std::size_t(j)) * std::size_t(grid.size.x) +
                              std::size_t(i)];
                    hu = std::int16_t(std::lround(std::max(hu - share * (mean[at] - blood_hu), -1024.0)));
                }
    });
}

} // namespace fluoro
