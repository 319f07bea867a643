#pragma once
#include <fluoro/image/image.hpp>
#include <fluoro/scene/scene.hpp>
#include <memory>
#include <string>
#include <vector>

namespace fluoro {

/// Mass thickness along every ray [g/cm2], one image per material.
struct ThicknessMap {
    std::vector<MaterialId> materials;   ///< soft (water) and bone first, then what else is met
    std::vector<std::string> names;      ///< "soft", "bone", ...
    std::vector<Image<float>> g_cm2;
};

/// Where a frame's time went [ms].
struct ProjectionTimes {
    double march_ms = 0;
    double energy_sum_ms = 0;
    double read_back_ms = 0;
};

enum class MarchMethod {
    by_device, ///< textures on a GPU, Joseph on a software device
    texture,
    joseph
};

struct ProjectorSettings {
    std::string device;               ///< part of a device's name; empty = the best there is
    MarchMethod method = MarchMethod::by_device;
    bool every_pixel = false;         ///< true: one ray per pixel, even where fewer do
    bool validation = false;          ///< Vulkan validation layers (core and synchronisation)
};

/// Turns scenes into signals on a Vulkan device.
class Projector {
public:
    /// Throws Error (failed) when there is no device.
    explicit Projector(ProjectorSettings const& settings = {});
    ~Projector();
    Projector(Projector&&) noexcept;
    Projector& operator=(Projector&&) noexcept;

    /// Primary only; scatter images are zero. Reuses the march when only the exposure or the blades changed.
    Signal project(Scene const& scene);
    ThicknessMap thickness(Scene const& scene);
    ProjectionTimes const& last_times() const;
    std::string device_name() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace fluoro
