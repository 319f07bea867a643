#pragma once
#include <fluoro/image/image.hpp>
#include <vector>

namespace fluoro {

/// Where the beam was, and what the panel could hold.
struct FrameField {
    PixelRect exposed;
    double pixel_pitch_mm = 0;
    float saturation = 65535; ///< [digital numbers]
};

/// A frame on a logarithmic scale, cut to the exposed part, and what compression and edge enhancement add to it.
struct Harmonised {
    int columns = 0, rows = 0; ///< of the whole picture
    PixelRect exposed;
    Image<float> logarithm;
    Image<float> addition;       ///< at half the resolution
    std::vector<float> overview; ///< compressed values of the anatomy inside the blades, 8 x 8 pixels each
};

/// ln of the digital numbers relative to the field's median, with its slow part multiplied by `low_frequency_gain` and
/// structures of 4 to 16 pixels amplified. `linear` must have an exposed part.
Harmonised harmonise(Image<float> const& linear, FrameField const& field, double low_frequency_gain, double edge_gain);
/// A log signal as it is, edges amplified.
Harmonised enhance_edges(Image<float> const& log_signal, FrameField const& field, double edge_gain);

/// Where black and white stand on the compressed logarithmic scale.
struct GreyWindow {
    double centre = 0;
    double width = 1;
};
/// The window that shows all of the anatomy.
GreyWindow automatic_window(Harmonised const& frame);

/// The last step's settings; see DisplaySettings.
struct Tone {
    bool inverted = false;
    double brightness = 0, contrast = 1;
};
/// Black outside the exposed part. Pixels with `marks` not 0 (may be empty) are shown as the lightest there is.
Picture painted(Harmonised const& frame, GreyWindow const& window, Tone const& tone,
                Image<std::uint8_t> const& marks = {});

} // namespace fluoro
