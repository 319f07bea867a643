#include "device_volume.hpp"
#include "cells.hpp"

#include <algorithm>
#include <cstring>
#include <fluoro/core/parallel.hpp>
#include <shared/march.h>

namespace fluoro {
namespace {

std::uint16_t biased(int hu)
{
    return std::uint16_t(std::clamp(hu + int(shared::hu_bias), 0, 65535));
}

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

PackedAxis pack(gpu::Device& device, WorkingVolume const& volume, int u, int v, int main)
{
    PackedAxis axis{u, v, main, 0, {}};
    glm::ivec3 const n = volume.grid.size;
    std::size_t const strides[3] = {1, std::size_t(n.x), std::size_t(n.x) * std::size_t(n.y)};
    int const nu = n[u], nv = n[v], nm = n[main];
    std::size_t const plane_words = std::size_t(nu) * std::size_t(nv);
    // At most 256 MiB a texture: the packing on the host needs as much again while it is made.
    axis.planes_per_texture =
        int(std::clamp<std::size_t>((std::size_t{256} << 20) / (plane_words * 4), 1, std::size_t(nm)));
    for (int first = 0; first < nm; first += axis.planes_per_texture) {
        int const planes = std::min(axis.planes_per_texture, nm - first);
        std::vector<std::uint32_t> words(plane_words * std::size_t(planes));
        parallel_for(nv, [&](int from, int to) {
            for (int j = from; j < to; ++j)
                for (int i = 0; i < nu; ++i) {
                    auto const offset = [&](int at_u) {
                        return strides[main] * std::size_t(first) + strides[v] * std::size_t(j) +
                               strides[u] * std::size_t(at_u);
                    };
                    std::uint16_t const* here = volume.biased_hu.data() + offset(i);
                    std::uint16_t const* next = volume.biased_hu.data() + offset(std::min(i + 1, nu - 1));
                    std::uint32_t* out =
                        words.data() + std::size_t(planes) * (std::size_t(nu) * std::size_t(j) + std::size_t(i));
                    for (int k = 0; k < planes; ++k) {
                        std::size_t const at = strides[main] * std::size_t(k);
                        out[k] = std::uint32_t(here[at]) | std::uint32_t(next[at]) << 16;
                    }
                }
        });
        axis.textures.emplace_back(device, planes, nu, nv, words);
    }
    return axis;
}

MarchVolume packed_for_joseph(gpu::Device& device, WorkingVolume const& working)
{
    MarchVolume volume;
    volume.grid = working.grid;
    volume.packed[0] = pack(device, working, 1, 2, 0);
    volume.packed[1] = pack(device, working, 0, 2, 1);
    volume.packed[2] = pack(device, working, 0, 1, 2);
    return volume;
}

MarchVolume::Cells on_device(gpu::Device& device, CellGrid const& cells)
{
    return {{device, cells.count.x, cells.count.y, cells.count.z, cells.words}, cells.sides};
}

} // namespace

std::size_t working_voxels(gpu::DeviceInfo const& device, bool texture)
{
    std::size_t const bytes_per_voxel =
        texture ? 2 : 14; // Joseph keeps one packing for each axis, and the halved volume
    // A GPU shares its memory with other programs' windows; the software device's heap is a part of the machine's own.
    std::uint64_t const ours = device.is_software ? device.memory_bytes / 4 * 3 : device.memory_bytes / 2;
    return std::size_t(ours) / bytes_per_voxel;
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

DeviceVolume::DeviceVolume(gpu::Device& device, Volume const& volume, bool texture)
{
    auto const& info = device.info();
    WorkingVolume const working = make_working_volume(volume, working_voxels(info, texture), info.max_texture_side);
    level_ = working.level;
    if (texture) {
        full_.grid = working.grid;
        full_.texture.emplace(device, working.grid.size.x, working.grid.size.y, working.grid.size.z, working.biased_hu);
        full_.cells = on_device(device, find_uniform_cells(working));
        full_.no_cells = on_device(device, one_mixed_cell(working.grid));
    } else {
        full_ = packed_for_joseph(device, working);
        halved_ = packed_for_joseph(device, half_as_fine(working));
    }
}

} // namespace fluoro
