#pragma once
// Inside the projection module: from the marched rays to the pixels, where there are fewer rays.
#include "ray_grid.hpp"

#include <span>
#include <vector>

namespace fluoro {

/// Catmull-Rom cubics along the rows, then along the columns. `pixels`: those of a picture of `columns` a row that are
/// wanted; `half_way` is room for the first step, kept by the caller from frame to frame.
void spread_rays(RayGrid const& rays, std::span<glm::vec2 const> of_rays, PixelRect const& pixels, int columns,
                 std::vector<glm::vec2>& half_way, std::span<glm::vec2> of_pixels);

} // namespace fluoro
