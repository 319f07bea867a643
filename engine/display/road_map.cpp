#include "fast_log.hpp"
#include "smooth.hpp"
#include <fluoro/core/expect.hpp>
#include <fluoro/core/parallel.hpp>
#include <fluoro/display/road_map.hpp>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace fluoro {
namespace {

/// The temporal filter needs a few frames before its average is quieter than a frame; they draw no extremes.
constexpr int settling_frames = 3;
/// Fewest frames after that in which a vessel can have been seen to change.
constexpr int least_frames = 3;

/// Least noise of the smoothed swing [square root of a digital number]: that of rounding.
constexpr float least_sigma = 0.01f;

/// Value below which `fraction` of the values lie; reorders them; 0 of nothing.
float quantile(std::vector<float>& values, double fraction)
{
    if (values.empty()) return 0;
    auto const at = values.begin() + std::ptrdiff_t(fraction * double(values.size() - 1));
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

template <class Value> std::vector<float> samples_of(PixelRect const& field, Value const& value)
{
    constexpr int step = 4;
    std::vector<float> samples;
    for (int y = field.row; y < field.row + field.rows; y += step)
        for (int x = field.column; x < field.column + field.columns; x += step) samples.push_back(value(x, y));
    return samples;
}

template <class Value> float median(PixelRect const& field, Value const& value)
{
    auto samples = samples_of(field, value);
    return quantile(samples, 0.5);
}

} // namespace

std::string problem_of(RoadMapSettings const& s)
{
    if (!(s.vessel_opacity >= 0 && s.vessel_opacity <= 1)) return "vessel_opacity must lie in 0 to 1";
    if (!(s.vessel_limit > 0)) return "vessel_limit must lie above 0";
    if (!(s.noise_threshold >= 0)) return "noise_threshold must not lie below 0";
    if (!(s.landmark >= 0 && s.landmark <= 1)) return "the road map's landmark must lie in 0 to 1";
    if (!(s.width >= 0.02 && s.width <= 5)) return "the road map's width must lie in 0.02 to 5";
    if (!(s.grey >= 0 && s.grey <= 1)) return "the road map's grey must lie in 0 to 1";
    return {};
}

void RoadMap::start()
{
    *this = RoadMap{};
    phase_ = Phase::waiting;
}

void RoadMap::stop()
{
    *this = RoadMap{};
}

bool RoadMap::fits(RawImage const& raw) const
{
    return raw.exposed == without_vessel_.exposed && raw.digital_numbers.columns == vessel_.columns &&
           raw.digital_numbers.rows == vessel_.rows;
}

void RoadMap::fill(Image<float> const& filtered, RawImage const& raw)
{
    FLUORO_EXPECT(phase_ == Phase::waiting || phase_ == Phase::filling);
    auto const& frame = raw.digital_numbers;
    if (phase_ == Phase::waiting) {
        phase_ = Phase::filling;
        without_vessel_ = {{}, Image<std::uint8_t>{frame.columns, frame.rows}, raw.exposed, 0};
        sum_ = Image<float>{frame.columns, frame.rows};
    }
    for (std::size_t i = 0; i < frame.values.size(); ++i)
        without_vessel_.saturated.values[i] |= std::uint8_t(frame.values[i] >= raw.saturation);
    if (++without_vessel_.frames <= settling_frames) return;
    Image<float> log = log_signal(filtered, half_quantum(raw));
    if (int const frames = extremes_.frames(); frames > 0) {
        // The exposure control may still turn: bring the frame to the others' exposure.
        float const share = 1.0f / float(frames);
        float const level = median(raw.exposed, [&](int x, int y) { return log.at(x, y) - share * sum_.at(x, y); });
        for (float& v : log.values) v -= level;
    }
    extremes_.add(log);
    for (std::size_t i = 0; i < log.values.size(); ++i) sum_.values[i] += log.values[i];
}

/// The vessel is where darkest less brightest is more than noise makes of an unchanging pixel. A square root of the
/// signal makes the noise the same everywhere, so its size is read off the field itself.
void RoadMap::finish(RoadMapSettings const& settings)
{
    if (phase_ != Phase::filling) return;
    if (extremes_.frames() < least_frames) {
        start();
        return;
    }
    phase_ = Phase::ready;
    Image<float> const &darkest = extremes_.darkest(), &brightest = extremes_.brightest();
    Image<float> swing{sum_.columns, sum_.rows}, root{sum_.columns, sum_.rows};
    for (std::size_t i = 0; i < swing.values.size(); ++i) {
        root.values[i] = std::exp(0.5f * brightest.values[i]);
        swing.values[i] = (darkest.values[i] - brightest.values[i]) * root.values[i];
    }
    swing = smoothed(swing, 2);
    Image<float> const wide = smoothed(smoothed(swing, 2), 2);

    // The upper half alone tells the noise: the vessel, and what else moved, stands in the lower.
    std::vector<float> samples = samples_of(without_vessel_.exposed, [&](int x, int y) { return wide.at(x, y); });
    float const middle = quantile(samples, 0.6), high = quantile(samples, 0.9);
    constexpr float sigmas_to_middle = 0.2533f, sigmas_to_high = 1.2816f;
    float const sigma = std::max((high - middle) / (sigmas_to_high - sigmas_to_middle), least_sigma);
    float const unchanged = middle - sigmas_to_middle * sigma;
    float const limit = unchanged - float(settings.noise_threshold) * sigma;

    PixelRect const& field = without_vessel_.exposed;
    vessel_ = without_vessel_.log_signal = Image<float>{sum_.columns, sum_.rows};
    Image<float> mean = std::move(sum_);
    for (float& v : mean.values) v *= 1.0f / float(extremes_.frames());
    Image<float> const smooth_mean = smoothed(mean, Extremes::smoothing_centre);
    for (int y = field.row; y < field.row + field.rows; ++y)
        for (int x = field.column; x < field.column + field.columns; ++x) {
            // From nothing at the limit to all of it two standard deviations on: no rim of half-seen noise.
            float const member = std::clamp((limit - wide.at(x, y)) / (2 * sigma), 0.0f, 1.0f);
            vessel_.at(x, y) = member * std::min(swing.at(x, y) - unchanged, 0.0f) / root.at(x, y);
            // The mean of all frames is the quietest and sharp. In the vessel it is lifted to the brightest, which is
            // without contrast medium, but for half of the noise's swing.
            float const empty = brightest.at(x, y) + 0.5f * unchanged / root.at(x, y);
            without_vessel_.log_signal.at(x, y) = mean.at(x, y) + member * (empty - smooth_mean.at(x, y));
        }
    extremes_ = Extremes{1};
    sum_ = {};
}

Subtracted RoadMap::over_map(Image<float> const& filtered, RawImage const& raw, RoadMapSettings const& settings) const
{
    FLUORO_EXPECT(phase_ == Phase::ready && fits(raw));
    PixelRect const& field = raw.exposed;
    Subtracted result{Image<float>{filtered.columns, filtered.rows}, without_vessel_.saturated, field};
    float const added = float(half_quantum(raw));
    std::uint16_t const limit = raw.saturation;
    parallel_for(field.rows, [&](int first, int last) {
        for (int y = field.row + first; y < field.row + last; ++y) {
            float const* const now = &filtered.at(field.column, y);
            float const* const anatomy = &without_vessel_.log_signal.at(field.column, y);
            std::uint16_t const* const numbers = &raw.digital_numbers.at(field.column, y);
            float* const to = &result.difference.at(field.column, y);
            std::uint8_t* const mark = &result.saturated.at(field.column, y);
            for (int x = 0; x < field.columns; ++x) to[x] = fast_log(std::max(now[x], 0.0f) + added) - anatomy[x];
            for (int x = 0; x < field.columns; ++x) mark[x] |= std::uint8_t(numbers[x] >= limit);
        }
    });
    float const offset = commonest(result.difference, field, result.saturated);
    float const opacity = float(settings.vessel_opacity), most = float(settings.vessel_limit);
    for (int y = field.row; y < field.row + field.rows; ++y) {
        float const* const vessel = &vessel_.at(field.column, y);
        float* const to = &result.difference.at(field.column, y);
        for (int x = 0; x < field.columns; ++x) to[x] += opacity * std::min(-vessel[x], most) - offset;
    }
    leave_landmarks(result, without_vessel_, settings.landmark);
    return result;
}

} // namespace fluoro
