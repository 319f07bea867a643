#include "fast_log.hpp"
#include <fluoro/core/expect.hpp>
#include <fluoro/core/parallel.hpp>
#include <fluoro/display/subtraction.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace fluoro {
namespace {

/// Energy that an absorbed photon leaves in a usual beam [keV], and the share of a pixel's noise that the
/// scintillator's blur leaves; both rough, from memory: they only scale the logarithm's small correction.
constexpr double usual_photon_kev = 60, blur_share = 0.5;
constexpr float least_half_quantum = 0.5f;
struct Cubic {
    int first = 0; ///< index of the first of four samples, relative to the pixel
    std::array<float, 4> taps{};
};

/// Catmull-Rom taps that draw from `shift` pixels before.
Cubic cubic(double shift)
{
    double const at = -shift, whole = std::floor(at), t = at - whole;
    return {int(whole) - 1,
            {float(((2 - t) * t - 1) * t / 2), float(((3 * t - 5) * t * t + 2) / 2),
             float(((4 - 3 * t) * t + 1) * t / 2), float((t - 1) * t * t / 2)}};
}

Image<float> shifted(Image<float> const& image, Cubic const& across, Cubic const& down)
{
    Image<float> rows{image.columns, image.rows}, result{image.columns, image.rows};
    parallel_for(image.rows, [&](int first, int last) {
        for (int y = first; y < last; ++y)
            for (int x = 0; x < image.columns; ++x) {
                float sum = 0;
                for (int i = 0; i < 4; ++i)
                    sum += across.taps[std::size_t(i)] *
                           image.at(std::clamp(x + across.first + i, 0, image.columns - 1), y);
                rows.at(x, y) = sum;
            }
    });
    parallel_for(image.rows, [&](int first, int last) {
        for (int y = first; y < last; ++y)
            for (int i = 0; i < 4; ++i) {
                float const* const from = &rows.at(0, std::clamp(y + down.first + i, 0, image.rows - 1));
                float* const to = &result.at(0, y);
                for (int x = 0; x < image.columns; ++x) to[x] += down.taps[std::size_t(i)] * from[x];
            }
    });
    return result;
}

/// 1 where one of the pixels that a shift draws on is 1.
Image<std::uint8_t> spread(Image<std::uint8_t> const& marks, Cubic const& across, Cubic const& down)
{
    Image<std::uint8_t> result{marks.columns, marks.rows};
    auto const uses = [](Cubic const& c, int i) { return std::abs(c.taps[std::size_t(i)]) > 1e-6f; };
    for (int y = 0; y < marks.rows; ++y)
        for (int x = 0; x < marks.columns; ++x)
            for (int j = 0; j < 4; ++j)
                for (int i = 0; i < 4; ++i)
                    if (uses(across, i) && uses(down, j))
                        result.at(x, y) |= marks.at(std::clamp(x + across.first + i, 0, marks.columns - 1),
                                                    std::clamp(y + down.first + j, 0, marks.rows - 1));
    return result;
}

PixelRect common(PixelRect const& a, PixelRect const& b)
{
    int const column = std::max(a.column, b.column), row = std::max(a.row, b.row);
    return {column, row, std::max(0, std::min(a.column + a.columns, b.column + b.columns) - column),
            std::max(0, std::min(a.row + a.rows, b.row + b.rows) - row)};
}

/// The mask's exposed part goes with the mask.
PixelRect moved(PixelRect const& rect, double shift_columns, double shift_rows, int columns, int rows)
{
    auto const edge = [](int position, double shift, int size, auto round) {
        bool const at_border = position <= 0 || position >= size;
        return at_border ? position : std::clamp(position + int(round(shift)), 0, size);
    };
    auto const up = [](double v) { return std::ceil(v); };
    auto const down = [](double v) { return std::floor(v); };
    int const left = edge(rect.column, shift_columns, columns, up), top = edge(rect.row, shift_rows, rows, up);
    int const right = edge(rect.column + rect.columns, shift_columns, columns, down);
    int const bottom = edge(rect.row + rect.rows, shift_rows, rows, down);
    return {left, top, std::max(0, right - left), std::max(0, bottom - top)};
}

} // namespace

