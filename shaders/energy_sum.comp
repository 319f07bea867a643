#version 450
// Mass thickness -> what the scintillator absorbs: the polyenergetic sum, absorption inside it, with its second moment;
// table and pad as exact chords, blades with penumbra, inverse square and obliquity.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "shared/signal.h"

layout(local_size_x = 32, local_size_y = 32) in;
layout(std140, binding = 0) uniform Params { SignalParams p; };
layout(std140, binding = 1) uniform Slabs { SlabParams slabs[signal_max_slabs]; };
layout(std140, binding = 2) uniform Bins { BinParams bins[signal_max_bins]; };
layout(std430, binding = 3) readonly buffer Thickness { vec2 soft_bone_g_cm2[]; };
layout(std430, binding = 4) writeonly buffer Signal { vec2 mean_second[]; };

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

// Share of the focal spot that an edge at `edge` leaves open for a point `inside` mm within it.
float open_share(float inside) { return clamp(inside / p.penumbra_mm + 0.5, 0.0, 1.0); }

void main()
{
    uvec2 at = gl_GlobalInvocationID.xy;
    if (at.x >= p.rect_columns || at.y >= p.rect_rows) return;
    at += uvec2(p.first_column, p.first_row);
    vec2 x_mm = vec2(p.origin_x_mm, p.origin_y_mm) + vec2(at) * p.pitch_mm;

    float share = open_share(x_mm.x - p.blade_left_mm) * open_share(p.blade_right_mm - x_mm.x) *
                  open_share(x_mm.y - p.blade_top_mm) * open_share(p.blade_bottom_mm - x_mm.y);
    vec2 sum = vec2(0.0);
    if (share > 0.0) {
        vec2 soft_bone = soft_bone_g_cm2[at.y * p.columns + at.x];
        vec2 slab_g_cm2 = vec2(0.0);
        [[unroll]] for (uint s = 0u; s < signal_max_slabs; ++s) {
            vec3 d = slabs[s].to_origin.xyz + float(at.x) * slabs[s].column.xyz + float(at.y) * slabs[s].row.xyz;
            slab_g_cm2[s] = 0.1 * slabs[s].source.w * chord_mm(slabs[s].source.xyz, d, slabs[s].half_extent.xyz);
        }
        // Unrolled and always the whole table (unused bins weigh nothing), so that every entry has a fixed address: a
        // software device then loads it once for all lanes.
        [[unroll]] for (uint b = 0u; b < signal_max_bins; ++b) {
            float depth = dot(bins[b].weights_and_basis.zw, soft_bone) + dot(bins[b].slabs.xy, slab_g_cm2);
            sum += exp(-depth) * bins[b].weights_and_basis.xy;
        }
        // Fluence on a flat detector falls with the cube of the obliquity's cosine.
        float cosine = p.source_to_detector_mm * inversesqrt(p.source_to_detector_mm * p.source_to_detector_mm + dot(x_mm, x_mm));
        sum *= share * p.fluence_scale * cosine * cosine * cosine;
    }
    mean_second[at.y * p.columns + at.x] = sum;
}
