#version 450
// Joseph's method: one bilinear sample per voxel plane across the ray's main axis, standing for half a plane's distance
// before and behind it, cut where the ray enters and leaves the voxels' box. Two neighbours along u share one 32-bit
// word, so a sample is two fetches; planes are next to each other in memory, so a ray reads along cache lines. For devices whose texture unit is software.
#extension GL_GOOGLE_include_directive : require
#include "shared/march.h"

layout(local_size_x = 8, local_size_y = 8) in;
layout(std140, binding = 0) uniform Params { MarchParams p; };
layout(std430, binding = 1) buffer Thickness { vec2 soft_bone_g_cm2[]; };
layout(binding = 2) uniform usampler3D packed_pairs;
layout(push_constant) uniform Chunk { MarchChunk chunk; };
#include "hu_curve.glsl"
#include "joseph_plane.glsl"

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

    float step_u = d.x / d.z;
    float step_v = d.y / d.z;
    float start_u = p.source.x - p.source.z * step_u;
    float start_v = p.source.y - p.source.z * step_v;
    // Between source and detector, inside the voxels' box, within this chunk of planes.
    float low = max(float(chunk.first_plane) - 0.5, min(p.source.z, p.source.z + d.z));
    float high = min(float(chunk.first_plane + chunk.planes) - 0.5, max(p.source.z, p.source.z + d.z));
    clip(start_u, step_u, float(p.size_u), low, high);
    clip(start_v, step_v, float(p.size_v), low, high);

    float above_air = 0.0; // sum of HU + 1000
    float bone = 0.0;
    int first_plane = int(chunk.first_plane);
    int last = low < high ? min(int(floor(high + 0.5)), first_plane + int(chunk.planes) - 1) : -1;
    PlaneEnds ends = plane_ends(p.size_u, p.size_v);
    Hinges hinges = Hinges(p.hinge_hu_a, p.hinge_hu_b, p.hinge_slope_a, p.hinge_slope_b);
    for (int k = max(int(floor(low + 0.5)), first_plane); k <= last; ++k) {
        float plane = float(k);
        float share = min(plane + 0.5, high) - max(plane - 0.5, low);
        float hu = hu_on_plane(k - first_plane, start_u + plane * step_u, start_v + plane * step_v, ends);
        above_air += share * (hu + 1000.0);
        bone += share * bone_density(hu, hinges);
    }
    vec3 d_mm = p.to_origin_mm.xyz + float(at.x) * p.column_mm.xyz + float(at.y) * p.row_mm.xyz;
    float step_cm = 0.1 * length(d_mm) / abs(d.z);
    vec2 sum = step_cm * vec2(p.soft_per_hu * above_air - p.soft_per_bone * bone, bone);
    if (chunk.adds != 0u) sum += soft_bone_g_cm2[ray];
    soft_bone_g_cm2[ray] = sum;
}
