#pragma once
#include <cstddef>
#include <fluoro/gpu/device.hpp>
#include <memory>
#include <span>

namespace fluoro::gpu {

/// Where a buffer's memory is.
enum class Placement {
    shared, ///< the CPU reads and writes it in place; on a GPU it stands in the machine's memory, behind the bus
    device  ///< the device's own memory, at its full speed; the CPU reads a copy (CommandList::copy)
};

/// A buffer of kernels, as storage or (small shared ones) as uniforms. Throws Error (failed) with sizes when the device
/// has no room.
class Buffer {
public:
    Buffer(Device& device, std::size_t bytes, Placement placement = Placement::shared);
    ~Buffer();
    Buffer(Buffer&&) noexcept;
    Buffer& operator=(Buffer&&) noexcept;

    std::size_t bytes() const;
    /// The memory itself, of a shared buffer.
    std::span<std::byte> mapped();
    template <class Value> std::span<Value> mapped_as()
    {
        auto const all = mapped();
        return {reinterpret_cast<Value*>(all.data()), all.size() / sizeof(Value)};
    }

    struct Impl;
    Impl const& impl() const { return *impl_; }

private:
    std::unique_ptr<Impl> impl_;
};

/// A buffer in the device's own memory that holds a copy of `content`; of 16 bytes at least, so that there is always
/// something to bind.
Buffer on_device(Device& device, std::span<std::byte const> content);

/// How kernels read a texture.
enum class Texels {
    filtered, ///< 16-bit values as value/65535 with linear filtering, clamped to the edge
    fetched   ///< as whole numbers, one at a time
};

/// A one-channel 3D texture of 16-bit values or of 32-bit words, which are fetched.
class VolumeTexture {
public:
    VolumeTexture(Device& device, int columns, int rows, int planes, std::span<std::uint16_t const> texels,
                  Texels use = Texels::filtered);
    VolumeTexture(Device& device, int columns, int rows, int planes, std::span<std::uint32_t const> texels);
    ~VolumeTexture();
    VolumeTexture(VolumeTexture&&) noexcept;
    VolumeTexture& operator=(VolumeTexture&&) noexcept;

    struct Impl;
    Impl const& impl() const { return *impl_; }

private:
    std::unique_ptr<Impl> impl_;
};

} // namespace fluoro::gpu
