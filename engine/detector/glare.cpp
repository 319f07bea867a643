#include <fluoro/core/expect.hpp>
#include <fluoro/core/parallel.hpp>
#include <fluoro/detector/blur.hpp>
#include <fluoro/detector/glare.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace fluoro {

VeilingGlare::VeilingGlare(std::span<GlareComponent const> components, double pitch_mm, int columns, int rows)
    : components_(components.begin(), components.end()), columns_{columns}, rows_{rows}, pitch_mm_{pitch_mm}
{
    FLUORO_EXPECT(!components_.empty());
    double narrowest = components_.front().sigma_mm;
    for (auto const& component : components_) {
        narrowest = std::min(narrowest, component.sigma_mm);
        share_ += component.share;
    }
    // The largest power of two that is no more than a sigma: cell and interpolation together are then half as wide as
    // the Gaussian, and what they add is taken off it.
    while (2 * cell_ * pitch_mm <= narrowest && cell_ < 64) cell_ *= 2;
    cell_columns_ = (columns + cell_ - 1) / cell_;
    cell_rows_ = (rows + cell_ - 1) / cell_;
    cells_.assign(std::size_t(cell_columns_) * std::size_t(cell_rows_), 0.0f);
}

void VeilingGlare::add_row(int row, float const* energy)
{
    int const first = row / cell_ * cell_, height = std::min(rows_, first + cell_) - first;
    float* const to = cells_.data() + std::size_t(row / cell_) * std::size_t(cell_columns_);
    for (int c = 0; c < cell_columns_; ++c) {
        int const width = std::min(columns_ - c * cell_, cell_);
        float sum = 0;
        for (int x = c * cell_; x < c * cell_ + width; ++x) sum += energy[x];
        to[c] += sum / float(width * height);
    }
}

std::vector<float> VeilingGlare::smoothed(double sigma_cells) const
{
    // A cell's mean and the interpolation back have together the variance of a quarter of a cell squared.
    double const variance = std::max(sigma_cells * sigma_cells - (cell_ > 1 ? 0.25 : 0.0), 1e-3);
    int const reach = int(std::ceil(4 * std::sqrt(variance)));
    std::vector<float> taps;
    double sum = 0;
    for (int i = 0; i <= reach; ++i) {
        double const tap = std::exp(-0.5 * i * i / variance);
        taps.push_back(float(tap));
        sum += i == 0 ? tap : 2 * tap;
    }
    for (float& tap : taps) tap = float(tap / sum);
    auto const mirror = [](int i, int count) { // of any reach: a picture may be narrower than the glare
        int const period = 2 * count, inside = ((i % period) + period) % period;
        return std::size_t(inside < count ? inside : period - 1 - inside);
    };
    std::size_t const width = std::size_t(cell_columns_);
    std::vector<float> out(cells_.size());
    parallel_for(cell_rows_, [&](int first_row, int last_row) {
        // A row with what lies beyond its ends, so that one tap after the other runs along it.
        std::vector<float> along(width + 2 * std::size_t(reach));
        float* const middle = along.data() + reach;
        for (int y = first_row; y < last_row; ++y) {
            std::fill_n(middle, width, 0.0f);
            for (int i = -reach; i <= reach; ++i) {
                float const tap = taps[std::size_t(std::abs(i))];
                float const* const from = cells_.data() + mirror(y + i, cell_rows_) * width;
                for (std::size_t x = 0; x < width; ++x) middle[x] += tap * from[x];
            }
            for (int x = 1; x <= reach; ++x) {
                middle[-x] = middle[mirror(-x, cell_columns_)];
                middle[cell_columns_ - 1 + x] = middle[mirror(cell_columns_ - 1 + x, cell_columns_)];
            }
            float* const to = out.data() + std::size_t(y) * width;
            for (int i = -reach; i <= reach; ++i) {
                float const tap = taps[std::size_t(std::abs(i))];
                float const* const from = middle + i;
                for (std::size_t x = 0; x < width; ++x) to[x] += tap * from[x];
            }
        }
    });
    return out;
}

void VeilingGlare::spread()
{
    std::vector<float> glare(cells_.size());
    for (auto const& component : components_) {
        auto const wide = smoothed(component.sigma_mm / (pitch_mm_ * cell_));
        for (std::size_t i = 0; i < glare.size(); ++i) glare[i] += float(component.share) * wide[i];
    }
    cells_ = std::move(glare);
}

void VeilingGlare::apply(int row, float* energy) const
{
    // Cell centres stand half a cell in; outside the first and the last the glare is level.
    std::size_t const width = std::size_t(cell_columns_);
    float const y = (float(row) + 0.5f) / float(cell_) - 0.5f;
    int const above = int(std::floor(y));
    float const down = y - float(above);
    float const* const upper = cells_.data() + std::size_t(std::max(above, 0)) * width;
    float const* const lower = cells_.data() + std::size_t(std::min(above + 1, cell_rows_ - 1)) * width;
    float const kept = float(1 - share_);
    auto const level = [&](int c) {
        std::size_t const i = std::size_t(std::clamp(c, 0, cell_columns_ - 1));
        return upper[i] + down * (lower[i] - upper[i]);
    };
    // From one centre to the next; the first and the last stretch are half as long.
    float left = level(-1);
    for (int c = -1; c < cell_columns_; ++c) {
        float const right = level(c + 1);
        int const start = c * cell_ + cell_ / 2, first = std::max(start, 0), last = std::min(start + cell_, columns_);
        float const slope = (right - left) / float(cell_), offset = left + slope * (cell_ > 1 ? 0.5f : 0.0f);
        for (int x = first; x < last; ++x) energy[x] = kept * energy[x] + (offset + slope * float(x - start));
        left = right;
    }
}

} // namespace fluoro
