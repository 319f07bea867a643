#version 450
// Joseph's method (march_joseph.comp) through a body that has moved: in the volume the ray is bent. Between two planes of
// the beam's lattice it is taken as straight; each piece is marched for itself, cut at its own ends, and counts with its
// length in the room.
#extension GL_GOOGLE_include_directive : require
#include "shared/march.h"

layout(local_size_x = 8, local_size_y = 8) in;
layout(std140, binding = 0) uniform Params { MarchParams p; };
layout(std140, binding = 1) uniform Warp { MarchWarp warp; };
layout(std430, binding = 2) buffer Thickness { vec2 soft_bone_g_cm2[]; };
layout(std430, binding = 3) readonly buffer Nodes { vec4 nodes[]; };
layout(binding = 4) uniform usampler3D packed_pairs;
layout(push_constant) uniform Chunk { MarchChunk chunk; };
#include "hu_curve.glsl"
#include "joseph_plane.glsl"
#include "beam_lattice.glsl"

void main()
{
    uvec2 at = gl_GlobalInvocationID.xy;
    at.y += chunk.first_row;
    if (at.x >= p.columns || at.y >= p.rows) return;
    at += uvec2(p.first_column, p.first_row);
    vec3 d = p.to_origin.xyz + float(at.x) * p.column.xyz + float(at.y) * p.row.xyz;
    vec3 a = abs(d);
    bool is_main = (p.strict_u != 0u ? a.z > a.x : a.z >= a.x) && (p.strict_v != 0u ? a.z > a.y : a.z >= a.y);
    if (!is_main) return;
    uint ray = at.y * p.stride + at.x;

    // Where the ray may be inside the voxels' box, however it is bent.
    vec3 size = vec3(p.size_u, p.size_v, p.size_main);
    vec3 safe = mix(d, vec3(1e-9), lessThan(a, vec3(1e-9)));
    vec3 to_low = (vec3(-0.5) - warp.most_voxels.xyz - p.source.xyz) / safe;
    vec3 to_high = (size - 0.5 + warp.most_voxels.xyz - p.source.xyz) / safe;
    vec3 enter = min(to_low, to_high);
    vec3 leave = max(to_low, to_high);
    float t_in = max(max(enter.x, enter.y), max(enter.z, 0.0));
    float t_out = min(min(leave.x, leave.y), min(leave.z, 1.0));

    float first = float(chunk.first_plane) - 0.5;
    float past = float(chunk.first_plane + chunk.planes) - 0.5;
    int first_plane = int(chunk.first_plane);
    int last_plane = first_plane + int(chunk.planes) - 1;
    PlaneEnds ends = plane_ends(p.size_u, p.size_v);
    Hinges hinges = Hinges(p.hinge_hu_a, p.hinge_hu_b, p.hinge_slope_a, p.hinge_slope_b);
    BeamPatch around = beam_patch(at);
    float above_air = 0.0; // HU + 1000, times the fraction of the way
    float bone = 0.0;
    int planes = int(warp.planes);
    int piece = clamp(int(floor((t_in - warp.first_t) / warp.t_step)), -1, planes - 1);
    float t = way_to_plane(piece);
    vec4 moved = moved_by(around, piece);
    vec3 here = rest_index(p.source.xyz + t * d, moved);
    while (piece < planes && t < t_out) {
        ++piece;
        float next_t = way_to_plane(piece);
        vec4 next_moved = moved_by(around, piece);
        vec3 there = rest_index(p.source.xyz + next_t * d, next_moved);
        vec3 way = there - here;
        float step_u = way.x / way.z;
        float step_v = way.y / way.z;
        float start_u = here.x - here.z * step_u;
        float start_v = here.y - here.z * step_v;
        float low = max(first, min(here.z, there.z));
        float high = min(past, max(here.z, there.z));
        clip(start_u, step_u, size.x, low, high);
        clip(start_v, step_v, size.y, low, high);
        int last = low < high ? min(int(floor(high + 0.5)), last_plane) : -1;
        float piece_above_air = 0.0;
        float piece_bone = 0.0;
        for (int k = max(int(floor(low + 0.5)), first_plane); k <= last; ++k) {
            float plane = float(k);
            float share = min(plane + 0.5, high) - max(plane - 0.5, low);
            float hu = hu_on_plane(k - first_plane, start_u + plane * step_u, start_v + plane * step_v, ends);
            piece_above_air += share * (hu + 1000.0);
            piece_bone += share * bone_density(hu, hinges);
        }
        float weight = (next_t - t) / max(abs(way.z), 1e-6) * 0.5 * (moved.w + next_moved.w);
        above_air += weight * piece_above_air;
        bone += weight * piece_bone;
        t = next_t;
        here = there;
        moved = next_moved;
    }
    vec3 d_mm = p.to_origin_mm.xyz + float(at.x) * p.column_mm.xyz + float(at.y) * p.row_mm.xyz;
    float way_cm = 0.1 * length(d_mm);
    vec2 sum = way_cm * vec2(p.soft_per_hu * above_air - p.soft_per_bone * bone, bone);
    if (chunk.adds != 0u) sum += soft_bone_g_cm2[ray];
    soft_bone_g_cm2[ray] = sum;
}
