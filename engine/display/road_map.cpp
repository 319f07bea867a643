#include <fluoro/core/expect.hpp>
#include <fluoro/core/parallel.hpp>
#include <fluoro/display/road_map.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace fluoro {
namespace {

/// The temporal filter needs a few frames before its average is quieter than a frame; they draw no extremes.
constexpr int settling_frames = 3;
/// Fewest frames after that in which a vessel can have been seen to change.
constexpr int least_frames = 3;

/// Value below which `fraction` of the values lie; reorders them.
float quantile(std::vector<float>& values, double fraction)
{
    auto const at = values.begin() + std::ptrdiff_t(fraction * double(values.size() - 1));
    std::nth_element(values.begin(), at, values.end());
    return *at;
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

void RoadMap::fill(Image<float> const& filtered, RawImage const& raw, RoadMapSettings const& settings)
{
    FLUORO_EXPECT(phase_ == Phase::waiting || phase_ == Phase::filling);
    auto const& frame = raw.digital_numbers;
    if (phase_ == Phase::waiting) {
        phase_ = Phase::filling;
        without_vessel_ = {{}, Image<std::uint8_t>{frame.columns, frame.rows}, raw.exposed, 0};
        vessel_ = Image<float>{frame.columns, frame.rows};
    }
    for (std::size_t i = 0; i < frame.values.size(); ++i)
        without_vessel_.saturated.values[i] |= std::uint8_t(frame.values[i] >= raw.saturation);
    if (++without_vessel_.frames <= settling_frames) return;
    // The exposure control may still turn: bring every frame to one exposure by its own median.
    Image<float> log = log_signal(filtered, half_quantum(raw));
    std::vector<float> samples;
    for (int y = raw.exposed.row; y < raw.exposed.row + raw.exposed.rows; y += 4)
        for (int x = raw.exposed.column; x < raw.exposed.column + raw.exposed.columns; x += 4)
            samples.push_back(extremes_.frames() > 0 ? log.at(x, y) - extremes_.brightest().at(x, y) : log.at(x, y));
    float const level = samples.empty() ? 0 : quantile(samples, 0.5);
    if (extremes_.frames() > 0)
        for (float& v : log.values) v -= level;
    extremes_.add(log);
    find_vessel(raw, settings);
}

/// Darkest less brightest, where that is more than noise makes of an unchanging pixel. A square root of the signal
/// makes the noise the same everywhere, so its size is read off the field itself.
void RoadMap::find_vessel(RawImage const& raw, RoadMapSettings const& settings)
{
    if (extremes_.frames() < least_frames) return;
    Image<float> const &darkest = extremes_.darkest(), &brightest = extremes_.brightest();
    auto const root_signal = [&](std::size_t i) { return std::exp(0.5f * brightest.values[i]); };
    std::vector<float> samples;
    for (int y = raw.exposed.row; y < raw.exposed.row + raw.exposed.rows; y += 4)
        for (int x = raw.exposed.column; x < raw.exposed.column + raw.exposed.columns; x += 4) {
            std::size_t const i = std::size_t(y) * std::size_t(vessel_.columns) + std::size_t(x);
            samples.push_back((darkest.values[i] - brightest.values[i]) * root_signal(i));
        }
    if (samples.empty()) return;
    // Upper half only: the vessel, and what else moved, stands in the lower.
    float const middle = quantile(samples, 0.6), high = quantile(samples, 0.9);
    constexpr float sigmas_between = 1.2816f - 0.2533f;
    float const sigma = std::max((high - middle) / sigmas_between, 0.0f);
    float const unchanged = middle - 0.2533f * sigma;
    float const limit = unchanged - float(settings.noise_threshold) * sigma;
    parallel_for(vessel_.rows, [&](int first, int last) {
        auto const begin = std::size_t(first) * std::size_t(vessel_.columns);
        auto const end = std::size_t(last) * std::size_t(vessel_.columns);
        for (std::size_t i = begin; i < end; ++i) {
            float const root = root_signal(i), value = (darkest.values[i] - brightest.values[i]) * root;
            // From nothing at the limit to all of it two standard deviations on: no rim of half-seen noise.
            float const t = sigma > 0 ? std::clamp((limit - value) / (2 * sigma), 0.0f, 1.0f) : float(value < limit);
            vessel_.values[i] = t * std::min(value - unchanged, 0.0f) / root;
        }
    });
    PixelRect const& field = raw.exposed;
    for (int y = 0; y < vessel_.rows; ++y)
        for (int x = 0; x < vessel_.columns; ++x)
            if (y < field.row || y >= field.row + field.rows || x < field.column || x >= field.column + field.columns)
                vessel_.at(x, y) = 0;
}

void RoadMap::finish()
{
    if (phase_ != Phase::filling) return;
    if (extremes_.frames() < least_frames) {
        start();
        return;
    }
    without_vessel_.log_signal = extremes_.brightest();
    phase_ = Phase::ready;
}

Subtracted RoadMap::so_far(RoadMapSettings const& settings) const
{
    Subtracted result{Image<float>{vessel_.columns, vessel_.rows}, without_vessel_.saturated, without_vessel_.exposed};
    for (std::size_t i = 0; i < vessel_.values.size(); ++i)
        result.difference.values[i] = std::max(vessel_.values[i], -2 * float(settings.vessel_limit));
    return result;
}

Subtracted RoadMap::over_map(Image<float> const& filtered, RawImage const& raw, RoadMapSettings const& settings) const
{
    FLUORO_EXPECT(phase_ == Phase::ready && fits(raw));
    Image<float> const live = log_signal(filtered, half_quantum(raw));
    PixelRect const& field = raw.exposed;
    Subtracted result{Image<float>{live.columns, live.rows}, without_vessel_.saturated, field};
    auto const each = [&](auto const& change) {
        for (int y = field.row; y < field.row + field.rows; ++y) {
            std::size_t const begin = std::size_t(y) * std::size_t(live.columns) + std::size_t(field.column);
            for (std::size_t i = begin; i < begin + std::size_t(field.columns); ++i) change(i);
        }
    };
    each([&](std::size_t i) {
        result.difference.values[i] = live.values[i] - without_vessel_.log_signal.values[i];
        result.saturated.values[i] |= std::uint8_t(raw.digital_numbers.values[i] >= raw.saturation);
    });
    float const offset = commonest(result.difference, field, result.saturated);
    float const opacity = float(settings.vessel_opacity), most = float(settings.vessel_limit);
    each([&](std::size_t i) { result.difference.values[i] += opacity * std::min(-vessel_.values[i], most) - offset; });
    leave_landmarks(result, without_vessel_, settings.landmark);
    return result;
}

} // namespace fluoro
