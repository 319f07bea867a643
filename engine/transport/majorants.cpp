#include "majorants.hpp"

#include "material_tables.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fluoro {
namespace {

constexpr int nodes = int(shared::energy_nodes);
/// Strengths relative to water's density where one class ends and the next begins: narrow where bodies are.
constexpr std::array class_limits{0.02, 0.2, 0.4, 0.7, 0.95, 1.0, 1.05, 1.1, 1.2, 1.4, 1.7, 2.1, 3.0, 5.0, 10.0};
constexpr std::array strength_energies_kev{25.0, 45.0, 70.0};
constexpr double water_per_mm[] = {0.0509, 0.02263, 0.01929}; // at those energies; only sorts codes into classes
constexpr double most_cells_per_side = 200;

int node_of(double kev)
{
    return int(std::log2(kev / shared::lowest_energy_kev) * shared::energy_nodes_per_octave);
}

/// 0 for vacuum, else 1 + the number of limits below the code's strength.
int class_of(TransportTables const& tables, shared::MediumCode const& code)
{
    double strength = 0;
    for (std::size_t i = 0; i < strength_energies_kev.size(); ++i)
        strength = std::max(strength, double(node_attenuation(tables, code, node_of(strength_energies_kev[i]))) /
                                          water_per_mm[i]);
    if (strength <= 0) return 0;
    return 1 + int(std::lower_bound(class_limits.begin(), class_limits.end(), strength) - class_limits.begin());
}

struct CellRange {
    glm::ivec3 first, last; // inclusive
};

CellRange cells_of(TransportTables const& tables, Vec3 low, Vec3 high)
{
    CellRange range;
    for (int axis = 0; axis < 3; ++axis) {
        // A hair more on each side: places are floats in the kernel.
        double const slack = 1e-3;
        double const per_mm = tables.params.cells_per_mm[axis];
        double const from = (low[axis] - slack - tables.params.world_low[axis]) * per_mm;
        double const to = (high[axis] + slack - tables.params.world_low[axis]) * per_mm;
        int const last = int(tables.params.cells[axis]) - 1;
        range.first[axis] = std::clamp(int(std::floor(from)), 0, last);
        range.last[axis] = std::clamp(int(std::floor(to)), 0, last);
    }
    return range;
}

} // namespace

float node_attenuation(TransportTables const& tables, shared::MediumCode const& code, int node)
{
    return code.density_a_g_cm3 * tables.energy[code.material_a * std::size_t(nodes) + std::size_t(node)].x +
           code.density_b_g_cm3 * tables.energy[code.material_b * std::size_t(nodes) + std::size_t(node)].x;
}

void add_majorants(TransportTables& tables, std::vector<CodeExtent> const& shapes, double cell_mm)
{
    auto& p = tables.params;
    // The world is the box around all there is.
    Vec3 low{std::numeric_limits<double>::infinity()}, high = -low;
    Vec3 const voxel_mm = p.voxels.w ? Vec3{1.0 / Vec3{p.voxels_per_mm}} : Vec3{1};
    if (p.voxels.w) {
        low = Vec3{0};
        high = voxel_mm * Vec3{p.voxels};
    }
    for (auto const& shape : shapes) {
        low = glm::min(low, shape.low_mm);
        high = glm::max(high, shape.high_mm);
    }
    if (!(low.x <= high.x)) low = high = Vec3{0}; // an empty world
    high = glm::max(high, low + 1e-3);
    p.world_low = glm::vec4{low, 0};
    p.world_high = glm::vec4{high, 0};
    for (int axis = 0; axis < 3; ++axis) {
        double const side = high[axis] - low[axis];
        double const count = cell_mm > 0 ? std::clamp(std::round(side / cell_mm), 1.0, most_cells_per_side) : 1;
        p.cells[axis] = std::uint32_t(count);
        p.cells_per_mm[axis] = float(count / side);
    }

    // The strongest class that a cell holds.
    std::vector<std::uint8_t> class_of_code;
    for (auto const& code : tables.codes) class_of_code.push_back(std::uint8_t(class_of(tables, code)));
    std::vector<bool> is_used(tables.codes.size(), false);
    std::size_t const count = std::size_t(p.cells.x) * p.cells.y * p.cells.z;
    tables.cells.assign((count + 3) / 4 * 4, 0);
    auto const raise = [&](CellRange const& range, int code) {
        is_used[std::size_t(code)] = true;
        auto const strength = class_of_code[std::size_t(code)];
        for (int z = range.first.z; z <= range.last.z; ++z)
            for (int y = range.first.y; y <= range.last.y; ++y)
                for (int x = range.first.x; x <= range.last.x; ++x) {
                    auto& cell =
                        tables.cells[(std::size_t(z) * p.cells.y + std::size_t(y)) * p.cells.x + std::size_t(x)];
                    cell = std::max(cell, strength);
                }
    };
    if (p.voxels.w) {
        std::array<std::vector<CellRange>, 3> ranges; // of each voxel along each axis, kept in that axis' component
        for (int axis = 0; axis < 3; ++axis)
            for (std::uint32_t i = 0; i < p.voxels[axis]; ++i) {
                Vec3 const from = voxel_mm * double(i);
                ranges[std::size_t(axis)].push_back(cells_of(tables, from, from + voxel_mm));
            }
        std::size_t at = 0;
        for (std::uint32_t z = 0; z < p.voxels.z; ++z)
            for (std::uint32_t y = 0; y < p.voxels.y; ++y)
                for (std::uint32_t x = 0; x < p.voxels.x; ++x) {
                    auto const& [along_x, along_y, along_z] = std::tie(ranges[0][x], ranges[1][y], ranges[2][z]);
                    raise({{along_x.first.x, along_y.first.y, along_z.first.z},
                           {along_x.last.x, along_y.last.y, along_z.last.z}},
                          tables.voxels[at++]);
                }
    }
    for (auto const& shape : shapes) raise(cells_of(tables, shape.low_mm, shape.high_mm), shape.code);

    // A class bounds every code that is used up to its strength.
    int const classes = 2 + int(class_limits.size());
    p.cells.w = std::uint32_t(classes);
    tables.majorants.assign(std::size_t(classes * nodes), 0);
    for (std::size_t c = 0; c < tables.codes.size(); ++c) {
        if (!is_used[c]) continue;
        for (int k = class_of_code[c]; k < classes; ++k)
            for (int i = 0; i < nodes; ++i) {
                auto& majorant = tables.majorants[std::size_t(k * nodes + i)];
                majorant = std::max(majorant, node_attenuation(tables, tables.codes[c], i));
            }
    }
}

} // namespace fluoro
