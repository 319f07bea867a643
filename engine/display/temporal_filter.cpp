#include <fluoro/core/error.hpp>
#include <fluoro/core/parallel.hpp>
#include <fluoro/display/temporal_filter.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace fluoro {
namespace {

/// Energy that an absorbed photon leaves, at most in the mean, and in a usual beam [keV]; and electronic noise as
/// energy per pixel [keV]. From memory, adjustable: the first only bounds the measured noise, the others only say below
/// which level the signal's noise stops falling.
constexpr double most_photon_kev = 80, usual_photon_kev = 60, electronic_kev = 60;
/// Share of a pixel's noise that the scintillator's blur leaves, roughly.
constexpr double blur_share = 0.5;
/// The third of the sums that is nearest to zero lies within 0.4307 standard deviations.
constexpr double low_third = 1.0 / 3, low_third_sigma = 0.4307;
/// The noise is a constant of beam and detector, and motion only ever adds: follow it down at once, up slowly.
constexpr double fall = 0.5, rise = 0.005;
/// What rounding to whole digital numbers leaves at a few hundred of them.
constexpr double least_variance = 1e-4;

constexpr int sample_step = 8;

/// Digital number at which electronic noise and quantum noise are equal.
float electronic_level(RawImage const& raw)
{
    double const area = raw.pixel_pitch_mm * raw.pixel_pitch_mm;
    if (raw.dn_per_kev_mm2 <= 0 || area <= 0) return 0.5f;
    return float(
        std::max(0.5, raw.dn_per_kev_mm2 * electronic_kev * electronic_kev / (area * usual_photon_kev * blur_share)));
}

double gain_per_area(RawImage const& raw)
{
    double const area = raw.pixel_pitch_mm * raw.pixel_pitch_mm;
    return area > 0 ? raw.dn_per_kev_mm2 / area : 0;
}

// By value, so that a loop of them becomes vector instructions.
float larger(float a, float b)
{
    return a > b ? a : b;
}
float smaller(float a, float b)
{
    return a < b ? a : b;
}

PixelRect whole(Image<float> const& image)
{
    return {0, 0, image.columns, image.rows};
}

/// Sum over `size` rows around `row`, at one column; nothing stands beyond the border.
float column_sum(Image<float> const& sums, int column, int row, int size)
{
    float sum = 0;
    for (int y = std::max(0, row - size / 2); y <= std::min(sums.rows - 1, row + size / 2); ++y)
        sum += sums.at(column, y);
    return sum;
}

} // namespace

std::string problem_of(TemporalFilterSettings const& s)
{
    if (!(s.static_weight > 0 && s.static_weight <= 1)) return "static_weight must lie above 0 and not above 1";
    if (!(s.still_sigma >= 0 && s.moving_sigma > s.still_sigma))
        return "moving_sigma must lie above still_sigma, and that not below 0";
    return {};
}

TemporalFilter::TemporalFilter(TemporalFilterSettings const& settings)
{
    set(settings);
}

void TemporalFilter::set(TemporalFilterSettings const& settings)
{
    if (auto const problem = problem_of(settings); !problem.empty()) throw Error{"display: " + problem};
    settings_ = settings;
}

void TemporalFilter::start_over(RawImage const& raw)
{
    auto const& frame = raw.digital_numbers;
    if (filtered_.columns != frame.columns || filtered_.rows != frame.rows)
        filtered_ = share_ = rows_3_ = rows_9_ = Image<float>{frame.columns, frame.rows};
    std::copy(frame.values.begin(), frame.values.end(), filtered_.values.begin());
    std::fill(share_.values.begin(), share_.values.end(), 1.0f);
}

Image<float> const& TemporalFilter::add(RawImage const& raw, bool goes_on)
{
    auto const& frame = raw.digital_numbers;
    if (double const unit = gain_per_area(raw); unit != noise_unit_) {
        noise_unit_ = unit;
        sum_variance_ = {};
    }
    if (!goes_on || frame.columns != filtered_.columns || frame.rows != filtered_.rows ||
        settings_.static_weight >= 1) {
        start_over(raw);
        return filtered_;
    }
    // The exposure control may have changed the dose: bring the average to the newest frame's. The average's variance,
    // counted in variances of a single frame, follows.
    float const ratio = exposure_ratio(raw);
    int const columns = filtered_.columns;
    float const level = electronic_level(raw);
    parallel_for(filtered_.rows, [&](int first, int last) {
        std::vector<float> line(std::size_t(columns + 8), 0.0f); // four zeros on either side
        for (int y = first; y < last; ++y) {
            float *const average = &filtered_.at(0, y), *const share = &share_.at(0, y);
            for (int x = 0; x < columns; ++x) {
                average[x] *= ratio;
                share[x] *= ratio;
            }
            if (settings_.motion_detection) sum_row(raw, y, level, line.data() + 4);
        }
    });
    if (settings_.motion_detection) measure_noise(raw);
    blend(raw);
    return filtered_;
}

/// The stabilised difference of one row, and its sums along the row; `difference` has four zeros on either side.
void TemporalFilter::sum_row(RawImage const& raw, int y, float level, float* difference)
{
    int const columns = filtered_.columns;
    std::uint16_t const* const newest = &raw.digital_numbers.at(0, y);
    float const *const average = &filtered_.at(0, y), *const share = &share_.at(0, y);
    for (int x = 0; x < columns; ++x)
        difference[x] =
            2 * (std::sqrt(float(newest[x]) + level) - std::sqrt(average[x] + level)) / std::sqrt(1 + share[x]);
    float *const three = &rows_3_.at(0, y), *const nine = &rows_9_.at(0, y);
    for (int x = 0; x < columns; ++x) three[x] = difference[x - 1] + difference[x] + difference[x + 1];
    for (int x = 0; x < columns; ++x)
        nine[x] = three[x] + ((difference[x - 4] + difference[x - 3]) + (difference[x + 3] + difference[x + 4])) +
                  (difference[x - 2] + difference[x + 2]);
}

