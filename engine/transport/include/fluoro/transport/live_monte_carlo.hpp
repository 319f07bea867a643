#pragma once
#include <cstdint>
#include <fluoro/scene/scene.hpp>
#include <fluoro/transport/device_transport.hpp>
#include <fluoro/transport/scatter_picture.hpp>
#include <memory>

namespace fluoro {

struct LiveMonteCarloSettings {
    DeviceTransportSettings device;
    std::uint64_t seed = 1;
    int bins = 32; ///< coarse pixels along each side of the active field; the answer is smooth between them
};

/// Scatter of a standing view by Monte Carlo on a Vulkan device, a little more of it with every frame.
class LiveMonteCarlo {
public:
    /// Throws Error (failed) when there is no device.
    explicit LiveMonteCarlo(LiveMonteCarloSettings const& settings = {});
    ~LiveMonteCarlo();
    LiveMonteCarlo(LiveMonteCarlo&&) noexcept;
    LiveMonteCarlo& operator=(LiveMonteCarlo&&) noexcept;

    /// Follows `histories` more and returns the picture of all that were followed since the scene last changed in
    /// something that scatters or shapes the beam: patient, view, field, blades, wedges, tube, filters, table, filled
    /// tubes, grid, scintillator; or since the body moved by 8 mm somewhere or its clouds changed by a seventh. Another
    /// mAs only scales. With the same seed, the same calls give the same pictures.
    ScatterPicture accumulate(Scene const& scene, std::uint64_t histories);
    /// Starts anew with the next call.
    void reset();
    /// Of the last call: the device's own time [ms].
    double last_device_ms() const;
    std::string device_name() const;
    std::vector<std::string> validation_messages() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace fluoro
