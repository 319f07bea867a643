#include "moved_medium.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/core/parallel.hpp>
#include <map>
#include <tuple>

namespace fluoro {
namespace {

constexpr double vacuum_hu = -1000;
/// Voxels are of one code that hold the same media, this near in density: codes have the mean of theirs.
constexpr double levels_per_octave = 4, tissue_step_g_cm3 = 0.02;
/// A 16-bit code.
constexpr std::size_t most_codes = 65536;

/// The eight neighbours of a continuous index, clamped to the grid, with their weights.
struct Corners {
    std::array<std::size_t, 8> at;
    std::array<double, 8> weight;
};
Corners corners(glm::ivec3 const& size, Vec3 const& index)
{
    int low[3], next[3];
    double share[3];
    for (int axis = 0; axis < 3; ++axis) {
        double const inside = std::clamp(index[axis], 0.0, double(size[axis] - 1));
        low[axis] = std::min(int(inside), std::max(0, size[axis] - 2));
        next[axis] = std::min(low[axis] + 1, size[axis] - 1);
        share[axis] = inside - low[axis];
    }
    Corners c;
    for (std::size_t i = 0; i < 8; ++i) {
        bool const x = i & 1, y = i & 2, z = i & 4;
        c.at[i] = (std::size_t(z ? next[2] : low[2]) * std::size_t(size.y) + std::size_t(y ? next[1] : low[1])) *
                      std::size_t(size.x) +
                  std::size_t(x ? next[0] : low[0]);
        c.weight[i] = (x ? share[0] : 1 - share[0]) * (y ? share[1] : 1 - share[1]) * (z ? share[2] : 1 - share[2]);
    }
    return c;
}

bool is_inside(glm::ivec3 const& size, Vec3 const& index)
{
    for (int axis = 0; axis < 3; ++axis)
        if (index[axis] < -0.5 || index[axis] > size[axis] - 0.5) return false;
    return true;
}

/// What clouds put into voxels: for every voxel that is met the volume shares of each medium, and what they displace.
class CloudVoxels {
public:
    CloudVoxels(Grid const& grid, Scene const& scene) : slot_of_(grid.voxels(), -1)
    {
        std::vector<int> medium_of;
        for (auto const& cloud : scene.clouds) {
            Mixture const& content = scene.fillings[std::size_t(cloud.filling)].content;
            auto const known = std::ranges::find(media, content);
            medium_of.push_back(int(known - media.begin()));
            if (known == media.end()) media.push_back(content);
        }
        Mat4 const index_from_patient = grid.index_from_patient();
        double const voxel_mm3 = grid.spacing_mm.x * grid.spacing_mm.y * grid.spacing_mm.z;
        for (std::size_t c = 0; c < scene.clouds.size(); ++c) {
            BasisDensities const& displaced = scene.fillings[std::size_t(scene.clouds[c].filling)].displaced;
            for (auto const& parcel : scene.clouds[c].parcels) {
                Vec3 const index = map_point(index_from_patient, Vec3{parcel.at_mm});
                if (!is_inside(grid.size, index)) continue;
                Corners const near = corners(grid.size, index);
                for (std::size_t i = 0; i < 8; ++i) {
                    if (near.weight[i] <= 0) continue;
                    double const share = near.weight[i] * double(parcel.volume_mm3) / voxel_mm3;
                    std::size_t const slot = slot_at(near.at[i]);
                    shares[slot * media.size() + std::size_t(medium_of[c])] += share;
                    lost[slot].soft_g_cm3 += share * displaced.soft_g_cm3;
                    lost[slot].bone_g_cm3 += share * displaced.bone_g_cm3;
                }
            }
        }
    }

