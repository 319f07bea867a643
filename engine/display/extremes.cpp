#include "smooth.hpp"
#include <fluoro/core/parallel.hpp>
#include <fluoro/display/extremes.hpp>

#include <algorithm>
#include <vector>

namespace fluoro {
namespace {

/// Frames of a run before the extremes count: until then the average is still as noisy as a frame.
constexpr int warm_up = 2;

} // namespace

Image<float> smoothed(Image<float> const& image, float centre)
{
    float const scale = 1 / ((2 + centre) * (2 + centre));
    Image<float> result{image.columns, image.rows};
    int const columns = image.columns;
    parallel_for(image.rows, [&](int first, int last) {
        std::vector<float> line(std::size_t(columns + 2));
        float* const middle = line.data() + 1;
        for (int y = first; y < last; ++y) {
            float const* const above = &image.at(0, std::max(0, y - 1));
            float const* const here = &image.at(0, y);
            float const* const below = &image.at(0, std::min(image.rows - 1, y + 1));
            for (int x = 0; x < columns; ++x) middle[x] = above[x] + centre * here[x] + below[x];
            middle[-1] = middle[0];
            middle[columns] = middle[columns - 1];
            float* const out = &result.at(0, y);
            for (int x = 0; x < columns; ++x) out[x] = (middle[x - 1] + centre * middle[x] + middle[x + 1]) * scale;
        }
    });
    return result;
}

void Extremes::add(Image<float> const& frame)
{
    ++frames_;
    std::size_t const count = frame.values.size();
    if (frame.columns != average_.columns || frame.rows != average_.rows) {
        frames_ = 1;
        average_ = frame;
    } else {
        float const weight = std::max(newest_weight_, 1.0f / float(frames_));
        float* const average = average_.values.data();
        for (std::size_t i = 0; i < count; ++i) average[i] += weight * (frame.values.data()[i] - average[i]);
    }
    Image<float> smooth = smoothed(average_, smoothing_centre);
    if (frames_ <= warm_up) {
        darkest_ = smooth;
        brightest_ = std::move(smooth);
        return;
    }
    float *const dark = darkest_.values.data(), *const bright = brightest_.values.data();
    for (std::size_t i = 0; i < count; ++i) {
        float const value = smooth.values.data()[i];
        dark[i] = std::min(dark[i], value);
        bright[i] = std::max(bright[i], value);
    }
}

} // namespace fluoro
