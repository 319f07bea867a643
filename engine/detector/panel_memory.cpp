#include <fluoro/core/expect.hpp>
#include <fluoro/detector/panel_memory.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace fluoro {

PanelMemory::PanelMemory(std::vector<LagComponent> lag, GhostModel const& ghost, double longest_integration_s)
    : lag_{std::move(lag)}, ghost_{ghost}, longest_integration_s_{longest_integration_s}, kept_(lag_.size()),
      released_(lag_.size())
{
}

void PanelMemory::begin_frame(int columns, int rows, double pitch_mm, double time_s)
{
    if (is_empty_ || columns != columns_ || rows != rows_ || pitch_mm != pitch_mm_) {
        columns_ = columns;
        rows_ = rows;
        pitch_mm_ = pitch_mm;
        std::size_t const pixels = std::size_t(columns) * std::size_t(rows);
        held_kev_.assign(lag_.size(), std::vector<float>(pixels));
        filled_.assign(ghost_.gain > 0 ? pixels : 0, 0.0f);
        is_empty_ = false;
        time_s_ = time_s;
    }
    double const elapsed_s = time_s - time_s_;
    FLUORO_EXPECT(elapsed_s >= 0);
    time_s_ = time_s;
    double const integrated_s = std::min(elapsed_s, longest_integration_s_);
    for (std::size_t k = 0; k < lag_.size(); ++k) {
        double const left = std::exp(-elapsed_s / lag_[k].seconds);
        kept_[k] = float(left);
        released_[k] = float(std::exp(-(elapsed_s - integrated_s) / lag_[k].seconds) - left);
    }
    ghost_kept_ = float(std::exp(-elapsed_s / ghost_.seconds));
}

void PanelMemory::take_row(int row, float full_well_kev, float* energy)
{
    std::size_t const width = std::size_t(columns_), first = std::size_t(row) * width;
    if (!filled_.empty()) {
        float* const filled = filled_.data() + first;
        float const gain = float(ghost_.gain), kept = ghost_kept_;
        float const per_kev = float(1 / (ghost_.energy_kev_mm2 * pitch_mm_ * pitch_mm_));
        for (std::size_t x = 0; x < width; ++x) {
            float const before = filled[x] * kept;
            float const dose = energy[x] * per_kev, fills = dose < 1 ? (dose > 0 ? dose : 0.0f) : 1.0f;
            energy[x] *= 1 + gain * before;
            filled[x] = before + (1 - before) * fills;
        }
    }
    for (std::size_t x = 0; x < width; ++x) energy[x] = energy[x] < full_well_kev ? energy[x] : full_well_kev;
    if (lag_.empty()) return;

    // New charge is split once; a block at a time, so that it is still at hand for every component.
    constexpr std::size_t block = 64;
    double prompt = 1;
    for (auto const& component : lag_) prompt -= component.share;
    float fresh[block];
    for (std::size_t start = 0; start < width; start += block) {
        std::size_t const count = std::min(block, width - start);
        float* const out = energy + start;
        for (std::size_t x = 0; x < count; ++x) {
            fresh[x] = out[x];
            out[x] *= float(prompt);
        }
        for (std::size_t k = 0; k < lag_.size(); ++k) {
            float* const held = held_kev_[k].data() + first + start;
            float const released = released_[k], kept = kept_[k], share = float(lag_[k].share);
            for (std::size_t x = 0; x < count; ++x) {
                out[x] += held[x] * released;
                held[x] = held[x] * kept + share * fresh[x];
            }
        }
    }
}

} // namespace fluoro