    std::vector<Mixture> media;
    std::vector<std::size_t> voxels;  ///< that are met
    std::vector<double> shares;       ///< of each of them, by medium
    std::vector<BasisDensities> lost; ///< tissue of each of them [g/cm3]

private:
    std::size_t slot_at(std::size_t voxel)
    {
        int& slot = slot_of_[voxel];
        if (slot < 0) {
            slot = int(voxels.size());
            voxels.push_back(voxel);
            shares.resize(shares.size() + media.size(), 0.0);
            lost.emplace_back();
        }
        return std::size_t(slot);
    }
    std::vector<int> slot_of_;
};

} // namespace

Volume moved(Volume const& rest, Displacement const& displacement)
{
    Volume volume;
    volume.grid = rest.grid;
    volume.hu.resize(rest.hu.size());
    Mat4 const patient_from_index = rest.grid.patient_from_index(), index_from_patient = rest.grid.index_from_patient();
    FieldGrid const& field = displacement.grid;
    glm::ivec3 const n = rest.grid.size;
    parallel_for(n.z, [&](int first, int last) {
        for (int k = first; k < last; ++k)
            for (int j = 0; j < n.y; ++j)
                for (int i = 0; i < n.x; ++i) {
                    Vec3 const x = map_point(patient_from_index, {i, j, k});
                    Vec3 const from = rest_of(displacement, x);
                    Corners const near = corners(n, map_point(index_from_patient, from));
                    double hu = 0, density = 1;
                    for (std::size_t c = 0; c < 8; ++c) hu += near.weight[c] * double(rest.hu[near.at[c]]);
                    if (Vec3 const at = (x - field.origin_mm) / field.spacing_mm; is_inside(field.size, at)) {
                        Corners const beside = corners(field.size, at);
                        density = 0;
                        for (std::size_t c = 0; c < 8; ++c)
                            density += beside.weight[c] * double(displacement.density[beside.at[c]]);
                    }
                    hu = thinned(std::max(hu, vacuum_hu) - vacuum_hu, density) + vacuum_hu;
                    volume
                        .hu[(std::size_t(k) * std::size_t(n.y) + std::size_t(j)) * std::size_t(n.x) + std::size_t(i)] =
                        std::int16_t(std::lround(std::min(hu, 32767.0)));
                }
    });
    return volume;
}

void add_clouds(TransportProblem& problem, Scene const& scene)
{
    if (scene.clouds.empty() || problem.voxels.empty()) return;
    CloudVoxels const held{problem.grid, scene};
    std::size_t const media = held.media.size();
    std::vector<double> density(media);
    for (std::size_t m = 0; m < media; ++m) density[m] = density_g_cm3(held.media[m]);
    // Tissue as water that attenuates alike at the CT's energy.
    double const water_per_bone = hu_curve().soft_per_bone;
    /// Voxels of one code: which media, how dense, how much tissue.
    using Kind = std::tuple<std::vector<bool>, int, int>;
    struct Group {
        std::vector<std::size_t> voxels{};
        double tissue_g_cm3 = 0, media_g_cm3 = 0;
    };
    std::map<Kind, Group> groups;
    std::map<std::vector<bool>, std::vector<double>> masses; // of a set of media, each
    for (std::size_t slot = 0; slot < held.voxels.size(); ++slot) {
        std::vector<bool> set(media);
        double all = 0;
        for (std::size_t m = 0; m < media; ++m) {
            double const share = held.shares[slot * media + m];
            set[m] = share > 0;
            all += share * density[m];
        }
        auto& mass = masses.try_emplace(set, media, 0.0).first->second;
        for (std::size_t m = 0; m < media; ++m) mass[m] += held.shares[slot * media + m] * density[m];
        TransportCode const& code = problem.codes[problem.voxels[held.voxels[slot]]];
        double const tissue = std::max(0.0, code.density_a_g_cm3 - held.lost[slot].soft_g_cm3 +
                                                water_per_bone * (code.density_b_g_cm3 - held.lost[slot].bone_g_cm3));
        Group& group = groups[{std::move(set), int(std::floor(levels_per_octave * std::log2(all))),
                               int(std::lround(tissue / tissue_step_g_cm3))}];
        group.voxels.push_back(held.voxels[slot]);
        group.tissue_g_cm3 += tissue;
        group.media_g_cm3 += all;
    }
    std::map<std::vector<bool>, int> materials;
    for (auto const& [set, mass] : masses) {
        Mixture mixed;
        for (std::size_t m = 0; m < media; ++m)
            for (auto const& [material, g_cm3] : held.media[m].g_cm3)
                if (mass[m] > 0) mixed.g_cm3.emplace_back(material, g_cm3 * mass[m] / density[m]);
        problem.materials.push_back(std::move(mixed));
        materials[set] = int(problem.materials.size()) - 1;
    }
    for (auto const& [kind, group] : groups) {
        if (problem.codes.size() >= most_codes)
            throw Error{"photon transport: the clouds of this scene want more than 65536 codes of material"};
        auto const count = double(group.voxels.size());
        problem.codes.push_back(
            {0, group.tissue_g_cm3 / count, materials[std::get<0>(kind)], group.media_g_cm3 / count});
        for (std::size_t const voxel : group.voxels) problem.voxels[voxel] = std::uint16_t(problem.codes.size() - 1);
    }
}

} // namespace fluoro
