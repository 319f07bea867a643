#include "projector_impl.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <fluoro/core/expect.hpp>
#include <fluoro/physics/basis.hpp>
#include <fluoro_shaders/march_texture_moved.hpp>
#include <limits>
#include <shared/signal.h>

namespace fluoro {

static_assert(sizeof(shared::MarchParams) == 11 * 16 + 16 * 4);
static_assert(offsetof(shared::MarchParams, first_column) == 11 * 16);
static_assert(offsetof(shared::MarchParams, soft_per_bone) == 11 * 16 + 11 * 4);
static_assert(sizeof(shared::MarchChunk) == 16);
static_assert(sizeof(shared::MarchWarp) == 4 * 16 + 12 * 4);

void Projector::Impl::prepare(std::shared_ptr<Patient const> const& wanted)
{
    FLUORO_EXPECT(wanted);
    if (patient == wanted) return;
    volume.reset();
    full.reset();
    halved.reset();
    marched.reset();
    auto const& info = device.info();
    WorkingVolume working = make_working_volume(wanted->ct, working_voxels(info, uses_texture),
                                                uses_texture ? info.max_texture_side : std::numeric_limits<int>::max());
    level = working.level;
    if (uses_texture) {
        volume.emplace(device, working);
    } else {
        halved.emplace(half_as_fine(working));
        full.emplace(std::move(working));
    }
    patient = wanted;
}

/// Marches unless the last march will do. A view that is new may be passing: where marching is dear it goes through the
/// halved volume first, and through the full one when the view is asked for again.
void Projector::Impl::make_thickness(Scene const& scene, PixelRect const& pixels, bool every_pixel)
{
    prepare(scene.patient);
    MarchKey const key{scene.patient.get(), scene.view, scene.pixels.field_mm,   scene.pixels.columns,
                       scene.pixels.rows,   pixels,     scene.displacement.get()};
    bool const stands = marched && marched->is_same_view(key);
    Detail const wanted = every_pixel              ? Detail::every_pixel
                          : uses_texture || stands ? Detail::standing
                                                   : Detail::passing;
    if (!kept_for || !kept_for->is_same_view(key)) kept.clear();
    kept_for = key;
    if (stands && marched->covers(key) && marched->displacement == key.displacement && detail == wanted) return;
    detail = wanted;
    marched.reset();
    copy_is_fresh = false;
    if (uses_texture) {
        rays = one_ray_per_pixel(scene.pixels);
        make_room(ray_thickness, rays.columns, rays.rows, gpu::Placement::device);
        march_rays(scene, pixels, settings.cells && detail != Detail::every_pixel);
        run_march();
        ++kept_counts.marched;
    } else {
        make_on_host(scene, pixels);
    }
    kept_counts.kept = kept.size();
    kept_counts.kept_bytes = kept.bytes();
    marched = key;
    displacement = scene.displacement;
}

/// Runs what march_rays recorded and learns how many rays a dispatch may hold.
void Projector::Impl::run_march()
{
    commands.mark();
    auto const start = std::chrono::steady_clock::now();
    auto const stages = commands.run("marching the rays");
    if (stages.size() < dispatched_rays.size()) { // no clock on the device
        double all_rays = 0;
        for (double const count : dispatched_rays) all_rays += count;
        times.march_ms = ms_since(start);
        budget.learn(all_rays, times.march_ms);
        return;
    }
    for (double const ms : stages) times.march_ms += ms;
    for (std::size_t i = 0; i < dispatched_rays.size(); ++i) {
        budget.learn(dispatched_rays[i], stages[i]);
        times.longest_dispatch_ms = std::max(times.longest_dispatch_ms, stages[i]);
    }
}

shared::MarchParams Projector::Impl::describe_march(Scene const& scene, Grid const& grid, PixelRect const& rect,
                                                    std::array<int, 3> const& axes) const
{
    Mat4 const index_from_patient = grid.index_from_patient();
    Vec3 const source = scene.view.source_mm;
    double const first = rays.pixel_of(0), step = 1 / rays.rays_per_pixel;
    Vec3 const to_origin = detector_point(scene, first, first) - source;
    Vec3 const column = scene.view.column_direction * (step * scene.pixels.pitch_mm());
    Vec3 const row = scene.view.row_direction * (step * scene.pixels.pitch_mm());
    auto const permuted = [&](Vec3 const& v) { return vec({v[axes[0]], v[axes[1]], v[axes[2]]}); };
    shared::MarchParams p{};
    p.source = permuted(map_point(index_from_patient, source));
    p.to_origin = permuted(map_direction(index_from_patient, to_origin));
    p.column = permuted(map_direction(index_from_patient, column));
    p.row = permuted(map_direction(index_from_patient, row));
    p.to_origin_mm = vec(to_origin);
    p.column_mm = vec(column);
    p.row_mm = vec(row);
    HuCurve const& curve = hu_curve();
    static_assert(HuCurve::hinges == 8);
    for (int i = 0; i < 4; ++i) {
        auto const at = std::size_t(i);
        p.hinge_hu_a[i] = float(curve.hu_at[at]);
        p.hinge_hu_b[i] = float(curve.hu_at[at + 4]);
        p.hinge_slope_a[i] = float(curve.bone_slope[at]);
        p.hinge_slope_b[i] = float(curve.bone_slope[at + 4]);
    }
    p.soft_per_hu = float(curve.soft_per_hu);
    p.soft_per_bone = float(curve.soft_per_bone);
    p.first_column = std::uint32_t(rect.column);
    p.first_row = std::uint32_t(rect.row);
    p.columns = std::uint32_t(rect.columns);
    p.rows = std::uint32_t(rect.rows);
    p.stride = std::uint32_t(rays.columns);
    p.size_u = std::uint32_t(grid.size[axes[0]]);
    p.size_v = std::uint32_t(grid.size[axes[1]]);
    p.size_main = std::uint32_t(grid.size[axes[2]]);
    p.strict_u = axes[0] < axes[2] ? 1 : 0;
    p.strict_v = axes[1] < axes[2] ? 1 : 0;
    return p;
}

shared::MarchWarp describe_warp(BeamLattice const& lattice, Grid const& grid, std::array<int, 3> const& axes)
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
    w.lung_none = float(lung_none);
    w.lung_slope = float(lung_slope);
    return w;
}

