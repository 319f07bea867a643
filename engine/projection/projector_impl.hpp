#pragma once
// What the projector's parts share: projector.cpp sums energies, projector_march.cpp sends the rays.
#include "beam_shape.hpp"
#include "device_volume.hpp"
#include "focal_spot.hpp"
#include "ray_grid.hpp"

#include <chrono>
#include <fluoro/gpu/dispatch_budget.hpp>
#include <fluoro/gpu/kernel.hpp>
#include <fluoro/projection/energy_table.hpp>
#include <fluoro/projection/projector.hpp>
#include <optional>
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

struct Projector::Impl {
    explicit Impl(ProjectorSettings const& s);

    ProjectorSettings settings;
    gpu::Device device;
    bool uses_texture;
    bool sums_on_host;
    gpu::Kernel march;
    gpu::Kernel resample;
    gpu::Kernel energy_sum, energy_sum_bins;
    gpu::CommandList commands;
    std::vector<gpu::Buffer> march_params;
    gpu::Buffer signal_params, slab_params, energy_params;
    std::optional<gpu::Buffer> heel_places;     ///< one for every row
    std::optional<gpu::Buffer> ray_thickness;   ///< of the marched rays
    std::optional<gpu::Buffer> half_resampled;  ///< pixel columns, ray rows
    std::optional<gpu::Buffer> pixel_thickness; ///< of the pixels, where rays are fewer
    std::optional<gpu::Buffer> thickness_copy;  ///< where the CPU reads the pixels'
    bool copy_is_fresh = false;                 ///< thickness_copy holds what was marched last
    std::optional<gpu::Buffer> signal;
    std::shared_ptr<Patient const> patient; ///< keeps alive what `volume` was made of
    std::optional<DeviceVolume> volume;
    std::optional<MarchKey> marched;
    enum class Detail { every_pixel, standing, passing } detail = Detail::every_pixel; ///< of what was marched
    RayGrid rays;
    gpu::DispatchBudget budget{256 * 256}; ///< [rays]
    std::vector<double> dispatched_rays;   ///< of the march being recorded, one for each dispatch
    std::optional<std::pair<BeamShapeKey, BeamShape>> shape;
    std::vector<std::pair<BeamDescription, EnergyTable>> tables; ///< of beams seen lately
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
    void march_rays(Scene const& scene, MarchVolume const& through, PixelRect const& rect, bool crosses_cells,
                    bool reports_work = false);
    void run_march();
    void spread_rays(Scene const& scene);
    std::span<glm::vec2 const> read_thickness();
    gpu::Buffer& thickness() { return rays.margin > 0 ? *pixel_thickness : *ray_thickness; }
    BeamShape const& shape_of(Scene const& scene);
    EnergyTable const& table_of(BeamDescription const& beam);
    void fill_signal_params(Scene const& scene, PixelRect const& rect, EnergyTable const& table);
    void sum_energies(Scene const& scene, BeamDescription const& beam, Signal& sums);
    void add_fillings(Scene const& scene, BeamDescription beam, Signal& sums);
};

} // namespace fluoro
