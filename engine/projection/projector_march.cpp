#include "projector_impl.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <fluoro/core/expect.hpp>
#include <fluoro/physics/basis.hpp>
#include <shared/march.h>
#include <shared/resample.h>
#include <shared/signal.h>

namespace fluoro {

static_assert(sizeof(shared::MarchParams) == 11 * 16 + 16 * 4);
static_assert(offsetof(shared::MarchParams, first_column) == 11 * 16);
static_assert(offsetof(shared::MarchParams, soft_per_bone) == 11 * 16 + 11 * 4);
static_assert(sizeof(shared::MarchChunk) == 16);
static_assert(sizeof(shared::ResampleParams) == 32);

void Projector::Impl::prepare(std::shared_ptr<Patient const> const& wanted)
{
    FLUORO_EXPECT(wanted);
    if (patient == wanted) return;
    volume.reset();
    marched.reset();
    volume.emplace(device, wanted->ct, uses_texture);
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
    bool const is_coarse =
        detail == Detail::passing || (scene.displacement && !settings.fine_motion && !uses_texture && !every_pixel);
    MarchVolume const& through = is_coarse ? volume->halved() : volume->full();
    rays = detail == Detail::every_pixel || uses_texture ? one_ray_per_pixel(scene.pixels)
                                                         : rays_for_voxels(scene.pixels, scene.view, through.grid);
    make_room(ray_thickness, rays.columns, rays.rows, gpu::Placement::device);
    marched.reset();
    // On a GPU a march is as quick as what a blend would save.
    bool const keeps = settings.keeps_pictures && !uses_texture && detail == Detail::standing && scene.displacement &&
                       scene.displacement->cycle;
    if (!keeps || !blend_kept(scene, pixels)) {
        // Rays that miss the voxels are never written by a Joseph pass.
        if (!uses_texture) commands.fill(*ray_thickness, 0);
        march_rays(scene, through, rays_for(rays, pixels), settings.cells && detail != Detail::every_pixel);
        if (keeps)
            commands.copy(*ray_thickness, kept.keep(device, *scene.displacement, pixels, ray_thickness->bytes()));
        spread_rays(scene);
        run_march();
        ++kept_counts.marched;
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

void Projector::Impl::march_rays(Scene const& scene, MarchVolume const& through, PixelRect const& rect,
                                 bool crosses_cells, bool reports_work)
{
    times.march_ms = times.longest_dispatch_ms = 0;
    copy_is_fresh = false;
    dispatched_rays.clear();
    Mat4 const index_from_patient = through.grid.index_from_patient();
    Vec3 const source = scene.view.source_mm;
    double const first = rays.pixel_of(0), step = 1 / rays.rays_per_pixel;
    Vec3 const to_origin = detector_point(scene, first, first) - source;
    Vec3 const column = scene.view.column_direction * (step * scene.pixels.pitch_mm());
    Vec3 const row = scene.view.row_direction * (step * scene.pixels.pitch_mm());
    Vec3 const source_index = map_point(index_from_patient, source);
    HuCurve const& curve = hu_curve();
    static_assert(HuCurve::hinges == 8);
    std::uint32_t const groups_x = groups(rect.columns, shared::march_group_side);
    // A band of rows a dispatch, so that none holds the device long; not so many that a command list overflows.
    int passes = uses_texture ? 1 : 0;
    for (auto const& axis : through.packed) passes += int(axis.textures.size());
    int const side = int(shared::march_group_side);
    int const in_time = int(std::min(budget.units() / std::max(1, rect.columns), 1e6)) / side * side;
    int const band = std::max({side, in_time, (rect.rows * passes / 200 + side) / side * side});

    BeamLattice bent;
    if (scene.displacement) bent = make_beam_lattice(*scene.displacement, scene, rays, rect);
    gpu::Buffer const* const nodes = upload_nodes(bent);
    auto const& cells = crosses_cells ? through.cells : through.no_cells; // empty where there is no texture
    commands.mark();
    for (int pass = 0; pass < (uses_texture ? 1 : 3); ++pass) {
        PackedAxis const identity{0, 1, 2, through.grid.size.z, {}};
        PackedAxis const& axis = uses_texture ? identity : through.packed[std::size_t(pass)];
        auto const permuted = [&](Vec3 const& v) { return vec({v[axis.u], v[axis.v], v[axis.main]}); };
        shared::MarchParams p{};
        p.source = permuted(source_index);
        p.to_origin = permuted(map_direction(index_from_patient, to_origin));
        p.column = permuted(map_direction(index_from_patient, column));
        p.row = permuted(map_direction(index_from_patient, row));
        p.to_origin_mm = vec(to_origin);
        p.column_mm = vec(column);
        p.row_mm = vec(row);
        for (int i = 0; i < 4; ++i) {
            auto const at = std::size_t(i);
            p.hinge_hu_a[i] = float(curve.hu_at[at]);
            p.hinge_hu_b[i] = float(curve.hu_at[at + 4]);
            p.hinge_slope_a[i] = float(curve.bone_slope[at]);
            p.hinge_slope_b[i] = float(curve.bone_slope[at + 4]);
        }
        p.first_column = std::uint32_t(rect.column);
        p.first_row = std::uint32_t(rect.row);
        p.columns = std::uint32_t(rect.columns);
        p.rows = std::uint32_t(rect.rows);
        p.stride = std::uint32_t(rays.columns);
        p.size_u = std::uint32_t(through.grid.size[axis.u]);
        p.size_v = std::uint32_t(through.grid.size[axis.v]);
        p.size_main = std::uint32_t(through.grid.size[axis.main]);
        p.strict_u = axis.u < axis.main ? 1 : 0;
        p.strict_v = axis.v < axis.main ? 1 : 0;
        p.soft_per_hu = float(curve.soft_per_hu);
        p.soft_per_bone = float(curve.soft_per_bone);
        if (cells) {
            p.cell_u = float(cells->sides.x);
            p.cell_v = float(cells->sides.y);
            p.cell_main = float(cells->sides.z);
        }
        p.reports_work = reports_work ? 1 : 0;
        auto& params = march_params[std::size_t(pass)];
        std::memcpy(params.mapped().data(), &p, sizeof p);
        if (nodes) fill_warp_params(bent, through.grid, {axis.u, axis.v, axis.main}, pass);

        int const chunks = uses_texture ? 1 : int(axis.textures.size());
        for (int chunk = 0; chunk < chunks; ++chunk)
            for (int top = 0; top < rect.rows; top += band) {
                int const first_plane = chunk * axis.planes_per_texture;
                shared::MarchChunk const push{
                    std::uint32_t(first_plane),
                    std::uint32_t(std::min(axis.planes_per_texture, int(p.size_main) - first_plane)),
                    chunk > 0 ? 1u : 0u, std::uint32_t(top)};
                std::uint32_t const groups_y = groups(std::min(band, rect.rows - top), shared::march_group_side);
                auto const bytes = std::as_bytes(std::span{&push, 1});
                std::vector<gpu::VolumeTexture const*> textures;
                if (uses_texture)
                    textures = {&*through.texture};
                else
                    textures = {&axis.textures[std::size_t(chunk)]};
                if (nodes) {
                    commands.dispatch(*march_moved, {&params, &warp_params[std::size_t(pass)], &*ray_thickness, nodes},
                                      textures, bytes, groups_x, groups_y);
                } else {
                    if (uses_texture) textures.push_back(&cells->texture);
                    commands.dispatch(march, {&params, &*ray_thickness}, textures, bytes, groups_x, groups_y);
                }
                commands.mark();
                dispatched_rays.push_back(double(rect.columns) * std::min(band, rect.rows - top));
            }
    }
}

/// From the rays to the pixels, where there are fewer rays.
void Projector::Impl::spread_rays(Scene const& scene)
{
    if (rays.margin == 0) return;
    int const columns = scene.pixels.columns, rows = scene.pixels.rows;
    make_room(half_resampled, columns, rays.rows, gpu::Placement::device);
    make_room(pixel_thickness, columns, rows, gpu::Placement::device);
    auto const pass = [&](gpu::Buffer const& from, gpu::Buffer const& to, int to_rows, int from_columns, int from_count,
                          bool is_vertical) {
        shared::ResampleParams const p{
            std::uint32_t(columns), std::uint32_t(to_rows),     std::uint32_t(from_columns), std::uint32_t(from_count),
            is_vertical ? 1u : 0u,  float(rays.rays_per_pixel), float(rays.margin),          0};
        commands.dispatch(resample, {&from, &to}, {}, std::as_bytes(std::span{&p, 1}),
                          groups(columns, shared::signal_group_x), groups(to_rows, shared::signal_group_y));
    };
    pass(*ray_thickness, *half_resampled, rays.rows, rays.columns, rays.columns, false);
    pass(*half_resampled, *pixel_thickness, rows, columns, rays.rows, true);
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
