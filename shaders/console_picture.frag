#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_samplerless_texture_functions : require
#include "shared/console_picture.h"

layout(set = 0, binding = console_picture_binding) uniform utexture2D grey;
layout(push_constant) uniform Block { ConsolePicture picture; };
layout(location = 0) out vec4 colour;

float grey_at(ivec2 pixel)
{
    return float(texelFetch(grey, clamp(pixel, ivec2(0), ivec2(picture.columns, picture.rows) - 1), 0).r);
}

// Ordered 4x4 thresholds [0, 1): the 12 bits of the picture survive on an 8-bit screen as a fine pattern instead of bands.
float threshold(ivec2 at)
{
    const float order[16] = float[](0.0, 8.0, 2.0, 10.0, 12.0, 4.0, 14.0, 6.0, 3.0, 11.0, 1.0, 9.0, 15.0, 7.0, 13.0, 5.0);
    return (order[(at.y & 3) * 4 + (at.x & 3)] + 0.5) / 16.0;
}

void main()
{
    vec2 at = (gl_FragCoord.xy - picture.area.xy) / picture.area.zw * vec2(picture.columns, picture.rows);
    float value;
    if (picture.smooth_ != 0u) {
        vec2 centre = at - 0.5;
        ivec2 first = ivec2(floor(centre));
        vec2 share = centre - vec2(first);
        value = mix(mix(grey_at(first), grey_at(first + ivec2(1, 0)), share.x),
                    mix(grey_at(first + ivec2(0, 1)), grey_at(first + ivec2(1, 1)), share.x), share.y);
    } else {
        value = grey_at(ivec2(at));
    }
    float level = floor(value * (255.0 / 4095.0) + threshold(ivec2(gl_FragCoord.xy))) / 255.0;
    colour = vec4(vec3(level), 1.0);
}
