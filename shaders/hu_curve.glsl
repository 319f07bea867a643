// Bone basis density [g/cm3] at a sample: the hinge sum of physics' HuCurve.
float bone_density(float hu, MarchParams p)
{
    return dot(p.hinge_slope_a, max(vec4(hu) - p.hinge_hu_a, vec4(0.0))) +
           dot(p.hinge_slope_b, max(vec4(hu) - p.hinge_hu_b, vec4(0.0)));
}
