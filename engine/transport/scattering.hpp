#pragma once
// Inside the transport module: what happens where a photon meets an atom. The kernel does the same.
#include "medium.hpp"

#include <numbers>

namespace fluoro {

enum class Process { photoelectric, incoherent, coherent };

/// A material's angular table at a squared momentum transfer: S, F^2, A.
inline glm::vec3 momentum_row(TransportTables const& tables, std::uint32_t material, float x2)
{
    auto const* row = &tables.momentum[material * std::size_t(shared::momentum_nodes)];
    if (x2 <= row[0].w) return {row[0].x * x2 / row[0].w, row[0].y, row[0].y * x2};
    float const at = std::min(std::log2(x2 / shared::lowest_momentum2) * shared::momentum_nodes_per_octave,
                              float(shared::momentum_nodes) - 1.001f);
    auto const node = std::size_t(at);
    float const share = (x2 - row[node].w) / (row[node + 1].w - row[node].w);
    return glm::vec3{row[node]} + share * (glm::vec3{row[node + 1]} - glm::vec3{row[node]});
}

/// The cosine of Compton scattering: Klein-Nishina times S, by rejection from an even cosine.
inline float draw_incoherent_cosine(Medium const& medium, TransportTables const& tables, std::uint32_t material,
                                    float energy_kev, EnergyPlace at, HistoryRandom& random)
{
    float const most = medium.angle_row(material, at).y; // S at backscatter, the largest
    for (;;) {
        float const cosine = 1 - 2 * random.next();
        float const drawn = random.next() * 2 * most;
        float const shape = shared::klein_nishina_shape(energy_kev, cosine);
        if (drawn > shape * most) continue; // whatever S is
        if (drawn <= shape * momentum_row(tables, material, shared::momentum2(energy_kev, cosine)).x) return cosine;
    }
}

/// The cosine of Rayleigh scattering: x^2 by inverting the integral of F^2 (F^2 even within a cell of the table), then
/// rejection by (1 + cos^2) / 2.
inline float draw_coherent_cosine(Medium const& medium, TransportTables const& tables, std::uint32_t material,
                                  float energy_kev, EnergyPlace at, HistoryRandom& random)
{
    float const whole = medium.angle_row(material, at).z;
    float const backscatter = shared::momentum2(energy_kev, -1);
    auto const* row = &tables.momentum[material * std::size_t(shared::momentum_nodes)];
    for (;;) {
        float const wanted = random.next() * whole;
        float x2;
        if (wanted <= row[0].z)
            x2 = wanted / row[0].y;
        else {
            std::uint32_t node = 0; // the last one whose A is below
            for (std::uint32_t half = shared::momentum_nodes / 2; half > 0; half /= 2)
                if (node + half < shared::momentum_nodes - 1 && row[node + half].z < wanted) node += half;
            float const share = (wanted - row[node].z) / std::max(row[node + 1].z - row[node].z, 1e-30f);
            x2 = row[node].w + std::min(share, 1.0f) * (row[node + 1].w - row[node].w);
        }
        float const cosine = std::max(-1.0f, 1 - 2 * x2 / backscatter);
        if (2 * random.next() <= 1 + cosine * cosine) return cosine;
    }
}

/// Density of the cosine at which draw_..._cosine draws.
inline float cosine_density(Medium const& medium, TransportTables const& tables, Process process,
                            std::uint32_t material, float energy_kev, EnergyPlace at, float cosine)
{
    auto const row = momentum_row(tables, material, shared::momentum2(energy_kev, cosine));
    if (process == Process::incoherent)
        return shared::klein_nishina_shape(energy_kev, cosine) * row.x * medium.angle_row(material, at).x;
    return (1 + cosine * cosine) * row.y * medium.energy_row(material, at).w;
}

/// `along` turned by the angle of this cosine, around it by an even angle.
inline glm::vec3 turned(glm::vec3 const& along, float cosine, HistoryRandom& random)
{
    float const around = 2 * std::numbers::pi_v<float> * random.next();
    float const sine = std::sqrt(std::max(0.0f, 1 - cosine * cosine));
    // Two unit vectors square to `along` (Duff et al., JCGT 6(1), 2017).
    float const sign = std::copysign(1.0f, along.z);
    float const a = -1 / (sign + along.z), b = along.x * along.y * a;
    glm::vec3 const first{1 + sign * along.x * along.x * a, sign * b, -sign * along.x};
    glm::vec3 const second{b, sign + along.y * along.y * a, -along.y};
    return glm::normalize(sine * std::cos(around) * first + sine * std::sin(around) * second + cosine * along);
}

} // namespace fluoro
