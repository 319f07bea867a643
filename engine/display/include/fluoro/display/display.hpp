#pragma once
#include <deque>
#include <fluoro/image/image.hpp>
#include <optional>

namespace fluoro {

struct DisplaySettings {
    double recursive_weight = 0.5;    ///< share of the newest frame, (0, 1]; 1 = no temporal filter
    int hold_frames = 4;              ///< last image hold is the mean of this many last frames, >= 1
    double low_frequency_gain = 0.45; ///< compression of the slow part of the logarithmic image, (0, 1]; 1 = none
    double edge_gain = 0.3;           ///< amplification of structures of 4 to 8 pixels, half of it at 8 to 16; [0, 2]
    bool inverted = false;            ///< false: more mass is darker; true: the inverse
};

/// Raw frames -> what the trainee sees: recursive filter, logarithm relative to the field's own median, compression of
/// the slow part, edge enhancement, automatic window, black outside the blades. Holds the state between frames:
/// recursive filter, window, last frames. docs/theory/display.md
class Display {
public:
    /// Throws Error when a setting is out of its range.
    explicit Display(DisplaySettings const& settings = {});
    /// One new pulse. `same_view` false: geometry moved since the last frame, so the recursive filter and the last
    /// image hold start over. They also do when the frame's size or exposed part differs.
    Picture process(RawImage const& raw, bool same_view);
    /// The last image hold: mean of the last frames of the same view; nothing before the first frame.
    std::optional<Picture> hold() const;
    /// Forget everything, e.g. a new field size.
    void reset();

private:
    /// Where black and white stand on the compressed logarithmic scale.
    struct Window {
        double centre = 0;
        double width = 1;
    };
    struct Scaled;

    bool is_dark(Image<float> const& linear) const;
    Picture black() const;
    Scaled scaled(Image<float> const& linear) const;
    Window wanted_window(Scaled const& scaled) const;
    Picture shown(Scaled const& scaled, Window const& window) const;

    DisplaySettings settings_;
    PixelRect exposed_;
    double pixel_pitch_mm_ = 0;
    float saturation_ = 65535;                     ///< of the newest frame [digital numbers]
    Image<float> filtered_;                        ///< recursive filter [digital numbers]
    std::deque<Image<std::uint16_t>> last_frames_; ///< of this view, newest last
    std::optional<Window> window_;
};

/// The upper eight bits, rounded, for screens and video.
Image<std::uint8_t> to_8bit(Picture const& picture);

} // namespace fluoro
