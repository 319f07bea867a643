// Bone basis density [g/cm3] at a sample: the hinge sum of physics' HuCurve. Held in registers, out of the loop.
struct Hinges {
    vec4 hu_a, hu_b;
    vec4 slope_a, slope_b;
};

float bone_density(float hu, Hinges h)
{
    return dot(h.slope_a, max(vec4(hu) - h.hu_a, vec4(0.0))) + dot(h.slope_b, max(vec4(hu) - h.hu_b, vec4(0.0)));
}
