#version 450
// The ray goes from cell to cell of a coarse grid. A cell that is empty or uniform is crossed in one step with its mean
// densities; through any other the ray takes even steps and the texture unit's trilinear filter. For GPUs.
#extension GL_GOOGLE_include_directive : require
#include "shared/march.h"

layout(local_size_x = 8, local_size_y = 8) in;
layout(std140, binding = 0) uniform Params { MarchParams p; };
layout(std430, binding = 1) buffer Thickness { vec2 soft_bone_g_cm2[]; };
layout(binding = 2) uniform sampler3D voxels;
layout(binding = 3) uniform usampler3D cells;
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

    // Measured from the corner of the voxels' box. Fractions of the way from source to detector where the ray enters
    // and leaves it.
    vec3 source = p.source.xyz + 0.5;
    vec3 safe = mix(d, vec3(1e-9), lessThan(abs(d), vec3(1e-9)));
    vec3 per_d = 1.0 / safe;
    vec3 a = -source * per_d;
    vec3 b = (size - source) * per_d;
    vec3 enter = min(a, b);
    vec3 leave = max(a, b);
    float t0 = max(max(enter.x, enter.y), max(enter.z, 0.0));
    float t1 = min(min(leave.x, leave.y), min(leave.z, 1.0));

    float above_air = 0.0; // HU above air, times the fraction of the way
    float bone = 0.0;
    uint samples = 0u;
    uint crossed = 0u;
    Hinges hinges = Hinges(p.hinge_hu_a, p.hinge_hu_b, p.hinge_slope_a, p.hinge_slope_b);
    // Two samples per voxel along the fastest index.
    float samples_per_t = 2.0 * max(abs(d.x), max(abs(d.y), abs(d.z)));
    ivec3 last = textureSize(cells, 0) - 1;
    vec3 sides = vec3(p.cell_u, p.cell_v, p.cell_main);
    ivec3 cell = clamp(ivec3(floor((source + t0 * d) / sides)), ivec3(0), last);
    ivec3 ahead = ivec3(greaterThan(safe, vec3(0.0)));
    vec3 in_box = 1.0 / size;
    float t = t0;
    while (t < t1) {
        vec3 faces = (vec3(cell + ahead) * sides - source) * per_d;
        float out_at = clamp(min(min(faces.x, faces.y), faces.z), t, t1);
        float way = out_at - t;
        uint word = texelFetch(cells, cell, 0).r;
        if (word != march_cell_mixed) {
            above_air += way * cell_above_air_hu(word);
            bone += way * cell_bone_g_cm3(word);
            ++crossed;
        } else if (way > 0.0) {
            int steps = max(1, int(ceil(way * samples_per_t)));
            float dt = way / float(steps);
            vec3 here = (source + (t + 0.5 * dt) * d) * in_box;
            vec3 move = dt * d * in_box;
            float cell_above_air = 0.0;
            float cell_bone = 0.0;
            for (int i = 0; i < steps; ++i) {
                float hu = textureLod(voxels, here + float(i) * move, 0.0).r * 65535.0 - float(hu_bias);
                cell_above_air += hu + 1000.0;
                cell_bone += bone_density(hu, hinges);
            }
            above_air += dt * cell_above_air;
            bone += dt * cell_bone;
            samples += uint(steps);
        }
        t = out_at;
        // Into the neighbour behind the nearest face.
        ivec3 nearest = ivec3(faces.x <= faces.y && faces.x <= faces.z, faces.y < faces.x && faces.y <= faces.z,
                              faces.z < faces.x && faces.z < faces.y);
        cell += nearest * (2 * ahead - 1);
        if (any(lessThan(cell, ivec3(0))) || any(greaterThan(cell, last))) break;
    }
    vec3 d_mm = p.to_origin_mm.xyz + float(at.x) * p.column_mm.xyz + float(at.y) * p.row_mm.xyz;
    float way_cm = 0.1 * length(d_mm);
    vec2 thickness = way_cm * vec2(p.soft_per_hu * above_air - p.soft_per_bone * bone, bone);
    // Not a branch: Mesa's software device builds a kernel anew for every set of uniforms that branches depend on.
    soft_bone_g_cm2[at.y * p.stride + at.x] = mix(thickness, vec2(samples, crossed), float(p.reports_work));
}
