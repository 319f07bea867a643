#pragma once
#include <cstdint>
#include <fluoro/gpu/device.hpp>
#include <fluoro/gpu/dispatch_budget.hpp>
#include <fluoro/transport/transport.hpp>
#include <memory>
#include <string>
#include <vector>

namespace fluoro {

struct DeviceTransportSettings {
    std::string device; ///< part of a device's name; empty = the best there is
    bool validation = false;
    double most_dispatch_ms = gpu::longest_dispatch_ms; ///< how long photons may hold the device at a time
};

/// Follows photons on a Vulkan device: the kernel that `follow` is the twin of. The same histories make the same random
/// numbers and the same decisions as on the CPU, but for the last digits of the device's arithmetic; on one device the
/// same histories give the same sums, bit for bit, however they are dealt to its dispatches.
/// docs/theory/photon-transport.md, "Kernel".
class DeviceTransport {
public:
    /// Throws Error (failed) when there is no device.
    explicit DeviceTransport(DeviceTransportSettings const& settings = {});
    ~DeviceTransport();
    DeviceTransport(DeviceTransport&&) noexcept;
    DeviceTransport& operator=(DeviceTransport&&) noexcept;

    /// The problem that is followed from now on. Copies it to the device.
    void load(TransportTables const& tables);
    /// Follows histories [first, first + count) of the loaded problem, in dispatches short enough for a device that
    /// also draws a screen.
    TransportTallies follow(std::uint64_t seed, std::uint64_t first, std::uint64_t count);

    /// Of the last `follow`: the device's own time, and the longest of its dispatches [ms].
    double last_device_ms() const;
    double longest_dispatch_ms() const;
    std::string device_name() const;
    std::vector<std::string> validation_messages() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace fluoro
