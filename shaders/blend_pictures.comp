#version 450
// Thicknesses between those of pictures that were kept.
#extension GL_GOOGLE_include_directive : require
#include "shared/blend_pictures.h"

layout(local_size_x = 32, local_size_y = 32) in;
layout(std430, binding = 0) readonly buffer First { vec2 first[]; };
layout(std430, binding = 1) readonly buffer Second { vec2 second[]; };
layout(std430, binding = 2) readonly buffer Third { vec2 third[]; };
layout(std430, binding = 3) writeonly buffer Blended { vec2 blended[]; };
layout(push_constant) uniform Push { BlendPictures p; };

void main()
{
    uvec2 at = gl_GlobalInvocationID.xy;
    if (at.x >= p.columns || at.y >= p.rows) return;
    uint ray = at.y * p.columns + at.x;
    blended[ray] = p.first * first[ray] + p.second * second[ray] + p.third * third[ray];
}
