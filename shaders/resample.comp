#version 450
// Thickness between the rays: cubic (Catmull-Rom) interpolation along one direction. Two passes fill the pixels.
#extension GL_GOOGLE_include_directive : require
#include "shared/resample.h"

layout(local_size_x = 32, local_size_y = 32) in;
layout(std430, binding = 0) readonly buffer From { vec2 from[]; };
layout(std430, binding = 1) writeonly buffer To { vec2 to[]; };
layout(push_constant) uniform Params { ResampleParams p; };

void main()
{
    // x runs along the rows in memory in both passes.
    uvec2 at = gl_GlobalInvocationID.xy;
    if (at.x >= p.columns || at.y >= p.rows) return;
    uint along = p.is_vertical != 0u ? at.y : at.x;
    float position = (float(along) + 0.5) * p.rays_per_pixel - 0.5 + p.margin;
    int whole = int(floor(position));
    float t = position - float(whole);
    float weights[4] = float[4](0.5 * ((-t + 2.0) * t - 1.0) * t, 0.5 * ((3.0 * t - 5.0) * t * t + 2.0),
                                0.5 * ((-3.0 * t + 4.0) * t + 1.0) * t, 0.5 * (t - 1.0) * t * t);
    uint stride = p.is_vertical != 0u ? p.from_columns : 1u;
    uint start = p.is_vertical != 0u ? at.x : at.y * p.from_columns;
    vec2 sum = vec2(0.0);
    for (int i = 0; i < 4; ++i) {
        uint ray = uint(clamp(whole - 1 + i, 0, int(p.from_count) - 1));
        sum += weights[i] * from[start + ray * stride];
    }
    to[at.y * p.columns + at.x] = sum;
}
