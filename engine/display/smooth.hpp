#pragma once
#include <fluoro/image/image.hpp>

namespace fluoro {

/// Smoothed along rows and columns with the taps 1 `centre` 1, scaled to sum 1; beyond the border stands its own value.
Image<float> smoothed(Image<float> const& image, float centre);

} // namespace fluoro
