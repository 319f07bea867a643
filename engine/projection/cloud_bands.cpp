#include "cloud_bands.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/core/parallel.hpp>

namespace fluoro {
namespace {

/// Half width of the widest shadow [pixels].
constexpr float most_reach = 31;
constexpr int together = 8; ///< columns of a shadow, in whole vectors
constexpr int most_pixels = 2 * int(most_reach) + 2 * together;

/// Shadows of the parcels [first, last) into the heaps of the bands that they fall into.
void sort_shadows(FilledCloud const& cloud, std::size_t first, std::size_t last, Scene const& scene,
                  PixelRect const& rect, std::span<CloudBands::Heap> heaps)
{
    View const& view = scene.view;
    auto const pitch = float(scene.pixels.pitch_mm());
    Vec2 const origin = scene.pixels.position_mm(0, 0);
    glm::vec3 const beam{view.beam_direction()}, along_columns{view.column_direction}, along_rows{view.row_direction};
    glm::vec3 const source{view.source_mm};
    auto const to_detector = float(view.source_to_detector_mm), size = float(cloud.size_mm);
    float const first_column = float(origin.x) / pitch, first_row = float(origin.y) / pitch;
    // Along a direction u the planes of a grid of cubes that the beam sees edge on lie this much of a side apart: a
    // tent of that half width makes them an even field, from all sides; further where the tissue is stretched.
    auto const apart = [size](glm::vec3 const& u, glm::vec3 const& stretch) {
        glm::vec3 const along = glm::abs(u) * stretch;
        return size * std::max({along.x, along.y, along.z});
    };
    auto const shadow_of = [&](FilledCloud::Parcel const& parcel) {
        CloudShadow shadow;
        glm::vec3 const way = parcel.at_mm - source;
        float const depth = glm::dot(way, beam);
        if (depth < 1 || depth >= to_detector || parcel.volume_mm3 <= 0) return shadow;
        float const scale = to_detector / depth / pitch; // pixels per mm at the parcel
        shadow.column = glm::dot(way, along_columns) * scale - first_column;
        shadow.row = glm::dot(way, along_rows) * scale - first_row;
        // Never narrower than the pixels need.
        glm::vec2 const spacing{apart(along_columns, parcel.stretch), apart(along_rows, parcel.stretch)};
        shadow.reach = glm::clamp(spacing * scale, 1.0f, most_reach);
        if (shadow.column + shadow.reach.x < float(rect.column) || shadow.row + shadow.reach.y < float(rect.row) ||
            shadow.column - shadow.reach.x > float(rect.column + rect.columns) ||
            shadow.row - shadow.reach.y > float(rect.row + rect.rows))
            return shadow;
        // The ray's cross-section at the parcel: a pixel seen at that depth, and aslant.
        float const cosine = depth / glm::length(way);
        shadow.mm = parcel.volume_mm3 * scale * scale / cosine;
        return shadow;
    };
    for (CloudBands::Heap& heap : heaps) {
        heap.shadows.clear();
        heap.left = rect.column + rect.columns;
        heap.right = rect.column;
    }
    for (std::size_t i = first; i < last; ++i) {
        CloudShadow const shadow = shadow_of(cloud.parcels[i]);
        if (shadow.mm <= 0) continue;
        int const top = std::max(0, int(shadow.row - shadow.reach.y) - rect.row),
                  bottom = std::min(rect.rows - 1, int(shadow.row + shadow.reach.y) + 1 - rect.row);
        for (int n = top / CloudBands::rows; n <= bottom / CloudBands::rows; ++n) {
            CloudBands::Heap& heap = heaps[std::size_t(n)];
            heap.shadows.push_back(shadow);
            heap.left = std::min(heap.left, int(shadow.column - shadow.reach.x));
            heap.right = std::max(heap.right, int(shadow.column + shadow.reach.x) + 2);
        }
    }
}

/// Sum of the tent's heights at whole pixels: two falling series, from the pixels beside its middle outward.
[[gnu::always_inline]] inline float sum_of(float middle, float reach)
{
    float const left = reach - (middle - float(int(middle))), right = reach - 1 + (middle - float(int(middle)));
    auto const series = [](float highest) {
        auto const count = float(int(highest) + 1);
        return count * highest - 0.5f * count * (count - 1);
    };
    return series(left) + series(right);
}

[[gnu::always_inline]] inline void draw_heap(CloudBands::Heap const& heap, CloudBands::Band& band)
{
    float across[most_pixels]; // bare: a checked index would keep the loop from becoming vector instructions
    int const before = band.rect.column - CloudBands::margin;
    int const height = std::min(CloudBands::rows, band.rect.row + band.rect.rows - band.top);
    std::size_t const stride = band.stride();
    for (CloudShadow const& shadow : heap.shadows) {
        // From here on both coordinates are positive: a shadow in the picture reaches less than a margin out of it.
        float const column = shadow.column - float(before), row = shadow.row - float(band.top - CloudBands::margin);
        int const first = int(column - shadow.reach.x) + 1, last = int(column + shadow.reach.x);
        int const width = (last - first) / together * together + together;
        float const share = shadow.mm / (sum_of(column, shadow.reach.x) * sum_of(row, shadow.reach.y));
        for (int i = 0; i < width; ++i) {
            float const height_here = shadow.reach.x - std::abs(float(first + i) - column);
            across[i] = height_here > 0 ? share * height_here : 0.0f;
        }
        int const top = std::max(int(row - shadow.reach.y) + 1, CloudBands::margin);
        int const bottom = std::min(int(row + shadow.reach.y) + 1, CloudBands::margin + height);
        for (int y = top; y < bottom; ++y) {
            float const down = std::max(0.0f, shadow.reach.y - std::abs(float(y) - row));
            float* const to = band.mm.data() + std::size_t(y - CloudBands::margin) * stride + std::size_t(first);
            for (int i = 0; i < width; i += together)
                for (int k = 0; k < together; ++k) to[i + k] += down * across[i + k];
        }
    }
}

void draw_plain(CloudBands::Heap const& heap, CloudBands::Band& band)
{
    draw_heap(heap, band);
}

#if defined(__x86_64__) && defined(__GNUC__)
// The same operations on eight lanes instead of four: the same bits on every machine.
__attribute__((target("avx2"))) void draw_avx2(CloudBands::Heap const& heap, CloudBands::Band& band)
{
    draw_heap(heap, band);
}
bool has_avx2()
{
    return __builtin_cpu_supports("avx2");
}
#else
constexpr auto draw_avx2 = draw_plain;
bool has_avx2()
{
    return false;
}
#endif

} // namespace

void CloudBands::draw(Scene const& scene, PixelRect const& rect)
{
    top_ = rect.row;
    down_ = (rect.rows + rows - 1) / rows;
    auto const down = std::size_t(down_), clouds = scene.clouds.size();
    bands_.resize(std::max(bands_.size(), clouds * down));
    heaps_.resize(std::max(heaps_.size(), clouds * stretches * down));
    parallel_each(int(clouds) * stretches, [&](int n) {
        FilledCloud const& cloud = scene.clouds[std::size_t(n / stretches)];
        auto const part = [&](int i) { return cloud.parcels.size() * std::size_t(i) / stretches; };
        sort_shadows(cloud, part(n % stretches), part(n % stretches + 1), scene, rect,
                     std::span{heaps_}.subspan(std::size_t(n) * down, down));
    });
    parallel_each(int(clouds * down), [&, wide = has_avx2()](int n) {
        Band& band = bands_[std::size_t(n)];
        std::size_t const cloud = std::size_t(n) / down, row = std::size_t(n) % down;
        band.rect = rect;
        band.top = rect.row + int(row) * rows;
        band.left = rect.column + rect.columns;
        band.right = rect.column;
        band.is_empty = true;
        for (std::size_t s = 0; s < stretches; ++s) {
            Heap const& heap = heaps_[(cloud * stretches + s) * down + row];
            if (heap.shadows.empty()) continue;
            if (band.is_empty) band.mm.assign(band.stride() * std::size_t(rows), 0.0f);
            band.is_empty = false;
            band.left = std::min(band.left, heap.left);
            band.right = std::max(band.right, heap.right);
            wide ? draw_avx2(heap, band) : draw_plain(heap, band);
        }
    });
}

bool CloudBands::meets(std::size_t cloud, PixelBox const& pixels) const
{
    Band const& band = band_of(cloud, pixels);
    return !band.is_empty && band.left < pixels.right && pixels.left < band.right;
}

void CloudBands::add(std::size_t cloud, PixelBox const& pixels, int stride, std::span<float> mm) const
{
    Band const& band = band_of(cloud, pixels);
    for (int row = pixels.top; row < pixels.bottom; ++row) {
        float const* const from = band.mm.data() + std::size_t(row - band.top) * band.stride() +
                                  std::size_t(pixels.left - band.rect.column + margin);
        float* const to = mm.data() + (row - pixels.top) * stride;
        for (int x = 0; x < pixels.right - pixels.left; ++x) to[x] += from[x];
    }
}

} // namespace fluoro
