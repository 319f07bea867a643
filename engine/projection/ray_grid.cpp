#include "ray_grid.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {

RayGrid one_ray_per_pixel(PixelGrid const& pixels)
{
    return {pixels.columns, pixels.rows, 0, 1.0};
}

RayGrid rays_for_voxels(PixelGrid const& pixels, View const& view, Grid const& voxels)
{
    RayGrid rays = one_ray_per_pixel(pixels);
    // A voxel's shadow at the isocentre's magnification.
    double const smallest_mm = std::min({voxels.spacing_mm.x, voxels.spacing_mm.y, voxels.spacing_mm.z});
    double const shadow_mm = smallest_mm * view.source_to_detector_mm / view.source_to_isocentre_mm;
    double const per_pixel = pixels.pitch_mm() / (0.75 * shadow_mm);
    if (per_pixel > 0.85) return rays;
    rays.rays_per_pixel = std::max(per_pixel, 0.25);
    rays.margin = 2;
    rays.columns = int(std::ceil(pixels.columns * rays.rays_per_pixel)) + 2 * rays.margin;
    rays.rows = int(std::ceil(pixels.rows * rays.rays_per_pixel)) + 2 * rays.margin;
    return rays;
}

double penumbra_mm(Scene const& scene)
{
    double const beyond = scene.view.source_to_detector_mm - scene.source_to_blades_mm;
    return std::max(1e-3, scene.focal_spot_mm() * beyond / scene.source_to_blades_mm);
}

PixelRect exposed_pixels(Scene const& scene)
{
    auto const& p = scene.pixels;
    double const half = penumbra_mm(scene) / 2;
    Vec2 const first = p.position_mm(0, 0);
    auto const range = [&](double from_mm, double to_mm, double zero_mm, int count) {
        int const a = std::clamp(int(std::floor((from_mm - half - zero_mm) / p.pitch_mm())) + 1, 0, count);
        int const b = std::clamp(int(std::ceil((to_mm + half - zero_mm) / p.pitch_mm())), a, count);
        return std::pair{a, b - a};
    };
    auto const [column, columns] = range(scene.blades.left_mm, scene.blades.right_mm, first.x, p.columns);
    auto const [row, rows] = range(scene.blades.top_mm, scene.blades.bottom_mm, first.y, p.rows);
    return {column, row, columns, rows};
}

PixelRect rays_for(RayGrid const& rays, PixelRect const& pixels)
{
    if (rays.margin == 0) return pixels;
    auto const range = [&](int first, int count, int all) {
        auto const ray = [&](int pixel) { return (pixel + 0.5) * rays.rays_per_pixel - 0.5 + rays.margin; };
        int const a = std::clamp(int(std::floor(ray(first))) - 1, 0, all);
        int const b = std::clamp(int(std::floor(ray(first + count - 1))) + 3, a, all);
        return std::pair{a, b - a};
    };
    auto const [column, columns] = range(pixels.column, pixels.columns, rays.columns);
    auto const [row, rows] = range(pixels.row, pixels.rows, rays.rows);
    return {column, row, columns, rows};
}

} // namespace fluoro
