#version 450
// Even steps and the texture unit's trilinear filter through a body that has moved: between two planes of the beam's
// lattice the ray is straight in the volume and counts with its length in the room. No cell is crossed in one step. For GPUs.
#extension GL_GOOGLE_include_directive : require
#include "shared/march.h"

layout(local_size_x = 8, local_size_y = 8) in;
layout(std140, binding = 0) uniform Params { MarchParams p; };
layout(std140, binding = 1) uniform Warp { MarchWarp warp; };
layout(std430, binding = 2) buffer Thickness { vec2 soft_bone_g_cm2[]; };
layout(std430, binding = 3) readonly buffer Nodes { vec4 nodes[]; };
layout(binding = 4) uniform sampler3D voxels;
layout(push_constant) uniform Chunk { MarchChunk chunk; };
#include "hu_curve.glsl"
#include "beam_lattice.glsl"

// Fractions of the way from `start` to start + way that lie in the box from -margin to size + margin.
vec2 inside(vec3 start, vec3 way, vec3 size, vec3 margin)
{
    vec3 safe = mix(way, vec3(1e-9), lessThan(abs(way), vec3(1e-9)));
    vec3 a = (-margin - start) / safe;
    vec3 b = (size + margin - start) / safe;
    vec3 enter = min(a, b);
    vec3 leave = max(a, b);
    return vec2(max(max(enter.x, enter.y), max(enter.z, 0.0)), min(min(leave.x, leave.y), min(leave.z, 1.0)));
}

void main()
{
    uvec2 at = gl_GlobalInvocationID.xy;
    at.y += chunk.first_row;
    if (at.x >= p.columns || at.y >= p.rows) return;
    at += uvec2(p.first_column, p.first_row);
    vec3 d = p.to_origin.xyz + float(at.x) * p.column.xyz + float(at.y) * p.row.xyz;
    vec3 size = vec3(p.size_u, p.size_v, p.size_main);
    vec3 source = p.source.xyz + 0.5; // from the corner of the voxels' box
    vec2 span = inside(source, d, size, warp.most_voxels.xyz);

    float above_air = 0.0; // HU above air, times the fraction of the way
    float bone = 0.0;
    uint samples = 0u;
    Hinges hinges = Hinges(p.hinge_hu_a, p.hinge_hu_b, p.hinge_slope_a, p.hinge_slope_b);
    BeamPatch around = beam_patch(at);
    vec3 in_box = 1.0 / size;
    int planes = int(warp.planes);
    int piece = clamp(int(floor((span.x - warp.first_t) / warp.t_step)), -1, planes - 1);
    float t = way_to_plane(piece);
    vec4 moved = moved_by(around, piece);
    vec3 here = rest_index(source + t * d, moved);
    while (piece < planes && t < span.y) {
        ++piece;
        float next_t = way_to_plane(piece);
        vec4 next_moved = moved_by(around, piece);
        vec3 there = rest_index(source + next_t * d, next_moved);
        vec3 way = there - here;
        vec2 part = inside(here, way, size, vec3(0.0));
        float length_inside = max(part.y - part.x, 0.0);
        // Two samples per voxel along the fastest index.
        float voxels_long = length_inside * max(abs(way.x), max(abs(way.y), abs(way.z)));
        int steps = int(ceil(2.0 * voxels_long));
        float dt = length_inside / max(float(steps), 1.0);
        vec3 start = (here + (part.x + 0.5 * dt) * way) * in_box;
        vec3 move = dt * way * in_box;
        float piece_above_air = 0.0;
        float piece_lung = 0.0; // what of it thins out as the lungs fill
        float piece_bone = 0.0;
        for (int i = 0; i < steps; ++i) {
            float hu = textureLod(voxels, start + float(i) * move, 0.0).r * 65535.0 - float(hu_bias);
            piece_above_air += hu + 1000.0;
            piece_lung += min(max(warp.lung_slope * (warp.lung_none - hu - 1000.0), 0.0), hu + 1000.0);
            piece_bone += bone_density(hu, hinges);
        }
        float weight = (next_t - t) * dt;
        above_air += weight * (piece_above_air + (0.5 * (moved.w + next_moved.w) - 1.0) * piece_lung);
        bone += weight * piece_bone;
        samples += uint(steps);
        t = next_t;
        here = there;
        moved = next_moved;
    }
    vec3 d_mm = p.to_origin_mm.xyz + float(at.x) * p.column_mm.xyz + float(at.y) * p.row_mm.xyz;
    float way_cm = 0.1 * length(d_mm);
    vec2 thickness = way_cm * vec2(p.soft_per_hu * above_air - p.soft_per_bone * bone, bone);
    soft_bone_g_cm2[at.y * p.stride + at.x] = mix(thickness, vec2(samples, 0u), float(p.reports_work));
}
