#include "focal_spot.hpp"

#include "ray_grid.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <fluoro/core/parallel.hpp>

namespace fluoro {
namespace {

using glm::vec2;

double open_share(double inside_mm, double penumbra)
{
    return std::clamp(inside_mm / penumbra + 0.5, 0.0, 1.0);
}

/// Rows of `from` to rows of `to` (each rect.columns wide), blurred along the row; the outermost pixel goes on outside.
void blur_row(std::span<float const> weights, vec2 const* from, vec2* to, int columns)
{
    int const reach = int(weights.size()) - 1;
    auto const near_edge = [&](int x) {
        vec2 sum = weights[0] * from[x];
        for (int i = 1; i <= reach; ++i)
            sum += weights[std::size_t(i)] * (from[std::max(0, x - i)] + from[std::min(columns - 1, x + i)]);
        to[x] = sum;
    };
    int const first = std::min(reach, columns), last = std::max(first, columns - reach);
    for (int x = 0; x < first; ++x) near_edge(x);
    for (int x = first; x < last; ++x) to[x] = weights[0] * from[x];
    for (int i = 1; i <= reach; ++i)
        for (int x = first; x < last; ++x) to[x] += weights[std::size_t(i)] * (from[x - i] + from[x + i]);
    for (int x = last; x < columns; ++x) near_edge(x);
}

/// Weights of an evenly filled disc of this radius [cells] around a cell, a square of 2 reach + 1 cells; sum 1.
struct DiscWeights {
    int reach = 0;
    std::vector<float> weights;

