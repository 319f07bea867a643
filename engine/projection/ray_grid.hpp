#pragma once
// Inside the projection module: which rays are marched for a picture.
#include <fluoro/image/image.hpp>
#include <fluoro/scene/scene.hpp>

namespace fluoro {

/// Rays on the detector plane. Either one per pixel, or an even coarser grid over the active field with a margin for the
/// interpolation between them.
struct RayGrid {
    int columns = 0, rows = 0;
    int margin = 0;              ///< rays beyond the field on each side
    double rays_per_pixel = 1;
    double pitch_mm = 0;         ///< between rays

    /// Pixel coordinates (0 = centre of the first pixel) of a ray.
    double pixel_of(int ray) const { return (ray - margin + 0.5) / rays_per_pixel - 0.5; }
};

/// One ray per pixel, or, unless `every_pixel`, as few as the voxels allow: rays that are `finest_share` of a voxel apart
/// where the detector is closest to the patient lose nothing that a voxel holds.
RayGrid choose_rays(PixelGrid const& pixels, View const& view, Grid const& voxels, bool every_pixel);

/// Pixels that the beam reaches, penumbra included.
PixelRect exposed_pixels(Scene const& scene);
/// Rays needed for these pixels.
PixelRect rays_for(RayGrid const& rays, PixelRect const& pixels);
/// Width [mm] of a blade's shadow edge on the detector.
double penumbra_mm(Scene const& scene);

} // namespace fluoro