std::string problem_of(SubtractionSettings const& s)
{
    if (s.mask_first < 1 || s.mask_frames < 1) return "the mask must begin at frame 1 or later and have a frame";
    if (!(std::abs(s.shift_columns) <= 50 && std::abs(s.shift_rows) <= 50))
        return "the mask's shift must lie within 50 pixels";
    if (!(s.landmark >= 0 && s.landmark <= 1)) return "landmark must lie in 0 to 1";
    if (!(s.width >= 0.02 && s.width <= 5)) return "the subtraction's width must lie in 0.02 to 5";
    if (!(s.grey >= 0 && s.grey <= 1)) return "the subtraction's grey must lie in 0 to 1";
    return {};
}

double half_quantum(RawImage const& raw)
{
    double const area = raw.pixel_pitch_mm * raw.pixel_pitch_mm;
    double const dn = area > 0 ? blur_share * raw.dn_per_kev_mm2 * usual_photon_kev / (2 * area) : 0;
    return std::max(double(least_half_quantum), dn);
}

Image<float> log_signal(Image<float> const& digital_numbers, double half_quantum)
{
    Image<float> result{digital_numbers.columns, digital_numbers.rows};
    float const added = float(half_quantum);
    parallel_for(result.rows, [&](int first, int last) {
        auto const begin = std::size_t(first) * std::size_t(result.columns);
        auto const end = std::size_t(last) * std::size_t(result.columns);
        float const* const from = digital_numbers.values.data();
        float* const to = result.values.data();
        for (std::size_t i = begin; i < end; ++i) to[i] = fast_log(std::max(from[i], 0.0f) + added);
    });
    return result;
}

Image<float> log_signal(RawImage const& raw)
{
    Image<float> linear{raw.digital_numbers.columns, raw.digital_numbers.rows};
    std::copy(raw.digital_numbers.values.begin(), raw.digital_numbers.values.end(), linear.values.begin());
    return log_signal(linear, half_quantum(raw));
}

SubtractionMask make_mask(std::span<StoredFrame const> frames, double shift_columns, double shift_rows)
{
    FLUORO_EXPECT(!frames.empty());
    RawImage const& first = *frames.front().raw;
    int const columns = first.digital_numbers.columns, rows = first.digital_numbers.rows;
    Image<float> mean{columns, rows};
    SubtractionMask mask{{}, Image<std::uint8_t>{columns, rows}, first.exposed, int(frames.size())};
    for (auto const& frame : frames) {
        auto const& values = frame.raw->digital_numbers.values;
        FLUORO_EXPECT(values.size() == mean.values.size());
        std::uint16_t const* const from = values.data();
        float* const sum = mean.values.data();
        std::uint8_t* const mark = mask.saturated.values.data();
        std::uint16_t const limit = frame.raw->saturation;
        for (std::size_t i = 0; i < values.size(); ++i) {
            sum[i] += float(from[i]);
            mark[i] |= std::uint8_t(from[i] >= limit);
        }
        mask.exposed = common(mask.exposed, frame.raw->exposed);
    }
    float const share = 1.0f / float(frames.size());
    for (float& v : mean.values) v *= share;
    if (shift_columns != 0 || shift_rows != 0) {
        Cubic const across = cubic(shift_columns), down = cubic(shift_rows);
        mean = shifted(mean, across, down);
        mask.saturated = spread(mask.saturated, across, down);
        mask.exposed = moved(mask.exposed, shift_columns, shift_rows, columns, rows);
    }
    // A mean of n has a bias n times smaller.
    mask.log_signal = log_signal(mean, half_quantum(first) / double(frames.size()));
    return mask;
}

