// What happens where a photon meets an atom. engine/transport/scattering.hpp is the CPU's twin of this file.

/// Angular table of a material at a squared momentum transfer: S, F^2, A.
vec3 momentum_row(uint material, float x2)
{
    uint row = material * momentum_nodes;
    vec4 first = momentum_table[row];
    if (x2 <= first.w) return vec3(first.x * x2 / first.w, first.y, first.y * x2);
    float at = min(log2(x2 / lowest_momentum2) * momentum_nodes_per_octave, float(momentum_nodes) - 1.001);
    row += uint(at);
    vec4 low = momentum_table[row];
    vec4 high = momentum_table[row + 1u];
    return mix(low.xyz, high.xyz, (x2 - low.w) / (high.w - low.w));
}

float draw_incoherent_cosine(uint material, float energy_kev, EnergyPlace at)
{
    float most = angle_row(material, at).y;
    for (;;) {
        float cosine = 1.0 - 2.0 * draw();
        float drawn = draw() * 2.0 * most;
        float shape = klein_nishina_shape(energy_kev, cosine);
        if (drawn > shape * most) continue;
        if (drawn <= shape * momentum_row(material, momentum2(energy_kev, cosine)).x) return cosine;
    }
}

float draw_coherent_cosine(uint material, float energy_kev, EnergyPlace at)
{
    float whole = angle_row(material, at).z;
    float backscatter = momentum2(energy_kev, -1.0);
    uint row = material * momentum_nodes;
    for (;;) {
        float wanted = draw() * whole;
        vec4 first = momentum_table[row];
        float x2;
        if (wanted <= first.z)
            x2 = wanted / first.y;
        else {
            uint node = 0u; // the last one whose A is below
            for (uint half_range = momentum_nodes / 2u; half_range > 0u; half_range /= 2u)
                if (node + half_range < momentum_nodes - 1u && momentum_table[row + node + half_range].z < wanted)
                    node += half_range;
            vec4 low = momentum_table[row + node];
            vec4 high = momentum_table[row + node + 1u];
            x2 = mix(low.w, high.w, min((wanted - low.z) / max(high.z - low.z, 1e-30), 1.0));
        }
        float cosine = max(-1.0, 1.0 - 2.0 * x2 / backscatter);
        if (2.0 * draw() <= 1.0 + cosine * cosine) return cosine;
    }
}

/// Density of the cosine at which the draws above draw.
float cosine_density(bool is_compton, uint material, float energy_kev, EnergyPlace at, float cosine)
{
    vec3 row = momentum_row(material, momentum2(energy_kev, cosine));
    return is_compton ? klein_nishina_shape(energy_kev, cosine) * row.x * angle_row(material, at).x
                      : (1.0 + cosine * cosine) * row.y * energy_row(material, at).w;
}

vec3 turned(vec3 along, float cosine)
{
    float around = 2.0 * pi * draw();
    float sine = sqrt(max(0.0, 1.0 - cosine * cosine));
    // Two unit vectors square to `along` (Duff et al., JCGT 6(1), 2017).
    float s = along.z >= 0.0 ? 1.0 : -1.0;
    float a = -1.0 / (s + along.z);
    float b = along.x * along.y * a;
    vec3 first = vec3(1.0 + s * along.x * along.x * a, s * b, -s * along.x);
    vec3 second = vec3(b, s + along.y * along.y * a, -along.y);
    return normalize(sine * cos(around) * first + sine * sin(around) * second + cosine * along);
}
