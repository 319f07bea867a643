#pragma once
// What the projector's parts share: projector.cpp sums energies, projector_march.cpp sends the rays on a GPU,
// projector_host.cpp on the processor.
#include "beam_lattice.hpp"
#include "beam_shape.hpp"
#include "device_volume.hpp"
#include "filled_pixels.hpp"
#include "focal_spot.hpp"
#include "host_volume.hpp"
#include "kept_pictures.hpp"
#include "ray_grid.hpp"

#include <chrono>
#include <fluoro/gpu/dispatch_budget.hpp>
#include <fluoro/gpu/kernel.hpp>
#include <fluoro/projection/energy_table.hpp>
#include <fluoro/projection/projector.hpp>
#include <optional>
#include <shared/march.h>
#include <span>
#include <utility>

namespace fluoro {

/// Filtering 3D textures is what a GPU does best and a software device worst.
inline bool prefers_texture(gpu::DeviceInfo const& device)
{
    return !device.is_software && device.filters_16_bit;
}

inline glm::vec4 vec(Vec3 const& v, double w = 0)
{
    return {glm::vec3{v}, float(w)};
}

/// Work groups that cover `count` items.
inline std::uint32_t groups(int count, std::uint32_t per_group)
{
    return (std::uint32_t(count) + per_group - 1) / per_group;
}

inline double ms_since(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

/// The detector point of pixel coordinates (column, row).
inline Vec3 detector_point(Scene const& scene, double column, double row)
{
    Vec2 const at = scene.pixels.position_mm(column, row);
    return scene.view.detector_centre_mm + at.x * scene.view.column_direction + at.y * scene.view.row_direction;
}

/// Everything that decides the rays' way through the patient.
struct MarchKey {
    Patient const* patient = nullptr;
    View view;
    double field_mm = 0;
    int columns = 0, rows = 0;
    PixelRect rect;
    Displacement const* displacement = nullptr;

    bool covers(MarchKey const& wanted) const
    {
        auto const& a = rect;
        auto const& b = wanted.rect;
        return b.column >= a.column && b.row >= a.row && b.column + b.columns <= a.column + a.columns &&
               b.row + b.rows <= a.row + a.rows;
    }
    bool is_same_view(MarchKey const& wanted) const
    {
        return patient == wanted.patient && field_mm == wanted.field_mm && columns == wanted.columns &&
               rows == wanted.rows && view.source_mm == wanted.view.source_mm &&
               view.detector_centre_mm == wanted.view.detector_centre_mm &&
               view.column_direction == wanted.view.column_direction && view.row_direction == wanted.view.row_direction;
    }
};

/// How the body has moved, for rays whose indices stand in the order of `axes`.
shared::MarchWarp describe_warp(BeamLattice const& lattice, Grid const& grid, std::array<int, 3> const& axes);

struct Projector::Impl {
    explicit Impl(ProjectorSettings const& s);

    ProjectorSettings settings;
    gpu::Device device;
    bool uses_texture;
    bool sums_on_host;
    std::optional<gpu::Kernel> march, march_moved; ///< of a texture; through a body that has moved: made when one does
    gpu::Kernel energy_sum, energy_sum_bins;
    gpu::CommandList commands;
    gpu::Buffer march_params, warp_params;
    std::optional<gpu::Buffer> beam_nodes;      ///< of the BeamLattice, as the CPU writes them
    std::optional<gpu::Buffer> beam_nodes_copy; ///< on a GPU: in its own memory
    gpu::Buffer signal_params, slab_params, energy_params;
    std::optional<gpu::Buffer> heel_places;     ///< one for every row
    std::optional<gpu::Buffer> ray_thickness;   ///< of the marched rays
    std::vector<glm::vec2> half_spread;         ///< pixel columns, ray rows
    std::optional<gpu::Buffer> pixel_thickness; ///< of the pixels, where rays are fewer
    std::optional<gpu::Buffer> thickness_copy;  ///< where the CPU reads the pixels'
    bool copy_is_fresh = false;                 ///< thickness_copy holds what was marched last
    std::optional<gpu::Buffer> signal;
    std::shared_ptr<Patient const> patient; ///< keeps alive what `volume` was made of
    int level = 0;                          ///< how many times its sides were halved
    std::optional<DeviceVolume> volume;     ///< of a texture
    std::optional<HostVolume> full, halved; ///< of the processor; a view that is passing goes through the halved one
    std::optional<MarchKey> marched;
    std::shared_ptr<Displacement const> displacement; ///< keeps alive what `marched` names
    KeptPictures kept;                                ///< of the view of `kept_for`, marched in full
    std::optional<MarchKey> kept_for;
    KeptPictureCounts kept_counts;
    enum class Detail { every_pixel, standing, passing } detail = Detail::every_pixel; ///< of what was marched
    RayGrid rays;
    gpu::DispatchBudget budget{256 * 256}; ///< [rays]
    std::vector<double> dispatched_rays;   ///< of the march being recorded, one for each dispatch
    std::optional<std::pair<BeamShapeKey, BeamShape>> shape;
    std::vector<std::pair<BeamDescription, EnergyTable>> tables; ///< of beams seen lately
    FilledTiles filled_tiles;
    SignalFinisher finisher;
    ProjectionTimes times;

    /// Two floats for every ray or pixel.
    void make_room(std::optional<gpu::Buffer>& buffer, int columns, int rows,
                   gpu::Placement placement = gpu::Placement::shared)
    {
        std::size_t const bytes = std::size_t(columns) * std::size_t(rows) * sizeof(glm::vec2);
        if (!buffer || buffer->bytes() != bytes) buffer.emplace(device, bytes, placement);
    }
    void prepare(std::shared_ptr<Patient const> const& wanted);
    void make_thickness(Scene const& scene, PixelRect const& pixels, bool every_pixel);
    shared::MarchParams describe_march(Scene const& scene, Grid const& grid, PixelRect const& rect,
                                       std::array<int, 3> const& axes) const;
    void march_rays(Scene const& scene, PixelRect const& rect, bool crosses_cells, bool reports_work = false);
    /// Puts the displacement where the kernel reads it. Null when no ray meets it.
    gpu::Buffer const* upload_nodes(BeamLattice const& lattice);
    void run_march();
    /// The pixels' thicknesses, marched or blended on the processor.
    void make_on_host(Scene const& scene, PixelRect const& pixels);
    void march_on_host(Scene const& scene, HostVolume const& through, PixelRect const& rect);
    /// The rays' thicknesses from kept pictures, if these are near enough.
    bool blend_kept(Displacement const& now, PixelRect const& pixels);
    std::span<glm::vec2 const> read_thickness();
    gpu::Buffer& thickness() { return rays.margin > 0 ? *pixel_thickness : *ray_thickness; }
    BeamShape const& shape_of(Scene const& scene);
    EnergyTable const& table_of(BeamDescription const& beam);
    void fill_signal_params(Scene const& scene, PixelRect const& rect, EnergyTable const& table);
    void sum_energies(Scene const& scene, BeamDescription const& beam, Signal& sums);
    void add_fillings(Scene const& scene, BeamDescription beam, Signal& sums);
};

} // namespace fluoro
