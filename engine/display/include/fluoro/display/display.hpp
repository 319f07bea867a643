#pragma once
#include <fluoro/image/image.hpp>
#include <optional>

namespace fluoro {

struct DisplaySettings {
    double recursive_weight = 0.5;    ///< share of the newest frame, (0, 1]; 1 = no temporal filter
    int hold_frames = 4;              ///< last image hold is the mean of this many last frames
    double low_frequency_gain = 0.45; ///< compression of the slow part of the logarithmic image (1 = none)
    double edge_gain = 0.3;           ///< unsharp amount on the fine part
    bool inverted = false;            ///< false: more mass is darker; true: the inverse
};

/// Raw frames -> what the trainee sees. Holds the state between frames: recursive filter, automatic window, last image.
class Display {
public:
    explicit Display(DisplaySettings const& settings = {});
    /// One new pulse. `same_view` false: geometry moved since the last frame, so the recursive filter starts over.
    Picture process(RawImage const& raw, bool same_view);
    /// The last image hold: mean of the last frames of the same view; nothing before the first frame.
    std::optional<Picture> hold() const;
    /// Forget everything, e.g. a new field size.
    void reset();

private:
    DisplaySettings settings_;
};

} // namespace fluoro
