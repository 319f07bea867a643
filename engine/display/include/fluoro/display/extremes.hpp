#pragma once
#include <fluoro/image/image.hpp>

namespace fluoro {

/// Darkest and brightest value that each pixel had so far, of frames that were smoothed in time and space first: the
/// extreme of raw noise would be a picture of the noise.
class Extremes {
public:
    /// Frames are smoothed with the taps 1 4 1: a vessel of two pixels keeps five sixths of its contrast.
    static constexpr float smoothing_centre = 4;
    /// `newest_weight`: share of the newest frame in the recursive average; 1 for frames that are averaged already.
    /// Three quarters keep nine tenths of a peak that lasts one frame and rises and falls over three.
    explicit Extremes(double newest_weight = 0.75) : newest_weight_{float(newest_weight)} {}
    void add(Image<float> const& frame);
    int frames() const { return frames_; }
    Image<float> const& darkest() const { return darkest_; }
    Image<float> const& brightest() const { return brightest_; }

private:
    float newest_weight_;
    int frames_ = 0;
    Image<float> average_, darkest_, brightest_;
};

} // namespace fluoro