gpu::Buffer const* Projector::Impl::upload_nodes(BeamLattice const& lattice)
{
    if (lattice.planes == 0) return nullptr;
    if (!march_moved)
        march_moved.emplace(device, march_texture_moved_spv, gpu::KernelLayout{2, 2, 1, sizeof(shared::MarchChunk)});
    auto const bytes = std::as_bytes(std::span{lattice.nodes});
    if (!beam_nodes || beam_nodes->bytes() < bytes.size()) beam_nodes.emplace(device, bytes.size());
    std::memcpy(beam_nodes->mapped().data(), bytes.data(), bytes.size());
    if (device.info().is_software) return &*beam_nodes;
    if (!beam_nodes_copy || beam_nodes_copy->bytes() != beam_nodes->bytes())
        beam_nodes_copy.emplace(device, beam_nodes->bytes(), gpu::Placement::device);
    commands.copy(*beam_nodes, *beam_nodes_copy);
    return &*beam_nodes_copy;
}

void Projector::Impl::march_rays(Scene const& scene, PixelRect const& rect, bool crosses_cells, bool reports_work)
{
    times.march_ms = times.longest_dispatch_ms = 0;
    copy_is_fresh = false;
    dispatched_rays.clear();
    // A band of rows a dispatch, so that none holds the device long; not so many that a command list overflows.
    int const side = int(shared::march_group_side);
    int const in_time = int(std::min(budget.units() / std::max(1, rect.columns), 1e6)) / side * side;
    int const band = std::max({side, in_time, (rect.rows / 200 + side) / side * side});

    BeamLattice bent;
    if (scene.displacement)
        bent = make_beam_lattice(*scene.displacement, scene, rays, rect,
                                 settings.fine_motion ? fine_node_steps : live_node_steps);
    gpu::Buffer const* const nodes = upload_nodes(bent);
    auto const& cells = crosses_cells ? volume->cells : volume->no_cells;
    std::array<int, 3> const axes{0, 1, 2};
    shared::MarchParams p = describe_march(scene, volume->grid, rect, axes);
    p.cell_u = float(cells.sides.x);
    p.cell_v = float(cells.sides.y);
    p.cell_main = float(cells.sides.z);
    p.reports_work = reports_work ? 1 : 0;
    std::memcpy(march_params.mapped().data(), &p, sizeof p);
    if (nodes) {
        shared::MarchWarp const w = describe_warp(bent, volume->grid, axes);
        std::memcpy(warp_params.mapped().data(), &w, sizeof w);
    }
    std::uint32_t const groups_x = groups(rect.columns, shared::march_group_side);
    commands.mark();
    for (int top = 0; top < rect.rows; top += band) {
        shared::MarchChunk const push{0, p.size_main, 0, std::uint32_t(top)};
        std::uint32_t const groups_y = groups(std::min(band, rect.rows - top), shared::march_group_side);
        auto const bytes = std::as_bytes(std::span{&push, 1});
        if (nodes)
            commands.dispatch(*march_moved, {&march_params, &warp_params, &*ray_thickness, nodes}, {&volume->texture},
                              bytes, groups_x, groups_y);
        else
            commands.dispatch(*march, {&march_params, &*ray_thickness}, {&volume->texture, &cells.texture}, bytes,
                              groups_x, groups_y);
        commands.mark();
        dispatched_rays.push_back(double(rect.columns) * std::min(band, rect.rows - top));
    }
}

/// The marched thicknesses of all pixels, on the CPU.
std::span<glm::vec2 const> Projector::Impl::read_thickness()
{
    if (copy_is_fresh) return thickness_copy->mapped_as<glm::vec2>();
    gpu::Buffer const& from = thickness();
    if (!thickness_copy || thickness_copy->bytes() != from.bytes()) thickness_copy.emplace(device, from.bytes());
    commands.copy(from, *thickness_copy);
    commands.run("reading the thicknesses");
    copy_is_fresh = true;
    return thickness_copy->mapped_as<glm::vec2>();
}

} // namespace fluoro