/// Newest frame over average: the median over blocks, so that what moves does not count.
float TemporalFilter::exposure_ratio(RawImage const& raw) const
{
    constexpr int block = 8, step = 24;
    constexpr float least_mean = 4; // darker blocks are lead
    std::vector<float> ratios;
    PixelRect const& field = raw.exposed;
    for (int y = field.row; y + block <= field.row + field.rows; y += step)
        for (int x = field.column; x + block <= field.column + field.columns; x += step) {
            float newest = 0, average = 0;
            for (int j = y; j < y + block; ++j)
                for (int i = x; i < x + block; ++i)
                    newest += float(raw.digital_numbers.at(i, j)), average += filtered_.at(i, j);
            if (average > least_mean * block * block && newest > 0) ratios.push_back(newest / average);
        }
    if (ratios.size() < 16) return 1;
    auto const middle = ratios.begin() + std::ptrdiff_t(ratios.size() / 2);
    std::nth_element(ratios.begin(), middle, ratios.end());
    return *middle;
}

/// How large the sums are where nothing moves.
void TemporalFilter::measure_noise(RawImage const& raw)
{
    PixelRect const field = raw.exposed.columns > 0 && raw.exposed.rows > 0 ? raw.exposed : whole(filtered_);
    std::array<std::vector<float>, 2> sizes;
    for (int y = field.row + sample_step / 2; y < field.row + field.rows; y += sample_step)
        for (int x = field.column + sample_step / 2; x < field.column + field.columns; x += sample_step) {
            sizes[0].push_back(std::abs(column_sum(rows_3_, x, y, 3)));
            sizes[1].push_back(std::abs(column_sum(rows_9_, x, y, 9)));
        }
    for (std::size_t s = 0; s < sizes.size(); ++s) {
        double const pixels = s == 0 ? 9 : 81;
        // Blur only lowers the noise of a sum, and no photon leaves more than its energy.
        double const bound =
            noise_unit_ > 0 ? pixels * noise_unit_ * most_photon_kev : std::numeric_limits<double>::infinity();
        double measured = least_variance * pixels;
        if (!sizes[s].empty()) {
            auto const at = sizes[s].begin() + std::ptrdiff_t(low_third * double(sizes[s].size() - 1));
            std::nth_element(sizes[s].begin(), at, sizes[s].end());
            measured = std::clamp(std::pow(*at / low_third_sigma, 2), least_variance * pixels, bound);
        }
        double& variance = sum_variance_[s];
        variance = variance == 0         ? measured
                   : measured < variance ? variance + fall * (measured - variance)
                                         : std::min(measured, variance * (1 + rise));
    }
}

void TemporalFilter::blend(RawImage const& raw)
{
    int const columns = filtered_.columns, rows = filtered_.rows;
    float const still_weight = float(settings_.static_weight);
    float const slope = float(1 / (settings_.moving_sigma - settings_.still_sigma));
    float const still = float(settings_.still_sigma);
    bool const detects = settings_.motion_detection;
    float const per_variance_3 = detects ? float(1 / sum_variance_[0]) : 0;
    float const per_variance_9 = detects ? float(1 / sum_variance_[1]) : 0;
    parallel_for(rows, [&](int first, int last) {
        std::vector<float> sums(2 * std::size_t(columns), 0.0f);
        float *const s3 = sums.data(), *const s9 = sums.data() + columns;
        for (int y = first; y < last; ++y) {
            if (detects) {
                std::fill(sums.begin(), sums.end(), 0.0f);
                for (int r = std::max(0, y - 4); r <= std::min(rows - 1, y + 4); ++r) {
                    float const* const nine = &rows_9_.at(0, r);
                    for (int x = 0; x < columns; ++x) s9[x] += nine[x];
                    if (std::abs(r - y) > 1) continue;
                    float const* const three = &rows_3_.at(0, r);
                    for (int x = 0; x < columns; ++x) s3[x] += three[x];
                }
            }
            std::uint16_t const* const newest = &raw.digital_numbers.at(0, y);
            float *const average = &filtered_.at(0, y), *const share = &share_.at(0, y);
            // One decision per loop: the compiler turns these into vector instructions, but not all in one.
            for (int x = 0; x < columns; ++x)
                s3[x] = larger(s3[x] * s3[x] * per_variance_3, s9[x] * s9[x] * per_variance_9);
            for (int x = 0; x < columns; ++x) s3[x] = larger((std::sqrt(s3[x]) - still) * slope, 0);
            for (int x = 0; x < columns; ++x) s3[x] = smaller(s3[x], 1);
            for (int x = 0; x < columns; ++x) s9[x] = larger(still_weight, share[x] / (1 + share[x]));
            for (int x = 0; x < columns; ++x) {
                float const motion = s3[x] * s3[x] * (3 - 2 * s3[x]);
                float const weight = s9[x] + (1 - s9[x]) * motion;
                average[x] += weight * (float(newest[x]) - average[x]);
                share[x] = (1 - weight) * (1 - weight) * share[x] + weight * weight;
            }
        }
    });
}

} // namespace fluoro
