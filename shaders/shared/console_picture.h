#include "begin.h"
// The live image on the screen: where it stands in the window and how it is sampled.
FLUORO_SHARED_BEGIN
struct ConsolePicture {
    vec4 area;     // left, top, width, height in the window [pixels]
    uint columns;  // of the picture
    uint rows;
    uint smooth_;  // 1: bilinear; 0: nearest pixel
    uint unused;
};
const uint console_picture_binding = 0u;
FLUORO_SHARED_END
