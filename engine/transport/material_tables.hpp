#pragma once
// Inside the transport module: attenuation and angular tables of materials.
#include <cmath>
#include <fluoro/transport/tables.hpp>

namespace fluoro {

inline double node_energy_kev(int node)
{
    return shared::lowest_energy_kev * std::exp2(node / double(shared::energy_nodes_per_octave));
}
inline double node_momentum2(int node)
{
    return shared::lowest_momentum2 * std::exp2(node / double(shared::momentum_nodes_per_octave));
}

/// Fills energy, angle and momentum tables, one material after the other.
void add_material_tables(TransportTables& tables, std::vector<Mixture> const& materials);

} // namespace fluoro
