#pragma once
// Inside the projection module: the energy sum on the CPU, for devices that are the CPU anyway.
#include <fluoro/image/image.hpp>
#include <fluoro/projection/energy_table.hpp>
#include <shared/signal.h>
#include <span>
#include <vector>

namespace fluoro {

/// shaders/energy_sum.glsl, pixel for pixel, over the rectangle of `params`: `thickness` is soft and bone [g/cm2] of
/// every pixel of the picture, `heel_place` one for each row, `energies` the entries in use; `mean` and `second`
/// receive the sums. Rows have constant heels, so that an energy costs one exponential and four products.
void host_energy_sum(shared::SignalParams const& params, std::span<shared::SlabParams const> slabs,
                     std::span<shared::EnergyParams const> energies, std::span<glm::vec2 const> thickness,
                     std::span<float const> heel_place, std::span<float> mean, std::span<float> second);

/// What a slab puts in the way of some pixels' rays [g/cm2], as host_energy_sum has it; by the calling thread alone.
void host_slab_paths(shared::SlabParams const& slab, std::span<float const> column, std::span<float const> row,
                     std::span<float> g_cm2);
/// EnergyTable::behind for a list of pixels: the mass thickness [g/cm2] of each in every channel, the place of each
/// pixel's heel; a mean and a second moment for each, good to float rounding. By the calling thread alone.
void host_list_sum(EnergyTable const& table, std::span<float const* const> channels, std::span<float const> heel_place,
                   std::span<float> mean, std::span<float> second);

} // namespace fluoro
