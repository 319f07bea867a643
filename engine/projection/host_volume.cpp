#include "host_volume.hpp"

#include <fluoro/core/parallel.hpp>

namespace fluoro {
namespace {

/// So many rows and columns are turned together: both sides of it fit the first cache.
constexpr int tile = 32;

void transpose(std::uint16_t const* from, int columns, int rows, std::uint16_t* to)
{
    for (int top = 0; top < rows; top += tile)
        for (int left = 0; left < columns; left += tile)
            for (int x = left; x < std::min(left + tile, columns); ++x)
                for (int y = top; y < std::min(top + tile, rows); ++y)
                    to[std::size_t(x) * std::size_t(rows) + std::size_t(y)] =
                        from[std::size_t(y) * std::size_t(columns) + std::size_t(x)];
}

} // namespace

HostVolume::HostVolume(WorkingVolume volume) : grid_{volume.grid}, x_fastest_{std::move(volume.biased_hu)}
{
    glm::ivec3 const n = grid_.size;
    std::size_t const plane = std::size_t(n.x) * std::size_t(n.y);
    y_fastest_.resize(x_fastest_.size());
    parallel_for(n.z, [&](int first, int last) {
        for (int z = first; z < last; ++z)
            transpose(x_fastest_.data() + plane * std::size_t(z), n.x, n.y, y_fastest_.data() + plane * std::size_t(z));
    });
    x_fastest_.push_back(0);
    y_fastest_.push_back(0);
}

VoxelOrder HostVolume::order(int main) const
{
    int const x = grid_.size.x, y = grid_.size.y;
    if (main == 0) return {1, 2, 0, y_fastest_, x * y, y};
    if (main == 1) return {0, 2, 1, x_fastest_, x * y, x};
    return {0, 1, 2, x_fastest_, x, x * y};
}

} // namespace fluoro
