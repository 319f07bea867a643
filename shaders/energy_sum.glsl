// Mass thickness -> what the scintillator absorbs per mAs at 1 m: a sum over `energies` entries of a beam's table, with
// its second moment. The target's extra tungsten (heel) is in the weights, which are cubic in the row's place in the
// heel's range; table and pad are exact chords, wedges follow their ramps.
#include "shared/signal.h"

layout(local_size_x = 32, local_size_y = 32) in;
layout(std140, binding = 0) uniform Params { SignalParams p; };
layout(std140, binding = 1) uniform Slabs { SlabParams slabs[signal_max_slabs]; };
layout(std140, binding = 2) uniform Table { EnergyParams table[signal_max_energies]; };
layout(std430, binding = 3) readonly buffer Thickness { vec2 soft_bone_g_cm2[]; };
layout(std430, binding = 4) readonly buffer Heel { float heel_place[]; };
layout(std430, binding = 5) writeonly buffer Signal { vec2 mean_second[]; };

// Length [mm] of the ray's way from source to detector inside a box at the origin.
float chord_mm(vec3 source, vec3 d, vec3 half_extent)
{
    vec3 safe = mix(d, vec3(1e-6), lessThan(abs(d), vec3(1e-6)));
    vec3 a = (-half_extent - source) / safe;
    vec3 b = (half_extent - source) / safe;
    vec3 enter = min(a, b);
    vec3 leave = max(a, b);
    float t0 = max(max(enter.x, enter.y), max(enter.z, 0.0));
    float t1 = min(min(leave.x, leave.y), min(leave.z, 1.0));
    return max(0.0, t1 - t0) * length(d);
}

float wedge_g_cm2(vec4 wedge, vec2 x_mm) { return wedge.w * clamp(dot(wedge.xy, x_mm) + wedge.z, 0.0, 1.0); }

void main()
{
    uvec2 at = gl_GlobalInvocationID.xy;
    if (at.x >= p.rect_columns || at.y >= p.rect_rows) return;
    at += uvec2(p.first_column, p.first_row);
    vec2 x_mm = vec2(p.origin_x_mm, p.origin_y_mm) + vec2(at) * p.pitch_mm;

    vec4 g_cm2 = vec4(soft_bone_g_cm2[at.y * p.columns + at.x], 0.0, 0.0);
    [[unroll]] for (uint s = 0u; s < signal_max_slabs; ++s) {
        vec3 d = slabs[s].to_origin.xyz + float(at.x) * slabs[s].column.xyz + float(at.y) * slabs[s].row.xyz;
        g_cm2[2u + s] = 0.1 * slabs[s].source.w * chord_mm(slabs[s].source.xyz, d, slabs[s].half_extent.xyz);
    }
    float wedges_g_cm2 = wedge_g_cm2(p.wedge_a, x_mm) + wedge_g_cm2(p.wedge_b, x_mm);
    float t = heel_place[at.y];
    vec4 heel = vec4(1.0, t, t * t, t * t * t);
    vec2 sum = vec2(0.0);
    // Unrolled and always the whole table (unused entries weigh nothing), so that every entry has a fixed address: a
    // software device then loads it once for all lanes.
    [[unroll]] for (uint i = 0u; i < energies; ++i) {
        float depth = dot(table[i].attenuation, g_cm2) + table[i].wedge.x * wedges_g_cm2;
        sum += exp(-depth) * vec2(dot(table[i].mean, heel), dot(table[i].second, heel));
    }
    mean_second[at.y * p.columns + at.x] = sum;
}
