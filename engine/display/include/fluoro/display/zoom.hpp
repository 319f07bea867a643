#pragma once
#include <fluoro/image/image.hpp>

namespace fluoro {

/// The part of a picture that fills the screen, in the picture's own size. Cubic (Catmull-Rom), held to 0 .. 4095; the
/// part is moved as far as needed to lie inside the picture. `zoom` >= 1; the centre in pixels of `picture`, 0 = centre
/// of its first pixel. Zoom 1 is the picture itself.
Picture zoomed(Picture const& picture, double zoom, double centre_column, double centre_row);

} // namespace fluoro
