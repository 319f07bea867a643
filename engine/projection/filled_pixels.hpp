#pragma once
// Inside the projection module: what fillings of tubes and clouds put in the way.
#include "cloud_bands.hpp"
#include "tube_chords.hpp"

#include <array>
#include <cstdint>
#include <fluoro/image/image.hpp>
#include <fluoro/scene/scene.hpp>
#include <span>
#include <vector>

namespace fluoro {

/// Added materials (neither water nor bone) that one scene's fillings may hold between them.
inline constexpr std::size_t most_added_materials = 6;

/// The added materials of a scene's fillings, each once. Throws Error when there are too many.
std::vector<MaterialId> added_materials(Scene const& scene);

/// A tile of a picture, 32 x 32 pixels or less, and those of its pixels that a tube or a cloud covers.
struct FilledTile {
    static constexpr int side = 32;
    PixelBox box;
    std::vector<std::uint16_t> pixel; ///< row in the tile * side + column
    /// What fillings put in each pixel's way [g/cm2], averaged over its aperture; what they displace is taken away.
    std::vector<float> soft, bone;
    std::array<std::vector<float>, most_added_materials> added; ///< in the order of added_materials()

    std::size_t count() const { return pixel.size(); }
    int column(std::size_t i) const { return box.left + pixel[i] % side; }
    int row(std::size_t i) const { return box.top + pixel[i] / side; }
};

/// The tiles of a picture with something in them. Their memory is kept for the next picture.
class FilledTiles {
public:
    /// The tiles of `rect` that any tube or cloud of the scene covers. The same on any number of threads.
    std::span<FilledTile const> draw(Scene const& scene, PixelRect const& rect);

private:
    struct Tile {
        PixelBox box;
        std::vector<std::uint32_t> tubes; ///< that can cover it, in the scene's order
    };
    void sort_tubes(Scene const& scene, PixelRect const& rect);

    CloudBands clouds_;
    std::vector<TubePiece> pieces_;
    std::vector<Tile> tiles_;
    std::vector<std::size_t> busy_; ///< tiles with something in them
    std::vector<FilledTile> filled_;
};

} // namespace fluoro
