#include "cloud_splat.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/core/parallel.hpp>

namespace fluoro {
namespace {

/// Pixels that one shadow may cover along a side.
constexpr int most_pixels = 64;

/// The tent's weights on whole pixels from `first` on, their sum 1.
void weights(float middle, float reach, int first, int count, std::array<float, most_pixels>& out)
{
    float sum = 0;
    for (int i = 0; i < count; ++i) {
        float const w = std::max(0.0f, reach - std::abs(float(first + i) - middle));
        out[std::size_t(i)] = w;
        sum += w;
    }
    float const share = 1 / sum;
    for (int i = 0; i < count; ++i) out[std::size_t(i)] *= share;
}

} // namespace

std::vector<Splat> splats(FilledCloud const& cloud, Scene const& scene, PixelRect const& rect)
{
    View const& view = scene.view;
    auto const pitch = float(scene.pixels.pitch_mm());
    Vec2 const origin = scene.pixels.position_mm(0, 0);
    glm::vec3 const beam{view.beam_direction()}, along_columns{view.column_direction}, along_rows{view.row_direction};
    glm::vec3 const source{view.source_mm};
    auto const to_detector = float(view.source_to_detector_mm);
    // Along a direction u the planes of a grid of cubes that the beam sees edge on lie this much of a side apart: a
    // tent of that half width makes them an even field, from all sides.
    auto const apart = [](glm::vec3 const& u) { return std::max({std::abs(u.x), std::abs(u.y), std::abs(u.z)}); };
    float const column_reach = apart(along_columns), row_reach = apart(along_rows);
    auto const splat_of = [&](FilledCloud::Parcel const& parcel) {
        Splat splat; // without length: not in the picture
        glm::vec3 const way = parcel.at_mm - source;
        float const depth = glm::dot(way, beam);
        if (depth < 1 || depth >= to_detector || parcel.volume_mm3 <= 0) return splat;
        float const scale = to_detector / depth / pitch; // pixels per mm at the parcel
        splat.column = glm::dot(way, along_columns) * scale - float(origin.x) / pitch;
        splat.row = glm::dot(way, along_rows) * scale - float(origin.y) / pitch;
        // Never narrower than the pixels need.
        auto const reach = [&](float share) {
            return std::clamp(share * float(cloud.size_mm) * scale, 1.0f, float(most_pixels) / 2 - 1);
        };
        splat.reach = {reach(column_reach), reach(row_reach)};
        splat.box = {int(std::ceil(splat.column - splat.reach.x)), int(std::floor(splat.column + splat.reach.x)) + 1,
                     int(std::ceil(splat.row - splat.reach.y)), int(std::floor(splat.row + splat.reach.y)) + 1};
        if (splat.box.right <= rect.column || splat.box.bottom <= rect.row ||
            splat.box.left >= rect.column + rect.columns || splat.box.top >= rect.row + rect.rows)
            return splat;
        // The ray's cross-section at the parcel: a pixel seen at that depth, and aslant.
        float const cosine = depth / glm::length(way);
        splat.mm = parcel.volume_mm3 * scale * scale / cosine;
        return splat;
    };
    std::vector<Splat> found(cloud.parcels.size());
    parallel_for(int(found.size()), [&](int first, int last) {
        std::transform(cloud.parcels.begin() + first, cloud.parcels.begin() + last, found.begin() + first, splat_of);
    });
    std::erase_if(found, [](Splat const& splat) { return splat.mm <= 0; });
    return found;
}

void draw(Splat const& splat, PixelBox const& tile, int stride, std::span<float> mm)
{
    std::array<float, most_pixels> across, down;
    int const columns = splat.box.right - splat.box.left, rows = splat.box.bottom - splat.box.top;
    weights(splat.column, splat.reach.x, splat.box.left, columns, across);
    weights(splat.row, splat.reach.y, splat.box.top, rows, down);
    int const left = std::max(splat.box.left, tile.left), right = std::min(splat.box.right, tile.right);
    for (int row = std::max(splat.box.top, tile.top); row < std::min(splat.box.bottom, tile.bottom); ++row) {
        float const share = splat.mm * down[std::size_t(row - splat.box.top)];
        float* const to = mm.data() + (row - tile.top) * stride - tile.left;
        float const* const from = across.data() - splat.box.left;
        for (int column = left; column < right; ++column) to[column] += share * from[column];
    }
}

} // namespace fluoro
