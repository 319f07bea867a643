#pragma once
#include <array>
#include <fluoro/image/image.hpp>
#include <string>

namespace fluoro {

struct TemporalFilterSettings {
    double static_weight = 0.25;  ///< share of the newest frame where nothing moves, (0, 1]; 1 = no filter at all
    bool motion_detection = true; ///< false: every pixel is filtered as if it stood still
    double still_sigma = 3;       ///< a difference below this many standard deviations of the noise is noise
    double moving_sigma = 5;      ///< one above this is motion: the newest frame alone is shown; > still_sigma
};
/// One line that says what is out of its range; empty = nothing.
std::string problem_of(TemporalFilterSettings const& settings);

/// Averages frames where nothing moves and shows the newest where something does. A pixel's weight follows from the
/// difference between the newest frame and the average so far, made independent of the signal level by a square root
/// and summed over 3 x 3 and 9 x 9 pixels, against the noise of these sums, which is measured on the frames themselves.
/// While the average is young it is the plain mean, so that noise falls as fast as it can.
/// docs/theory/display.md, eq. 1 to 5
class TemporalFilter {
public:
    /// Throws Error when a setting is out of its range.
    explicit TemporalFilter(TemporalFilterSettings const& settings = {});
    void set(TemporalFilterSettings const& settings);
    /// One new frame; `goes_on` false forgets the average (but not the noise). A frame of another size starts over too.
    /// Returns filtered().
    Image<float> const& add(RawImage const& raw, bool goes_on);
    /// The average [digital numbers of the newest frame's exposure].
    Image<float> const& filtered() const { return filtered_; }
    /// Variance of the average over that of a single frame, per pixel, (0, 1].
    Image<float> const& noise_share() const { return share_; }
    /// Measured variance of the sums over 3 x 3 and 9 x 9 pixels of 2 sqrt(digital number); nothing measured yet = 0.
    std::array<double, 2> sum_variance() const { return sum_variance_; }

private:
    void start_over(RawImage const& raw);
    float exposure_ratio(RawImage const& raw) const;
    void sum_row(RawImage const& raw, int y, float level, float* difference);
    void measure_noise(RawImage const& raw);
    void blend(RawImage const& raw);

    TemporalFilterSettings settings_;
    Image<float> filtered_, share_;
    Image<float> rows_3_, rows_9_; ///< sums along the rows of the stabilised difference
    std::array<double, 2> sum_variance_{};
    double noise_unit_ = 0; ///< gain per pixel area that the noise was measured at
};

} // namespace fluoro
