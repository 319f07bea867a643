#version 450
// Even steps through a 3D texture with the texture unit's trilinear filter. For GPUs.
#extension GL_GOOGLE_include_directive : require
#include "shared/march.h"

layout(local_size_x = 8, local_size_y = 8) in;
layout(std140, binding = 0) uniform Params { MarchParams p; };
layout(std430, binding = 1) buffer Thickness { vec2 soft_bone_g_cm2[]; };
layout(binding = 2) uniform sampler3D voxels;
layout(push_constant) uniform Chunk { MarchChunk chunk; };
#include "hu_curve.glsl"

void main()
{
    uvec2 at = gl_GlobalInvocationID.xy;
    at.y += chunk.first_row;
    if (at.x >= p.columns || at.y >= p.rows) return;
    at += uvec2(p.first_column, p.first_row);
    vec3 d = p.to_origin.xyz + float(at.x) * p.column.xyz + float(at.y) * p.row.xyz;
    vec3 size = vec3(p.size_u, p.size_v, p.size_main);

    // Fractions of the way from source to detector where the ray enters and leaves the voxels' box.
    vec3 safe = mix(d, vec3(1e-9), lessThan(abs(d), vec3(1e-9)));
    vec3 a = (vec3(-0.5) - p.source.xyz) / safe;
    vec3 b = (size - 0.5 - p.source.xyz) / safe;
    vec3 enter = min(a, b);
    vec3 leave = max(a, b);
    float t0 = max(max(enter.x, enter.y), max(enter.z, 0.0));
    float t1 = min(min(leave.x, leave.y), min(leave.z, 1.0));

    float above_air = 0.0;
    float bone = 0.0;
    float step_cm = 0.0;
    if (t1 > t0) {
        // Two samples per voxel along the fastest index.
        vec3 span = abs(d) * (t1 - t0);
        int steps = max(1, int(ceil(2.0 * max(span.x, max(span.y, span.z)))));
        float dt = (t1 - t0) / float(steps);
        vec3 here = (p.source.xyz + (t0 + 0.5 * dt) * d + 0.5) / size;
        vec3 move = dt * d / size;
        Hinges hinges = Hinges(p.hinge_hu_a, p.hinge_hu_b, p.hinge_slope_a, p.hinge_slope_b);
        for (int i = 0; i < steps; ++i) {
            float hu = textureLod(voxels, here + float(i) * move, 0.0).r * 65535.0 - float(hu_bias);
            above_air += hu + 1000.0;
            bone += bone_density(hu, hinges);
        }
        vec3 d_mm = p.to_origin_mm.xyz + float(at.x) * p.column_mm.xyz + float(at.y) * p.row_mm.xyz;
        step_cm = 0.1 * length(d_mm) * dt;
    }
    soft_bone_g_cm2[at.y * p.stride + at.x] =
        step_cm * vec2(p.soft_per_hu * above_air - p.soft_per_bone * bone, bone);
}
