#include "moved_medium.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/parallel.hpp>
#include <fluoro/transport/problem.hpp>
#include <map>

namespace fluoro {
namespace {

constexpr int vacuum_hu = -1000;

/// The CT with voxels averaged along every axis until they come near `voxel_mm`; what is missing of a block at the far
/// edge is air.
Volume coarsened(Volume const& ct, double voxel_mm)
{
    glm::ivec3 block{1};
    for (int axis = 0; axis < 3; ++axis)
        block[axis] = std::max(1, int(std::lround(voxel_mm / ct.grid.spacing_mm[axis])));
    if (block == glm::ivec3{1}) return ct;
    Volume coarse;
    coarse.grid = ct.grid;
    glm::ivec3 const from = ct.grid.size;
    glm::ivec3 const size = (from + block - 1) / block;
    coarse.grid.size = size;
    coarse.grid.spacing_mm = ct.grid.spacing_mm * Vec3{block};
    coarse.grid.origin_mm =
        map_point(ct.grid.patient_from_index(), 0.5 * (Vec3{block} - 1.0)); // middle of the first block
    coarse.hu.resize(coarse.grid.voxels());
    int const whole = block.x * block.y * block.z;
    parallel_for(size.z, [&](int first, int last) {
        std::vector<int> sums(std::size_t(size.x) * std::size_t(size.y));
        for (int k = first; k < last; ++k) {
            std::fill(sums.begin(), sums.end(), 0);
            for (int z = k * block.z; z < (k + 1) * block.z; ++z)
                for (int y = 0; y < size.y * block.y; ++y)
                    for (int x = 0; x < size.x * block.x; ++x) {
                        bool const is_inside = x < from.x && y < from.y && z < from.z;
                        auto const at = (std::size_t(z) * std::size_t(from.y) + std::size_t(y)) * std::size_t(from.x) +
                                        std::size_t(x);
                        sums[std::size_t(y / block.y) * std::size_t(size.x) + std::size_t(x / block.x)] +=
                            is_inside ? std::max<int>(ct.hu[at], vacuum_hu) : vacuum_hu;
                    }
            for (std::size_t i = 0; i < sums.size(); ++i)
                coarse.hu[std::size_t(k) * sums.size() + i] = std::int16_t(std::lround(double(sums[i]) / whole));
        }
    });
    return coarse;
}

/// A filling that takes this share of its place; the CT's own tissue has the rest.
Mixture partly(Filling const& filling, double share)
{
    if (share == 1) return filling.content;
    Mixture const tissue{{{find_material("water"), std::max(0.0, filling.displaced.soft_g_cm3)},
                          {find_material("bone"), std::max(0.0, filling.displaced.bone_g_cm3)}}};
    return blend(filling.content, tissue, share);
}

/// Adds a mixture as a material of its own with one code, and returns the code.
int add_code(TransportProblem& problem, Mixture const& mixture)
{
    problem.materials.push_back(mixture);
    problem.codes.push_back({int(problem.materials.size()) - 1, density_g_cm3(mixture), -1, 0});
    return int(problem.codes.size()) - 1;
}

} // namespace

TransportProblem problem_of(Scene const& scene, int bins, PatientMedium const& medium)
{
    TransportProblem problem;
    // The patient: HU from vacuum up, each one code.
    problem.materials = {pure(find_material("water")), pure(find_material("bone"))};
    auto ct = coarsened(scene.patient->ct, medium.voxel_mm);
    if (scene.displacement) ct = moved(ct, *scene.displacement);
    int const highest =
        ct.hu.empty() ? vacuum_hu : std::max<int>(vacuum_hu, *std::max_element(ct.hu.begin(), ct.hu.end()));
    for (int hu = vacuum_hu; hu <= highest; ++hu) {
        auto const density = basis_densities(hu);
        problem.codes.push_back({0, density.soft_g_cm3, 1, density.bone_g_cm3});
    }
    problem.grid = ct.grid;
    problem.voxels.reserve(ct.hu.size());
    for (auto const hu : ct.hu) problem.voxels.push_back(std::uint16_t(std::max<int>(hu, vacuum_hu) - vacuum_hu));

    add_clouds(problem, scene);

    for (auto const& slab : scene.slabs)
        problem.boxes.push_back(
            {slab.half_extent_mm, slab.patient_from_slab, add_code(problem, {{{slab.material, slab.density_g_cm3}}})});
    std::map<std::pair<int, int>, int> codes; // by filling and share
    auto const add_tube = [&](FilledTube const& tube) {
        int const eighths = std::clamp(int(std::lround(8 * tube.share)), 0, 8);
        auto const [code, is_new] = codes.try_emplace({tube.filling, eighths});
        if (is_new) code->second = add_code(problem, partly(scene.fillings[std::size_t(tube.filling)], eighths / 8.0));
        problem.tubes.push_back({tube, code->second});
    };
    // The first tube that holds a place decides it: the hollows of catheters come before their walls.
    for (auto const& tube : scene.tubes)
        if (tube.share < 0) add_tube(tube);
    for (auto const& tube : scene.tubes)
        if (tube.share >= 0) add_tube(tube);

    auto& source = problem.source;
    source.view = scene.view;
    source.opening = scene.blades;
    source.source_to_blades_mm = scene.source_to_blades_mm;
    source.focal_spot_mm = scene.focal_spot_mm();
    auto const spectrum = filtered_spectrum(scene.exposure.quality);
    for (std::size_t i = 0; i < spectrum.energy_kev.size(); ++i)
        if (spectrum.energy_kev[i] >= 1 && spectrum.fluence_per_mm2_kev_mas_1m[i] > 0)
            source.lines.push_back({spectrum.energy_kev[i], spectrum.fluence_per_mm2_kev_mas_1m[i]});
    source.wedges = scene.wedges;
    source.heel = scene.tube;
    source.voltage = scene.exposure.quality.voltage;

    TransportDetector detector;
    detector.half_width_mm = scene.pixels.field_mm / 2;
    detector.half_height_mm = detector.half_width_mm * scene.pixels.rows / scene.pixels.columns;
    detector.columns = detector.rows = bins;
    detector.scintillator = scene.scintillator;
    detector.grid = scene.grid;
    problem.detector = detector;
    return problem;
}

} // namespace fluoro