float commonest(Image<float> const& image, PixelRect const& field, Image<std::uint8_t> const& ignored)
{
    constexpr int block = 8, least_pixels = 32;
    int const across = (field.columns + block - 1) / block, down = (field.rows + block - 1) / block;
    constexpr float none = std::numeric_limits<float>::infinity();
    std::vector<float> means(std::size_t(across) * std::size_t(down), none);
    parallel_for(down, [&](int first, int last) {
        for (int j = first; j < last; ++j)
            for (int i = 0; i < across; ++i) {
                float sum = 0;
                int pixels = 0;
                int const end = std::min((i + 1) * block, field.columns);
                for (int y = j * block; y < std::min((j + 1) * block, field.rows); ++y) {
                    float const* const from = &image.at(field.column, field.row + y);
                    std::uint8_t const* const skip =
                        ignored.values.empty() ? nullptr : &ignored.at(field.column, field.row + y);
                    for (int x = i * block; x < end; ++x)
                        if (!skip || !skip[x]) sum += from[x], ++pixels;
                }
                if (pixels >= least_pixels)
                    means[std::size_t(j) * std::size_t(across) + std::size_t(i)] = sum / float(pixels);
            }
    });
    std::erase(means, none);
    if (means.empty()) return 0;
    // The shortest interval that holds a quarter of the means; what lies in it is averaged.
    std::sort(means.begin(), means.end());
    std::size_t const held = std::max<std::size_t>(1, means.size() / 4);
    std::size_t best = 0;
    for (std::size_t i = 0; i + held <= means.size(); ++i)
        if (means[i + held - 1] - means[i] < means[best + held - 1] - means[best]) best = i;
    double total = 0;
    for (std::size_t i = best; i < best + held; ++i) total += means[i];
    return float(total / double(held));
}

Subtracted subtract(RawImage const& raw, SubtractionMask const& mask)
{
    auto const& frame = raw.digital_numbers;
    FLUORO_EXPECT(frame.columns == mask.log_signal.columns && frame.rows == mask.log_signal.rows);
    Subtracted result{Image<float>{frame.columns, frame.rows}, mask.saturated, common(raw.exposed, mask.exposed)};
    PixelRect const& field = result.exposed;
    float const added = float(half_quantum(raw));
    std::uint16_t const limit = raw.saturation;
    parallel_for(field.rows, [&](int first, int last) {
        for (int y = field.row + first; y < field.row + last; ++y) {
            std::uint16_t const* const live = &frame.at(field.column, y);
            float const* const taken = &mask.log_signal.at(field.column, y);
            float* const to = &result.difference.at(field.column, y);
            std::uint8_t* const mark = &result.saturated.at(field.column, y);
            for (int x = 0; x < field.columns; ++x) to[x] = fast_log(float(live[x]) + added) - taken[x];
            for (int x = 0; x < field.columns; ++x) mark[x] |= std::uint8_t(live[x] >= limit);
        }
    });
    float const offset = commonest(result.difference, field, result.saturated);
    for (int y = field.row; y < field.row + field.rows; ++y) {
        float* const to = &result.difference.at(field.column, y);
        for (int x = 0; x < field.columns; ++x) to[x] -= offset;
    }
    return result;
}

void leave_landmarks(Subtracted& subtracted, SubtractionMask const& mask, double share)
{
    PixelRect const& field = subtracted.exposed;
    if (share <= 0 || field.columns == 0 || field.rows == 0) return;
    std::vector<float> samples;
    for (int y = field.row; y < field.row + field.rows; y += 4)
        for (int x = field.column; x < field.column + field.columns; x += 4)
            samples.push_back(mask.log_signal.at(x, y));
    auto const middle = samples.begin() + std::ptrdiff_t(samples.size() / 2);
    std::nth_element(samples.begin(), middle, samples.end());
    float const level = *middle;
    for (int y = field.row; y < field.row + field.rows; ++y) {
        float* const to = &subtracted.difference.at(field.column, y);
        float const* const anatomy = &mask.log_signal.at(field.column, y);
        for (int x = 0; x < field.columns; ++x) to[x] += float(share) * (anatomy[x] - level);
    }
}

} // namespace fluoro
