#include <fluoro/anatomy/shape.hpp>

#include <cmath>
#include <cstdint>

namespace fluoro {

namespace {

/// A value for every corner of a lattice, even in [-1, 1].
double lattice(std::int64_t x, std::int64_t y, std::int64_t z, unsigned seed)
{
    std::uint64_t h = std::uint64_t(x) * 0x9e3779b97f4a7c15u ^ std::uint64_t(y) * 0xc2b2ae3d27d4eb4fu ^
                      std::uint64_t(z) * 0x165667b19e3779f9u ^ std::uint64_t(seed) * 0xd6e8feb86659fd93u;
    h = (h ^ h >> 32) * 0xd6e8feb86659fd93u;
    h = (h ^ h >> 32) * 0xd6e8feb86659fd93u;
    h ^= h >> 32;
    return double(h >> 11) * 0x1p-52 - 1;
}

double smooth(double t)
{
    return t * t * t * (t * (6 * t - 15) + 10);
}

} // namespace

double noise(Vec3 const& p, double size_mm, unsigned seed)
{
    Vec3 const q = p / size_mm, low = glm::floor(q);
    auto const x = std::int64_t(low.x), y = std::int64_t(low.y), z = std::int64_t(low.z);
    double const fx = smooth(q.x - low.x), fy = smooth(q.y - low.y), fz = smooth(q.z - low.z);
    double sum = 0;
    for (int corner = 0; corner < 8; ++corner) {
        int const i = corner & 1, j = corner >> 1 & 1, k = corner >> 2;
        sum += lattice(x + i, y + j, z + k, seed) * (i ? fx : 1 - fx) * (j ? fy : 1 - fy) * (k ? fz : 1 - fz);
    }
    // Even values have variance 1/3; the interpolation leaves (181/231)^3 of it on average.
    constexpr double deviation = 0.4005;
    return sum / deviation;
}

} // namespace fluoro
