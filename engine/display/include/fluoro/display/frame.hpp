#pragma once
#include <fluoro/image/image.hpp>

namespace fluoro {

/// What a raw frame was taken for.
enum class FrameKind {
    fluoroscopy,
    cine, ///< an acquisition shown as it is; a single exposure is a run of one frame
    dsa   ///< an acquisition for subtraction
};

/// What a raw frame means to the display.
struct FrameInfo {
    FrameKind kind = FrameKind::fluoroscopy;
    bool same_view = false; ///< false: C-arm, table or field moved since the last frame
    int number = 1;         ///< frame of its run, 1 = first (a new run begins)
    double seconds = 0;     ///< when it was taken [s], on any clock that only goes forward
};

} // namespace fluoro
