#pragma once
// Inside the projection module: filled clouds, parcel by parcel, at the detector's resolution.
#include "pixel_box.hpp"

#include <fluoro/image/image.hpp>
#include <fluoro/scene/scene.hpp>
#include <span>
#include <vector>

namespace fluoro {

/// A parcel's shadow: a tent of this half width along columns and rows.
struct Splat {
    float column = 0, row = 0; ///< pixel coordinates of its middle
    glm::vec2 reach{1};        ///< half widths of the tents along columns and rows [pixels]
    float mm = 0;              ///< of filling, summed over all its pixels
    PixelBox box;              ///< that it can cover
};

/// The shadows of all parcels between source and detector that can fall into `rect`.
std::vector<Splat> splats(FilledCloud const& cloud, Scene const& scene, PixelRect const& rect);
/// Adds a shadow's lengths [mm] to the pixels of `tile`, whose rows are `stride` apart in `mm`. What all its pixels
/// get together is exactly the parcel's volume over a pixel's area. docs/theory/filled-clouds.md
void draw(Splat const& splat, PixelBox const& tile, int stride, std::span<float> mm);

} // namespace fluoro
