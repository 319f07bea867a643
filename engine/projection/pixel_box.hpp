#pragma once
// Inside the projection module.
namespace fluoro {

/// Pixels from left and top, right and bottom excluded.
struct PixelBox {
    int left = 0, right = 0, top = 0, bottom = 0;
};

} // namespace fluoro
