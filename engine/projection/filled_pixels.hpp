#pragma once
// Inside the projection module: what fillings of tubes and clouds put in the way.
#include <array>
#include <fluoro/image/image.hpp>
#include <fluoro/scene/scene.hpp>
#include <vector>

namespace fluoro {

/// Added materials (neither water nor bone) that one scene's fillings may hold between them.
inline constexpr std::size_t most_added_materials = 6;

/// The added materials of a scene's fillings, each once. Throws Error when there are too many.
std::vector<MaterialId> added_materials(Scene const& scene);

/// What fillings put in a pixel's way [g/cm2], averaged over its aperture; what they displace is taken away.
struct FilledPixel {
    int column = 0, row = 0;
    double soft = 0, bone = 0;
    std::array<double, most_added_materials> added{}; ///< in the order of added_materials()
};

/// The pixels of `rect` that any tube or cloud covers, row by row within tiles of 32 x 32 pixels.
std::vector<FilledPixel> filled_pixels(Scene const& scene, PixelRect const& rect);

} // namespace fluoro
