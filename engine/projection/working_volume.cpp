#include "working_volume.hpp"

#include <algorithm>
#include <fluoro/core/parallel.hpp>
#include <shared/march.h>

namespace fluoro {
namespace {

std::uint16_t biased(int hu)
{
    return std::uint16_t(std::clamp(hu + int(shared::hu_bias), 0, 65535));
}

} // namespace

WorkingVolume half_as_fine(WorkingVolume const& fine)
{
    WorkingVolume coarse;
    coarse.level = fine.level + 1;
    coarse.grid = fine.grid;
    glm::ivec3 const n = fine.grid.size;
    coarse.grid.size = glm::max((n + 1) / 2, glm::ivec3{2});
    coarse.grid.spacing_mm = 2.0 * fine.grid.spacing_mm;
    coarse.grid.origin_mm += fine.grid.directions * (0.5 * fine.grid.spacing_mm);
    coarse.biased_hu.resize(coarse.grid.voxels());
    glm::ivec3 const m = coarse.grid.size;
    parallel_for(m.z, [&](int first, int last) {
        for (int k = first; k < last; ++k)
            for (int j = 0; j < m.y; ++j)
                for (int i = 0; i < m.x; ++i) {
                    unsigned sum = 0;
                    for (int corner = 0; corner < 8; ++corner) {
                        int const x = 2 * i + (corner & 1), y = 2 * j + (corner >> 1 & 1), z = 2 * k + (corner >> 2);
                        // Beyond an odd edge there is air.
                        bool const inside = x < n.x && y < n.y && z < n.z;
                        sum += inside ? fine.biased_hu[(std::size_t(z) * std::size_t(n.y) + std::size_t(y)) *
                                                           std::size_t(n.x) +
                                                       std::size_t(x)]
                                      : biased(-1000);
                    }
                    coarse.biased_hu[(std::size_t(k) * std::size_t(m.y) + std::size_t(j)) * std::size_t(m.x) +
                                     std::size_t(i)] = std::uint16_t((sum + 4) / 8);
                }
    });
    return coarse;
}

WorkingVolume make_working_volume(Volume const& volume, std::size_t most_voxels, int longest_side)
{
    WorkingVolume working;
    working.grid = volume.grid;
    glm::ivec3 const n = volume.grid.size;
    working.biased_hu.resize(volume.hu.size());
    parallel_for(n.z, [&](int first, int last) {
        std::size_t const plane = std::size_t(n.x) * std::size_t(n.y);
        for (std::size_t i = plane * std::size_t(first); i < plane * std::size_t(last); ++i)
            working.biased_hu[i] = biased(volume.hu[i]);
    });
    auto const too_large = [&](Grid const& g) {
        return g.voxels() > most_voxels || std::max({g.size.x, g.size.y, g.size.z}) > longest_side;
    };
    while (too_large(working.grid)) working = half_as_fine(working);
    return working;
}

} // namespace fluoro
