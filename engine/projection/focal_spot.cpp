#include "focal_spot.hpp"

#include "ray_grid.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <fluoro/core/parallel.hpp>

namespace fluoro {
namespace {

double open_share(double inside_mm, double penumbra)
{
    return std::clamp(inside_mm / penumbra + 0.5, 0.0, 1.0);
}

/// Rows of `from` to rows of `to` (each rect.columns wide), blurred along the row; the outermost pixel goes on outside.
void blur_row(std::span<float const> weights, float const* from, float* to, int columns)
{
    int const reach = int(weights.size()) - 1;
    auto const near_edge = [&](int x) {
        float sum = weights[0] * from[x];
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

/// One image on its way through the finish.
struct SignalFinisher::Stage {
    Image<float>& image;
    std::vector<float>& blurred; ///< along the rows, over the exposed rectangle
    std::vector<float>& cells;   ///< means, then what the extra-focal disc adds
};

/// Means over cells of what the kernel left, and the object blur along the rows.
void SignalFinisher::gather(Stage const& stage, PixelRect const& rect, int cell, int cell_row,
                            std::span<float const> weights)
{
    int const across = (rect.columns + cell - 1) / cell;
    int const top = cell_row * cell, bottom = std::min(top + cell, rect.rows);
    float* const means = stage.cells.data() + std::size_t(cell_row) * std::size_t(across);
    std::fill_n(means, across, 0.0f);
    for (int y = top; y < bottom; ++y) {
        float const* const pixels = &stage.image.at(rect.column, rect.row + y);
        for (int cx = 0; cx < across; ++cx)
            for (int x = cx * cell; x < std::min((cx + 1) * cell, rect.columns); ++x) means[cx] += pixels[x];
        if (!weights.empty())
            blur_row(weights, pixels, stage.blurred.data() + std::size_t(y) * std::size_t(rect.columns), rect.columns);
    }
    for (int cx = 0; cx < across; ++cx)
        means[cx] /= float((bottom - top) * (std::min((cx + 1) * cell, rect.columns) - cx * cell));
}

/// From the means of cells to what the extra-focal disc adds: spread over the object's shadow of the disc, dimmed to
/// its share and to what the blades leave of it. A few thousand cells: not worth a second thread.
void SignalFinisher::spread_extra_focal(std::vector<float>& cells, int across, int down, double radius_cells,
                                        double share)
{
    DiscWeights const disc{radius_cells};
    spread_.resize(cells.size());
    std::vector<float> padded(std::size_t(across + 2 * disc.reach));
    for (int y = 0; y < down; ++y) {
        float* const to = spread_.data() + std::size_t(y) * std::size_t(across);
        std::fill_n(to, across, 0.0f);
        float const* weight = disc.weights.data();
        for (int j = -disc.reach; j <= disc.reach; ++j) {
            float const* const from = cells.data() + std::size_t(std::clamp(y + j, 0, down - 1)) * std::size_t(across);
            std::fill_n(padded.begin(), disc.reach, from[0]);
            std::copy_n(from, across, padded.begin() + disc.reach);
            std::fill_n(padded.end() - disc.reach, disc.reach, from[across - 1]);
            for (int i = 0; i <= 2 * disc.reach; ++i, ++weight) {
                float const* const shifted = padded.data() + i;
                for (int x = 0; x < across; ++x) to[x] += *weight * shifted[x];
            }
        }
        float const* const seen = seen_.data() + std::size_t(y) * std::size_t(across);
        for (int x = 0; x < across; ++x) to[x] *= float(share) * seen[x];
    }
    cells.swap(spread_);
}

void SignalFinisher::finish(Scene const& scene, Image<float> const& geometry, Signal& signal)
{
    PixelRect const& rect = signal.exposed;
    View const& view = scene.view;
    double const sid = view.source_to_detector_mm, sod = view.source_to_isocentre_mm;
    double const pitch = scene.pixels.pitch_mm();
    auto const& tube = scene.tube;
    double const extra = tube.extra_focal_radius_mm > 0 ? tube.extra_focal_share : 0;
    // Cells that resolve the shadow of the extra-focal disc.
    double const shadow_pixels = tube.extra_focal_radius_mm * std::max(0.0, sid - sod) / sod / pitch;
    int const cell = 2 * std::clamp(int(std::lround(shadow_pixels / 5)), 2, 8);
    int const across = (rect.columns + cell - 1) / cell, down = (rect.rows + cell - 1) / cell;
    std::size_t const wide = std::size_t(rect.columns);
    auto const weights = spot_weights(spot_shadow_mm(scene) / pitch);

    std::array const stages{Stage{signal.primary, blurred_mean_, mean_cells_},
                            Stage{signal.primary_second_moment, blurred_second_, second_cells_}};
    for (auto const& stage : stages) {
        stage.cells.resize(std::size_t(across) * std::size_t(down));
        stage.blurred.resize(weights.empty() ? 0 : wide * std::size_t(rect.rows));
    }
    parallel_for(down, [&](int first, int last) {
        for (int cell_row = first; cell_row < last; ++cell_row)
            for (auto const& stage : stages) gather(stage, rect, cell, cell_row, weights);
    });
    double spot_share = 1;
    if (extra > 0) {
        double const to_blades = scene.source_to_blades_mm;
        double const disc_mm = tube.extra_focal_radius_mm * std::max(0.0, sid - to_blades) / to_blades;
        see_disc(scene, {scene.pixels.field_mm,
                         scene.pixels.columns,
                         scene.pixels.rows,
                         {scene.blades.left_mm, scene.blades.right_mm, scene.blades.top_mm, scene.blades.bottom_mm},
                         disc_mm,
                         rect,
                         cell});
        // The middle of the opening gets the output that the dose is reckoned from, however small the opening.
        auto const& open = scene.blades;
        spot_share = 1 - extra * disc_in_opening((open.left_mm + open.right_mm) / 2, (open.top_mm + open.bottom_mm) / 2,
                                                 disc_mm, open);
        for (auto const& stage : stages) spread_extra_focal(stage.cells, across, down, shadow_pixels / cell, extra);
    }

    double const fluence = scene.exposure.current_time.value() * tube.output_factor / (sid / 1000) / (sid / 1000);
    double const penumbra = penumbra_mm(scene);
    std::vector<float> open_columns(wide);
    for (std::size_t x = 0; x < wide; ++x) {
        double const mm = scene.pixels.position_mm(rect.column + double(x), 0).x;
        open_columns[x] =
            float(open_share(mm - scene.blades.left_mm, penumbra) * open_share(scene.blades.right_mm - mm, penumbra));
    }
    parallel_for(rect.rows, [&](int first, int last) {
        std::vector<float> cells(std::size_t(across) + 2), around(wide + 2 * std::size_t(cell));
        for (int y = first; y < last; ++y) {
            double const mm = scene.pixels.position_mm(0, rect.row + y).y;
            float const open_row = float(spot_share * open_share(mm - scene.blades.top_mm, penumbra) *
                                         open_share(scene.blades.bottom_mm - mm, penumbra));
            float const* const shape = &geometry.at(rect.column, rect.row + y);
            double const place = std::clamp((y + 0.5) / cell - 0.5, 0.0, down - 1.0);
            int const low = int(place), high = std::min(low + 1, down - 1);
            float const share = float(place - low);
            for (auto const& stage : stages) {
                float* const value = &stage.image.at(rect.column, rect.row + y);
                if (!weights.empty()) { // the object blur along the columns
                    auto const row = [&](int other) {
                        return stage.blurred.data() + std::size_t(std::clamp(other, 0, rect.rows - 1)) * wide;
                    };
                    float const* const here = row(y);
                    for (std::size_t x = 0; x < wide; ++x) value[x] = weights[0] * here[x];
                    for (int i = 1; i < int(weights.size()); ++i) {
                        float const *const above = row(y - i), *const below = row(y + i);
                        float const weight = weights[std::size_t(i)];
                        for (std::size_t x = 0; x < wide; ++x) value[x] += weight * (above[x] + below[x]);
                    }
                }
                if (extra > 0) {
                    // The cells of this row, the outermost once more outside; then straight lines from middle to
                    // middle.
                    float const* const a = stage.cells.data() + std::size_t(low) * std::size_t(across);
                    float const* const b = stage.cells.data() + std::size_t(high) * std::size_t(across);
                    for (int x = 0; x < across; ++x) cells[std::size_t(x) + 1] = a[x] + share * (b[x] - a[x]);
                    cells.front() = cells[1];
                    cells.back() = cells[std::size_t(across)];
                    float* to = around.data();
                    for (int x = 0; x <= across; ++x, to += cell) {
                        float const here = cells[std::size_t(x)];
                        float const step = (cells[std::size_t(x) + 1] - here) / float(cell);
                        for (int i = 0; i < cell; ++i) to[i] = here + (float(i) + 0.5f) * step;
                    }
                }
                // The lines begin at the middle of the cell before the first pixel.
                float const* const added = around.data() + cell / 2;
                for (std::size_t x = 0; x < wide; ++x)
                    value[x] = float(fluence) * shape[x] * (open_row * open_columns[x] * value[x] + added[x]);
            }
        }
    });
}

} // namespace fluoro
