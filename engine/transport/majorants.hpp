#pragma once
// Inside the transport module: how strongly each part of the world can attenuate.
#include <fluoro/transport/tables.hpp>

namespace fluoro {

/// A box of the transport frame that holds a code.
struct CodeExtent {
    Vec3 low_mm, high_mm;
    int code = 0;
};

/// Attenuation of a code at an energy node [1/mm], as the kernel computes it.
float node_attenuation(TransportTables const& tables, shared::MediumCode const& code, int node);

/// Fills world, cells, classes and majorants. Voxels, codes and energy tables are there already; `shapes` are the boxes
/// around boxes and tubes.
void add_majorants(TransportTables& tables, std::vector<CodeExtent> const& shapes, double cell_mm);

} // namespace fluoro
