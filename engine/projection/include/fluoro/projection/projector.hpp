#pragma once
#include <fluoro/gpu/device.hpp>
#include <fluoro/image/image.hpp>
#include <fluoro/scene/scene.hpp>
#include <memory>
#include <string>
#include <vector>

namespace fluoro {

/// Mass thickness along every ray [g/cm2], one image per material.
struct ThicknessMap {
    std::vector<MaterialId> materials; ///< soft (water) and bone first, then what else is met
    std::vector<std::string> names;    ///< "soft", "bone", ...
    std::vector<Image<float>> g_cm2;
};

/// Adds what table and pad put in the way: one channel per material.
void add_slab_thickness(Scene const& scene, ThicknessMap& map);
/// Adds what filled tubes and clouds put in the way, what they displace taken away: one channel per added material.
void add_filling_thickness(Scene const& scene, ThicknessMap& map);

/// Voxels of a CT that this device can work on; a larger CT is halved along every side until it fits.
std::size_t working_voxels(gpu::DeviceInfo const& device);

/// Where a frame's time went [ms].
struct ProjectionTimes {
    double march_ms = 0;
    double longest_dispatch_ms = 0; ///< of the march
    double energy_sum_ms = 0;
    double fillings_ms = 0; ///< chords through filled tubes and clouds, and what they change
    double finish_ms = 0;   ///< read back, focal spot, blades, geometry
};

/// Where the anatomy's thicknesses came from since the projector was made, and what is kept of them while the C-arm
/// stands still: pictures under the displacements of heart and breath (Displacement::cycle), 256 MiB at most.
struct KeptPictureCounts {
    std::size_t marched = 0, blended = 0;
    std::size_t kept = 0, kept_bytes = 0;
};

/// What a texture march does for a ray, on average over the field.
struct MarchWork {
    double samples_per_ray = 0;
    double cells_crossed_per_ray = 0; ///< in one step each
};

enum class MarchMethod {
    by_device, ///< textures on a GPU, the processor where the device is software
    texture,
    joseph ///< Joseph's method, on the processor
};

enum class EnergySumPlace {
    by_device, ///< on a GPU there, on the CPU where the device is the CPU anyway
    device,
    host
};

struct ProjectorSettings {
    std::string device; ///< part of a device's name; empty = the best there is
    MarchMethod method = MarchMethod::by_device;
    EnergySumPlace energy_sum = EnergySumPlace::by_device;
    bool cells = true;          ///< texture only: a ray crosses an empty or uniform cell in one step
    bool every_pixel = false;   ///< true: one ray per pixel, even where fewer do, and no cell crossed in one step
    bool keeps_pictures = true; ///< Joseph only: blends between marched pictures while only heart and breath move
    /// Joseph only. False: a body that moves is marched through the halved volume, as a passing view is: a fifth of the
    /// time, and 0.44 of the noise of 30 nGy in lost detail.
    bool fine_motion = true;
    bool validation = false; ///< Vulkan validation layers (core and synchronisation)
};

/// Turns scenes into signals on a Vulkan device.
class Projector {
public:
    /// Throws Error (failed) when there is no device.
    explicit Projector(ProjectorSettings const& settings = {});
    ~Projector();
    Projector(Projector&&) noexcept;
    Projector& operator=(Projector&&) noexcept;

    /// Lays a patient's volume ready and makes the kernels, so that the first picture of him takes no longer than others
    /// do. No picture depends on it.
    void prepare(std::shared_ptr<Patient const> const& patient);
    /// Primary only, with the open beam's shape; scatter images are zero. Reuses the march when only the exposure, the
    /// blades, wedges, grid or fillings changed. Nothing is left outside the exposed rectangle. Throws Error when the
    /// scene's fillings hold more than four materials besides water and bone.
    Signal project(Scene const& scene);
    ThicknessMap thickness(Scene const& scene);
    /// Counted by the kernel itself, one ray per pixel; zeros where the march is by Joseph's method.
    MarchWork march_work(Scene const& scene);
    ProjectionTimes const& last_times() const;
    KeptPictureCounts const& kept_pictures() const;
    std::string device_name() const;
    bool uses_texture() const;
    /// How many times the CT's sides were halved so that it fits the device; 0 = as it came.
    int level_of_detail() const;
    /// Rays marched per pixel side in the last projection; 1 = one per pixel.
    double rays_per_pixel() const;
    /// What the validation layer said so far; empty = nothing wrong.
    std::vector<std::string> validation_messages() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace fluoro
