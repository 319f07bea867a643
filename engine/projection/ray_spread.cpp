#include "ray_spread.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/core/parallel.hpp>

namespace fluoro {
namespace {

/// The four rays around a pixel along one direction, and what each weighs there.
struct Taps {
    std::array<int, 4> ray{};
    std::array<float, 4> weight{};
};

Taps taps_of(RayGrid const& rays, int pixel, int count)
{
    double const position = (pixel + 0.5) * rays.rays_per_pixel - 0.5 + rays.margin;
    double const low = std::floor(position);
    auto const t = float(position - low);
    Taps taps;
    taps.weight = {0.5f * ((-t + 2.0f) * t - 1.0f) * t, 0.5f * ((3.0f * t - 5.0f) * t * t + 2.0f),
                   0.5f * ((-3.0f * t + 4.0f) * t + 1.0f) * t, 0.5f * (t - 1.0f) * t * t};
    for (int i = 0; i < 4; ++i) taps.ray[std::size_t(i)] = std::clamp(int(low) - 1 + i, 0, count - 1);
    return taps;
}

} // namespace

void spread_rays(RayGrid const& rays, std::span<glm::vec2 const> of_rays, PixelRect const& pixels, int columns,
                 std::vector<glm::vec2>& half_way, std::span<glm::vec2> of_pixels)
{
    half_way.resize(std::size_t(rays.rows) * std::size_t(columns));
    std::vector<Taps> across;
    across.reserve(std::size_t(pixels.columns));
    for (int x = 0; x < pixels.columns; ++x) across.push_back(taps_of(rays, pixels.column + x, rays.columns));
    PixelRect const wanted = rays_for(rays, pixels);
    parallel_for(wanted.rows, [&](int first, int last) {
        for (int y = wanted.row + first; y < wanted.row + last; ++y) {
            glm::vec2 const* const from = of_rays.data() + std::size_t(y) * std::size_t(rays.columns);
            glm::vec2* to = half_way.data() + std::size_t(y) * std::size_t(columns) + std::size_t(pixels.column);
            for (auto const& [ray, weight] : across)
                *to++ = weight[0] * from[ray[0]] + weight[1] * from[ray[1]] + weight[2] * from[ray[2]] +
                        weight[3] * from[ray[3]];
        }
    });
    parallel_for(pixels.rows, [&](int first, int last) {
        for (int y = pixels.row + first; y < pixels.row + last; ++y) {
            auto const [ray, weight] = taps_of(rays, y, rays.rows);
            auto const row = [&](int i) {
                return half_way.data() + std::size_t(ray[std::size_t(i)]) * std::size_t(columns);
            };
            glm::vec2 const *const a = row(0), *const b = row(1), *const c = row(2), *const d = row(3);
            glm::vec2* const to = of_pixels.data() + std::size_t(y) * std::size_t(columns);
            for (int x = pixels.column; x < pixels.column + pixels.columns; ++x)
                to[x] = weight[0] * a[x] + weight[1] * b[x] + weight[2] * c[x] + weight[3] * d[x];
        }
    });
}

} // namespace fluoro