    explicit DiscWeights(double radius) : reach{int(std::ceil(radius - 0.5))}
    {
        reach = std::max(0, reach);
        constexpr int fine = 8;
        float all = 0;
        for (int y = -reach; y <= reach; ++y)
            for (int x = -reach; x <= reach; ++x) {
                int inside = 0;
                for (int j = 0; j < fine; ++j)
                    for (int i = 0; i < fine; ++i)
                        inside += std::hypot(x + (i + 0.5) / fine - 0.5, y + (j + 0.5) / fine - 0.5) <= radius;
                weights.push_back(reach == 0 ? 1.0f : float(inside));
                all += weights.back();
            }
        for (float& w : weights) w /= all;
    }
};

/// Share of a disc's area with its centre at `x`, `y` that lies in the opening.
double disc_in_opening(double x, double y, double radius, BladeOpening const& opening)
{
    if (x - radius >= opening.left_mm && x + radius <= opening.right_mm && y - radius >= opening.top_mm &&
        y + radius <= opening.bottom_mm)
        return 1;
    // Strips of equal height across the rows; a strip's length inside is exact.
    constexpr int strips = 32;
    double inside = 0, all = 0;
    for (int i = 0; i < strips; ++i) {
        double const up = ((i + 0.5) / strips * 2 - 1) * radius;
        double const half = std::sqrt(radius * radius - up * up);
        all += 2 * half;
        if (y + up < opening.top_mm || y + up > opening.bottom_mm) continue;
        inside += std::max(0.0, std::min(x + half, opening.right_mm) - std::max(x - half, opening.left_mm));
    }
    return inside / all;
}

} // namespace

std::vector<float> spot_weights(double width_pixels)
{
    if (width_pixels < 0.25) return {};
    double const variance = width_pixels * width_pixels / 12;
    // A block of 2 m + 1 whole pixels has the variance m (m + 1) / 3; one pixel more at each end, partly weighed, makes
    // up what is missing.
    int m = 0;
    while ((m + 1) * (m + 2) / 3.0 <= variance) ++m;
    double const block = m * (m + 1) * (2 * m + 1) / 3.0;
    double const end = (variance * (2 * m + 1) - block) / (2 * ((m + 1.0) * (m + 1.0) - variance));
    double const all = 2 * m + 1 + 2 * end;
    std::vector<float> weights(std::size_t(m + 1), float(1 / all));
    weights.push_back(float(end / all));
    return weights;
}

double spot_shadow_mm(Scene const& scene)
{
    double const sod = scene.view.source_to_isocentre_mm;
    return scene.focal_spot_mm() * std::max(0.0, scene.view.source_to_detector_mm - sod) / sod;
}

void SignalFinisher::see_disc(Scene const& scene, SeenKey const& key)
{
    if (seen_for_ == key) return;
    int const across = (key.rect.columns + key.cell - 1) / key.cell, down = (key.rect.rows + key.cell - 1) / key.cell;
    seen_.resize(std::size_t(across) * std::size_t(down));
    parallel_for(down, [&](int first, int last) {
        for (int y = first; y < last; ++y)
            for (int x = 0; x < across; ++x) {
                Vec2 const at = scene.pixels.position_mm(key.rect.column + (x + 0.5) * key.cell - 0.5,
                                                         key.rect.row + (y + 0.5) * key.cell - 0.5);
                seen_[std::size_t(y) * std::size_t(across) + std::size_t(x)] =
                    float(disc_in_opening(at.x, at.y, key.disc_mm, scene.blades));
            }
    });
    seen_for_ = key;
}

void SignalFinisher::finish(Scene const& scene, Image<float> const& geometry, std::span<glm::vec2> sums, Signal& signal)
{
    PixelRect const& rect = signal.exposed;
    int const stride = scene.pixels.columns;
    FLUORO_EXPECT(sums.size() >= std::size_t(stride) * std::size_t(scene.pixels.rows));
    auto const at = [&](int x, int y) {
        return sums.data() + std::size_t(rect.row + y) * std::size_t(stride) + std::size_t(rect.column + x);
    };
    double const pitch = scene.pixels.pitch_mm();
    std::size_t const wide = std::size_t(rect.columns);

    // Object blur, first along the rows, then along the columns.
    auto const weights = spot_weights(spot_shadow_mm(scene) / pitch);
    if (!weights.empty()) {
        scratch_.resize(wide * std::size_t(rect.rows));
        int const reach = int(weights.size()) - 1;
        parallel_for(rect.rows, [&](int first, int last) {
            for (int y = first; y < last; ++y)
                blur_row(weights, at(0, y), scratch_.data() + std::size_t(y) * wide, rect.columns);
        });
        parallel_for(rect.rows, [&](int first, int last) {
            for (int y = first; y < last; ++y) {
                vec2* const to = at(0, y);
                auto const row = [&](int other) {
                    return scratch_.data() + std::size_t(std::clamp(other, 0, rect.rows - 1)) * wide;
                };
                vec2 const* const here = row(y);
                for (std::size_t x = 0; x < wide; ++x) to[x] = weights[0] * here[x];
                for (int i = 1; i <= reach; ++i) {
                    vec2 const *const above = row(y - i), *const below = row(y + i);
                    float const weight = weights[std::size_t(i)];
                    for (std::size_t x = 0; x < wide; ++x) to[x] += weight * (above[x] + below[x]);
                }
            }
        });
    }

    // Extra-focal radiation, on cells that resolve its disc: object and blades, both seen from all of the disc.
    auto const& tube = scene.tube;
    View const& view = scene.view;
    double const to_blades = scene.source_to_blades_mm;
    double const extra = tube.extra_focal_radius_mm > 0 ? tube.extra_focal_share : 0;
    double const shadow_pixels = tube.extra_focal_radius_mm *
                                 std::max(0.0, view.source_to_detector_mm - view.source_to_isocentre_mm) /
                                 view.source_to_isocentre_mm / pitch;
    int const cell = std::clamp(int(std::lround(shadow_pixels / 2.5)), 4, 16);
    int const across = (rect.columns + cell - 1) / cell, down = (rect.rows + cell - 1) / cell;
    if (extra > 0) {
        see_disc(scene, {scene.pixels.field_mm,
                         scene.pixels.columns,
                         scene.pixels.rows,
                         {scene.blades.left_mm, scene.blades.right_mm, scene.blades.top_mm, scene.blades.bottom_mm},
                         tube.extra_focal_radius_mm * std::max(0.0, view.source_to_detector_mm - to_blades) / to_blades,
                         rect,
                         cell});
        std::size_t const count = std::size_t(across) * std::size_t(down);
        std::vector<vec2> means(count);
        parallel_for(down, [&](int first, int last) {
            for (int cy = first; cy < last; ++cy) {
                int const top = cy * cell, bottom = std::min(top + cell, rect.rows);
                vec2* const row = means.data() + std::size_t(cy) * std::size_t(across);
                for (int y = top; y < bottom; ++y)
                    for (int cx = 0; cx < across; ++cx) {
                        vec2 sum{0};
                        vec2 const* const pixels = at(0, y);
                        for (int x = cx * cell; x < std::min((cx + 1) * cell, rect.columns); ++x) sum += pixels[x];
                        row[cx] += sum;
                    }
                for (int cx = 0; cx < across; ++cx)
                    row[cx] /= float((bottom - top) * (std::min((cx + 1) * cell, rect.columns) - cx * cell));
            }
        });
        DiscWeights const disc{shadow_pixels / cell};
        cells_.resize(count);
        parallel_for(down, [&](int first, int last) {
            for (int y = first; y < last; ++y)
                for (int x = 0; x < across; ++x) {
                    vec2 sum{0};
                    float const* weight = disc.weights.data();
                    for (int j = -disc.reach; j <= disc.reach; ++j)
                        for (int i = -disc.reach; i <= disc.reach; ++i)
                            sum += *weight++ * means[std::size_t(std::clamp(y + j, 0, down - 1)) * std::size_t(across) +
                                                     std::size_t(std::clamp(x + i, 0, across - 1))];
                    auto const here = std::size_t(y) * std::size_t(across) + std::size_t(x);
                    cells_[here] = float(extra) * seen_[here] * sum;
                }
        });
    }

    // Blades, fluence, and the two together.
    double const metres = view.source_to_detector_mm / 1000;
    double const fluence = scene.exposure.current_time.value() * tube.output_factor / (metres * metres);
    double const penumbra = penumbra_mm(scene);
    std::vector<float> open_columns(wide);
    for (std::size_t x = 0; x < wide; ++x) {
        double const mm = scene.pixels.position_mm(rect.column + double(x), 0).x;
        open_columns[x] =
            float(open_share(mm - scene.blades.left_mm, penumbra) * open_share(scene.blades.right_mm - mm, penumbra));
    }
    struct Between {
        int low, high;
        float share;
    };
    auto const between = [&](int pixel, int cells) {
        double const place = std::clamp((pixel + 0.5) / cell - 0.5, 0.0, cells - 1.0);
        int const low = std::min(int(place), std::max(0, cells - 2));
        return Between{low, std::min(low + 1, cells - 1), float(place - low)};
    };
    std::vector<Between> columns;
    for (int x = 0; x < rect.columns; ++x) columns.push_back(between(x, across));
    parallel_for(rect.rows, [&](int first, int last) {
        std::vector<vec2> extra_row(std::size_t(across), vec2{0});
        for (int y = first; y < last; ++y) {
            double const mm = scene.pixels.position_mm(0, rect.row + y).y;
            float const open_row = float((1 - extra) * open_share(mm - scene.blades.top_mm, penumbra) *
                                         open_share(scene.blades.bottom_mm - mm, penumbra));
            if (extra > 0) {
                Between const row = between(y, down);
                for (int x = 0; x < across; ++x)
                    extra_row[std::size_t(x)] =
                        glm::mix(cells_[std::size_t(row.low) * std::size_t(across) + std::size_t(x)],
                                 cells_[std::size_t(row.high) * std::size_t(across) + std::size_t(x)], row.share);
            }
            vec2 const* const from = at(0, y);
            float const* const shape = &geometry.at(rect.column, rect.row + y);
            float* const primary = &signal.primary.at(rect.column, rect.row + y);
            float* const second = &signal.primary_second_moment.at(rect.column, rect.row + y);
            for (std::size_t x = 0; x < wide; ++x) {
                Between const& c = columns[x];
                vec2 const around = glm::mix(extra_row[std::size_t(c.low)], extra_row[std::size_t(c.high)], c.share);
                vec2 const value = float(fluence) * shape[x] * (open_row * open_columns[x] * from[x] + around);
                primary[x] = value.x;
                second[x] = value.y;
            }
        }
    });
}

} // namespace fluoro
