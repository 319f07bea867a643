// The lattice along the beam that says how the body has moved (engine/projection/beam_lattice.hpp). Before its first
// plane and behind its last nothing has moved.
struct BeamPatch { // the four nodes around a ray, in each plane
    uint corner, right, below;
    vec2 share;
};

BeamPatch beam_patch(uvec2 ray)
{
    vec2 at = vec2((float(ray.x) - warp.first_column) * warp.nodes_per_column,
                   (float(ray.y) - warp.first_row) * warp.nodes_per_row);
    uvec2 low = min(uvec2(max(at, vec2(0.0))), uvec2(warp.columns, warp.rows) - 2u);
    return BeamPatch((low.y * warp.columns + low.x) * warp.planes, warp.planes, warp.columns * warp.planes,
                     at - vec2(low));
}

// Backward displacement [mm] and density of lung over that at rest where the ray crosses a plane of nodes.
vec4 moved_by(BeamPatch around, int plane)
{
    uint at = around.corner + uint(clamp(plane, 0, int(warp.planes) - 1));
    vec4 above = mix(nodes[at], nodes[at + around.right], around.share.x);
    vec4 below = mix(nodes[at + around.below], nodes[at + around.below + around.right], around.share.x);
    return mix(above, below, around.share.y);
}

// Fraction of the way from source to detector; plane -1 stands for the source, the one after the last for the detector.
float way_to_plane(int plane)
{
    float t = warp.first_t + float(plane) * warp.t_step;
    return plane < 0 ? 0.0 : plane >= int(warp.planes) ? 1.0 : t;
}

// Where the voxels of a place lie in the volume.
vec3 rest_index(vec3 index, vec4 moved)
{
    return index + vec3(dot(warp.u_per_mm.xyz, moved.xyz), dot(warp.v_per_mm.xyz, moved.xyz),
                        dot(warp.main_per_mm.xyz, moved.xyz));
}
