#pragma once
#include <fluoro/lumen/bricks.hpp>
#include <fluoro/lumen/cells.hpp>
#include <fluoro/patient/volume.hpp>

namespace fluoro {

/// Which cell of a lumen graph a voxel belongs to, how far from the axis it is, and how much of it is lumen: what the
/// picture needs to look up the contrast of the moment. One word per voxel, 0 = no lumen:
///   bits 0-19  cell + 1 (at most 2^20 - 2 cells)
///   bits 20-22 lane: 0 = on the axis ... 5 = at the wall, lanes of equal area ((r / R)^2 in sixths)
///   bits 23-30 share of the voxel that is lumen, 1 to 255
struct LumenWord {
    static constexpr int lanes = 6;
    int cell = -1; ///< -1 = no lumen
    int lane = 0;
    double share = 0;
};
LumenWord unpacked(std::uint32_t word);

/// `patient`: its label map gives the chambers of the heart, which are no tubes: a voxel of a chamber's label belongs
/// to the nearest cell of the edges with that label, lane 0. Without labels chambers are left out.
/// docs/theory/lumens.md
Bricks<std::uint32_t> index_lumens(LumenGraph const& graph, LumenCells const& cells, Patient const& patient,
                                   FieldGrid const& grid);

} // namespace fluoro
