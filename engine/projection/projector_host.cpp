#include "projector_impl.hpp"

#include "host_march.hpp"
#include "ray_spread.hpp"

#include <algorithm>
#include <fluoro/core/parallel.hpp>

namespace fluoro {

void Projector::Impl::make_on_host(Scene const& scene, PixelRect const& pixels)
{
    auto const start = std::chrono::steady_clock::now();
    bool const is_coarse =
        detail == Detail::passing || (scene.displacement && !settings.fine_motion && detail != Detail::every_pixel);
    HostVolume const& through = is_coarse ? *halved : *full;
    rays = detail == Detail::every_pixel ? one_ray_per_pixel(scene.pixels)
                                         : rays_for_voxels(scene.pixels, scene.view, through.grid());
    make_room(ray_thickness, rays.columns, rays.rows);
    bool const keeps =
        settings.keeps_pictures && detail == Detail::standing && scene.displacement && scene.displacement->cycle;
    if (keeps && blend_kept(*scene.displacement, pixels)) {
        ++kept_counts.blended;
    } else {
        march_on_host(scene, through, rays_for(rays, pixels));
        if (keeps) kept.keep(*scene.displacement, pixels, ray_thickness->mapped_as<glm::vec2>());
        ++kept_counts.marched;
    }
    if (rays.margin > 0) {
        make_room(pixel_thickness, scene.pixels.columns, scene.pixels.rows);
        spread_rays(rays, ray_thickness->mapped_as<glm::vec2>(), pixels, scene.pixels.columns, half_spread,
                    pixel_thickness->mapped_as<glm::vec2>());
    }
    times.march_ms = ms_since(start);
    times.longest_dispatch_ms = 0;
}

void Projector::Impl::march_on_host(Scene const& scene, HostVolume const& through, PixelRect const& rect)
{
    BeamLattice bent;
    if (scene.displacement)
        bent = make_beam_lattice(*scene.displacement, scene, rays, rect,
                                 &through == &*halved ? live_node_steps : fine_node_steps);
    for (int main = 0; main < 3; ++main) {
        VoxelOrder const voxels = through.order(main);
        std::array const axes{voxels.u, voxels.v, voxels.main};
        host_march(describe_march(scene, through.grid(), rect, axes), describe_warp(bent, through.grid(), axes), bent,
                   voxels, ray_thickness->mapped_as<glm::vec2>());
    }
}

bool Projector::Impl::blend_kept(Displacement const& now, PixelRect const& pixels)
{
    auto const parts = kept.blend(now, pixels);
    if (parts.empty()) return false;
    auto const to = ray_thickness->mapped_as<glm::vec2>();
    parallel_for(int(to.size()), [&](int first, int last) {
        std::fill(to.begin() + first, to.begin() + last, glm::vec2{0});
        for (auto const& part : parts) {
            auto const weight = float(part.weight);
            for (int i = first; i < last; ++i) to[std::size_t(i)] += weight * part.thickness[std::size_t(i)];
        }
    });
    return true;
}

} // namespace fluoro
