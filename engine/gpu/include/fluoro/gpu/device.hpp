#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace fluoro::gpu {

/// What a Vulkan device says of itself.
struct DeviceInfo {
    std::string name;
    std::string driver;
    std::string api_version;
    bool is_software = false;       ///< runs on the CPU (Mesa's llvmpipe)
    std::uint64_t memory_bytes = 0; ///< largest device-local heap
    int max_texture_side = 0;       ///< of a 3D image [texels]
    bool filters_16_bit = false;    ///< linear filtering of one-channel 16-bit 3D textures
    bool is_usable = false;         ///< Vulkan 1.2 and a compute queue
    std::string unusable_because;   ///< one line, when not usable
};

/// Every Vulkan device of this machine, in the loader's order. Empty where there is no Vulkan loader or driver.
std::vector<DeviceInfo> list_devices();

/// One Vulkan device with one compute queue. Ready once constructed.
class Device {
public:
    /// The usable device whose name contains `name` (any case); with an empty name the best: a GPU before the software
    /// device. `validation` switches the Khronos layer on (core and synchronisation checks). Throws Error (failed).
    explicit Device(std::string const& name = {}, bool validation = false);
    ~Device();
    Device(Device const&) = delete;
    Device& operator=(Device const&) = delete;

    DeviceInfo const& info() const;
    /// What the validation layer has said so far; empty = nothing wrong.
    std::vector<std::string> validation_messages() const;

    struct Impl;
    Impl& impl() const { return *impl_; }

private:
    std::unique_ptr<Impl> impl_;
};

} // namespace fluoro::gpu
