#include "projector_impl.hpp"

#include <cstring>
#include <fluoro_shaders/blend_pictures.hpp>
#include <fluoro_shaders/march_joseph_moved.hpp>
#include <fluoro_shaders/march_texture_moved.hpp>
#include <shared/blend_pictures.h>
#include <shared/march.h>
#include <shared/signal.h>

namespace fluoro {

static_assert(sizeof(shared::MarchWarp) == 4 * 16 + 12 * 4);

gpu::Buffer const* Projector::Impl::upload_nodes(BeamLattice const& lattice)
{
    if (lattice.planes == 0) return nullptr;
    if (!march_moved) {
        std::span<std::uint32_t const> const words = uses_texture
                                                         ? std::span<std::uint32_t const>{march_texture_moved_spv}
                                                         : std::span<std::uint32_t const>{march_joseph_moved_spv};
        march_moved.emplace(device, words, gpu::KernelLayout{2, 2, 1, sizeof(shared::MarchChunk)});
        for (int i = 0; i < 3; ++i) warp_params.emplace_back(device, sizeof(shared::MarchWarp));
    }
    auto const bytes = std::as_bytes(std::span{lattice.nodes});
    if (!beam_nodes || beam_nodes->bytes() < bytes.size()) beam_nodes.emplace(device, bytes.size());
    std::memcpy(beam_nodes->mapped().data(), bytes.data(), bytes.size());
    if (device.info().is_software) return &*beam_nodes;
    if (!beam_nodes_copy || beam_nodes_copy->bytes() != beam_nodes->bytes())
        beam_nodes_copy.emplace(device, beam_nodes->bytes(), gpu::Placement::device);
    commands.copy(*beam_nodes, *beam_nodes_copy);
    return &*beam_nodes_copy;
}

void Projector::Impl::fill_warp_params(BeamLattice const& lattice, Grid const& grid, std::array<int, 3> const& axes,
                                       int pass)
{
    Mat3 const voxels_per_mm{grid.index_from_patient()};
    // Rows of the matrix: what a shift in the patient does to one index.
    auto const row = [&](int axis) {
        return Vec3{voxels_per_mm[0][axis], voxels_per_mm[1][axis], voxels_per_mm[2][axis]};
    };
    shared::MarchWarp w{};
    w.u_per_mm = vec(row(axes[0]));
    w.v_per_mm = vec(row(axes[1]));
    w.main_per_mm = vec(row(axes[2]));
    for (int i = 0; i < 3; ++i)
        w.most_voxels[i] = float(glm::dot(glm::abs(row(axes[std::size_t(i)])), lattice.most_mm));
    w.first_column = float(lattice.first_column);
    w.first_row = float(lattice.first_row);
    w.nodes_per_column = float(1 / lattice.column_step);
    w.nodes_per_row = float(1 / lattice.row_step);
    w.columns = std::uint32_t(lattice.columns);
    w.rows = std::uint32_t(lattice.rows);
    w.planes = std::uint32_t(lattice.planes);
    w.first_t = float(lattice.first_t);
    w.t_step = float(lattice.t_step);
    std::memcpy(warp_params[std::size_t(pass)].mapped().data(), &w, sizeof w);
}

bool Projector::Impl::blend_kept(Scene const& scene, PixelRect const& pixels)
{
    auto const start = std::chrono::steady_clock::now();
    auto const parts = kept.blend(*scene.displacement, pixels);
    if (parts.empty()) return false;
    if (!blend_pictures)
        blend_pictures.emplace(device, blend_pictures_spv, gpu::KernelLayout{0, 4, 0, sizeof(shared::BlendPictures)});
    auto const buffer = [&](std::size_t i) { return parts[i < parts.size() ? i : 0].thickness; };
    auto const weight = [&](std::size_t i) { return i < parts.size() ? float(parts[i].weight) : 0.0f; };
    shared::BlendPictures const p{std::uint32_t(rays.columns), std::uint32_t(rays.rows), weight(0), weight(1),
                                  weight(2)};
    commands.dispatch(*blend_pictures, {buffer(0), buffer(1), buffer(2), &*ray_thickness}, {},
                      std::as_bytes(std::span{&p, 1}), groups(rays.columns, shared::signal_group_x),
                      groups(rays.rows, shared::signal_group_y));
    spread_rays(scene);
    copy_is_fresh = false;
    commands.run("blending kept pictures");
    times.march_ms = ms_since(start);
    times.longest_dispatch_ms = 0;
    ++kept_counts.blended;
    return true;
}

} // namespace fluoro
