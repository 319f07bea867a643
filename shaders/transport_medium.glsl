// What stands where. engine/transport/medium.hpp is the CPU's twin of this file.
const int vacuum = -1;

struct EnergyPlace {
    uint node;
    float share;
};

EnergyPlace place_of(float energy_kev)
{
    float at = clamp(log2(energy_kev / lowest_energy_kev) * energy_nodes_per_octave, 0.0, float(energy_nodes) - 1.001);
    uint node = uint(at);
    return EnergyPlace(node, at - float(node));
}

vec4 energy_row(uint material, EnergyPlace at)
{
    uint row = material * energy_nodes + at.node;
    return mix(energy_table[row], energy_table[row + 1u], at.share);
}

vec4 angle_row(uint material, EnergyPlace at)
{
    uint row = material * energy_nodes + at.node;
    return mix(angle_table[row], angle_table[row + 1u], at.share);
}

float majorant_of(uint cell, EnergyPlace at)
{
    uint strength = cells[cell >> 2u] >> (8u * (cell & 3u)) & 0xffu;
    uint row = strength * energy_nodes + at.node;
    return strength == 0u ? 0.0 : mix(majorants[row], majorants[row + 1u], at.share);
}

float total_per_mm(int code, EnergyPlace at)
{
    MediumCode c = codes[code];
    uint row = c.material_a * energy_nodes + at.node;
    float sum = c.density_a_g_cm3 * mix(energy_table[row].x, energy_table[row + 1u].x, at.share);
    if (c.density_b_g_cm3 != 0.0) {
        row = c.material_b * energy_nodes + at.node;
        sum += c.density_b_g_cm3 * mix(energy_table[row].x, energy_table[row + 1u].x, at.share);
    }
    return sum;
}

/// Code of the tube or box at a place, or vacuum.
int shape_at(vec3 place)
{
    if (p.tubes > 0u && all(greaterThanEqual(place, p.tubes_low.xyz)) && all(lessThanEqual(place, p.tubes_high.xyz)))
        for (uint i = 0u; i < p.tubes; ++i) {
            TransportTube tube = tubes[i];
            vec3 from = place - tube.from.xyz;
            if (dot(from, tube.from_normal.xyz) < 0.0 || dot(place - tube.to.xyz, tube.to_normal.xyz) > 0.0) continue;
            vec3 axis = tube.to.xyz - tube.from.xyz;
            float share = dot(from, axis) / dot(axis, axis);
            vec3 off = from - share * axis;
            float radius = tube.from.w + share * (tube.to.w - tube.from.w);
            if (radius > 0.0 && dot(off, off) < radius * radius) return int(tube.from_normal.w);
        }
    for (uint i = 0u; i < p.boxes; ++i) {
        TransportBox box = boxes[i];
        vec3 from = place - box.centre.xyz;
        if (abs(dot(from, box.x.xyz)) <= box.centre.w && abs(dot(from, box.y.xyz)) <= box.x.w &&
            abs(dot(from, box.z.xyz)) <= box.y.w)
            return int(box.z.w);
    }
    return vacuum;
}

/// The voxel at a place; w = 0 where there is none.
ivec4 voxel_at(vec3 place)
{
    vec3 at = place * p.voxels_per_mm.xyz;
    bool inside = all(greaterThanEqual(at, vec3(0.0))) && all(lessThan(at, vec3(p.voxels.xyz)));
    return ivec4(at, inside ? 1 : 0);
}

int code_at(vec3 place)
{
    int code = shape_at(place);
    if (code != vacuum) return code;
    ivec4 voxel = voxel_at(place);
    return voxel.w != 0 ? int(texelFetch(voxels, voxel.xyz, 0).r) : vacuum;
}
