// HU where a ray crosses a plane of voxels, from neighbours packed in pairs along u. The place is cut to the outermost
// voxel centres.
struct PlaneEnds {
    float most_u, most_v;
    int most_iu, most_iv;
};

PlaneEnds plane_ends(uint size_u, uint size_v)
{
    return PlaneEnds(float(size_u) - 1.0, float(size_v) - 1.0, int(size_u) - 2, int(size_v) - 2);
}

float hu_on_plane(int plane, float at_u, float at_v, PlaneEnds ends)
{
    float u = clamp(at_u, 0.0, ends.most_u);
    float v = clamp(at_v, 0.0, ends.most_v);
    int iu = min(int(u), ends.most_iu);
    int iv = min(int(v), ends.most_iv);
    float fu = u - float(iu);
    float fv = v - float(iv);
    uint near = texelFetch(packed_pairs, ivec3(plane, iu, iv), 0).r;
    uint far = texelFetch(packed_pairs, ivec3(plane, iu, iv + 1), 0).r;
    float near_left = float(near & 0xffffu);
    float far_left = float(far & 0xffffu);
    float near_value = near_left + fu * (float(near >> 16) - near_left);
    float far_value = far_left + fu * (float(far >> 16) - far_left);
    return near_value + fv * (far_value - near_value) - float(hu_bias);
}

// Narrows [low, high] to where start + k * step lies in [-1/2, size - 1/2].
void clip(float start, float step_per_plane, float size, inout float low, inout float high)
{
    if (abs(step_per_plane) < 1e-12) {
        if (start < -0.5 || start > size - 0.5) high = low;
        return;
    }
    float a = (-0.5 - start) / step_per_plane;
    float b = (size - 0.5 - start) / step_per_plane;
    low = max(low, min(a, b));
    high = min(high, max(a, b));
}
