#pragma once
// Inside the projection module: which rays are marched for a picture.
#include <fluoro/image/image.hpp>
#include <fluoro/scene/scene.hpp>

namespace fluoro {

/// Rays on the detector plane. Either one per pixel, or an even coarser grid over the active field with a margin for
/// the interpolation between them.
struct RayGrid {
    int columns = 0, rows = 0;
    int margin = 0; ///< rays beyond the field on each side
    double rays_per_pixel = 1;

    /// Pixel coordinates (0 = centre of the first pixel) of a ray.
    double pixel_of(int ray) const { return (ray - margin + 0.5) / rays_per_pixel - 0.5; }
};

/// One ray per pixel, or fewer where the marched voxels are coarse: rays three quarters of a voxel's shadow apart. What
/// the cubic interpolation between them loses is a few per cent of the quantum noise of a 30 nGy frame
/// (tests/physics/projection/ray_density.test.cpp).
RayGrid one_ray_per_pixel(PixelGrid const& pixels);
RayGrid rays_for_voxels(PixelGrid const& pixels, View const& view, Grid const& voxels);

/// Pixels that the beam reaches, penumbra included.
PixelRect exposed_pixels(Scene const& scene);
/// Rays needed for these pixels.
PixelRect rays_for(RayGrid const& rays, PixelRect const& pixels);
/// Width [mm] of a blade's shadow edge on the detector.
double penumbra_mm(Scene const& scene);

} // namespace fluoro
