// Parameters of the interpolation between rays, read by GLSL (shaders/resample.comp) and C++ (engine/projection).
#ifndef FLUORO_SHARED_RESAMPLE_H
#define FLUORO_SHARED_RESAMPLE_H
#include "begin.h"
FLUORO_SHARED_BEGIN

struct ResampleParams { // push constants
    uint columns; // of the result
    uint rows;
    uint from_columns; // of the source
    uint from_count;   // rays along the direction of this pass
    uint is_vertical;
    float rays_per_pixel; // ray coordinate = (pixel + 1/2) * rays_per_pixel - 1/2 + margin
    float margin;
    float unused;
};

FLUORO_SHARED_END
#endif
