#pragma once
#include <fluoro/display/run_store.hpp>
#include <fluoro/image/image.hpp>
#include <span>
#include <string>

namespace fluoro {

/// Which of a pixel's values over a run is kept.
enum class PeakOpacification {
    off,
    darkest,  ///< of iodine or barium
    brightest ///< of gas, such as CO2
};

struct SubtractionSettings {
    bool on = false;
    int mask_first = 2;       ///< first frame of the mask, 1 = first of the run
    int mask_frames = 2;      ///< frames that are averaged, >= 1
    double shift_columns = 0; ///< of the mask, + = to the right [pixels], within +-50; fractions count
    double shift_rows = 0;    ///< + = down
    double landmark = 0;      ///< share of the anatomy left in, [0, 1]
    double width = 0.6;       ///< log signal from black to white, [0.02, 5]
    double grey = 0.5;        ///< where on the scale an unchanged pixel stands, [0, 1]
    PeakOpacification peak = PeakOpacification::off;
    friend bool operator==(SubtractionSettings const&, SubtractionSettings const&) = default;
};
/// One line that says what is out of its range; empty = nothing.
std::string problem_of(SubtractionSettings const& settings);

/// Half of the variance per digital number of a single frame (half a photon, less what blur smooths): what is added
/// before the logarithm. It makes a pixel without quanta finite and takes away most of the logarithm's own bias
/// (docs/theory/subtraction.md). At least 0.5.
double half_quantum(RawImage const& raw);

/// ln(digital number + half_quantum) of each pixel; numbers below 0 count as 0.
Image<float> log_signal(Image<float> const& digital_numbers, double half_quantum);
Image<float> log_signal(RawImage const& raw);

/// What is taken from each frame.
struct SubtractionMask {
    Image<float> log_signal;       ///< of the frames' mean, shifted
    Image<std::uint8_t> saturated; ///< 1 where any frame, or a neighbour that the shift drew on, was at the limit
    PixelRect exposed;
    int frames = 0;
};
/// The mean of the digital numbers (each quantum counts the same, whatever frame it came in), shifted by a cubic
/// (Catmull-Rom) interpolation, then its logarithm. `frames` has one frame or more, all of one size.
SubtractionMask make_mask(std::span<StoredFrame const> frames, double shift_columns = 0, double shift_rows = 0);

/// A subtracted frame: log signal of the frame less that of the mask, < 0 where matter was added.
struct Subtracted {
    Image<float> difference;       ///< 0 outside `exposed`
    Image<std::uint8_t> saturated; ///< 1 where frame or mask was at the panel's limit: the difference means nothing
    PixelRect exposed;             ///< where both had beam
};
/// The difference of the exposures is taken out: the field's commonest difference becomes 0. The mask must have the
/// frame's size.
Subtracted subtract(RawImage const& raw, SubtractionMask const& mask);

/// Adds `share` of the mask's anatomy, counted from its median.
void leave_landmarks(Subtracted& subtracted, SubtractionMask const& mask, double share);

/// The commonest value inside `field`, from means over 8 x 8 pixels; what the median is to one half, this is to a
/// plurality: contrast medium in most of the field does not move it as long as it differs from place to place. Pixels
/// with `ignored` not 0 do not count. 0 for an empty field.
float commonest(Image<float> const& image, PixelRect const& field, Image<std::uint8_t> const& ignored);

} // namespace fluoro
