#pragma once
#include <cstdint>
#include <fluoro/gpu/device.hpp>
#include <fluoro/gpu/memory.hpp>
#include <memory>
#include <span>
#include <vector>

namespace fluoro::gpu {

/// A compute shader. Its bindings are numbered through: `uniforms` uniform buffers, `buffers` storage buffers,
/// `textures` combined image samplers.
struct KernelLayout {
    int uniforms = 0;
    int buffers = 1;
    int textures = 0;
    std::size_t push_constant_bytes = 0;
};

class Kernel {
public:
    Kernel(Device& device, std::span<std::uint32_t const> spirv, KernelLayout const& layout);
    ~Kernel();
    Kernel(Kernel&&) noexcept;
    Kernel& operator=(Kernel&&) noexcept;

    struct Impl;
    Impl const& impl() const { return *impl_; }

private:
    std::unique_ptr<Impl> impl_;
};

/// A list of dispatches, run in order with a memory barrier between them.
class CommandList {
public:
    explicit CommandList(Device& device);
    ~CommandList();
    CommandList(CommandList const&) = delete;
    CommandList& operator=(CommandList const&) = delete;

    /// `buffers`: the uniform buffers, then the storage buffers.
    void dispatch(Kernel const& kernel, std::vector<Buffer const*> const& buffers,
                  std::vector<VolumeTexture const*> const& textures, std::span<std::byte const> push_constants,
                  std::uint32_t groups_x, std::uint32_t groups_y);
    /// Sets every word of a buffer.
    void fill(Buffer const& buffer, std::uint32_t word);
    /// Copies all of `from` to the beginning of `to`.
    void copy(Buffer const& from, Buffer const& to);
    /// Marks a time; the intervals between marks come back from run(). At most 256 between two runs.
    void mark();
    /// Submits everything since the last run and waits for it. Returns the device's own times between marks [ms]; none
    /// where the device has no clock. Throws Error (failed) naming `what` ("marching the rays") when the device is lost
    /// or does not answer within a minute.
    std::vector<double> run(char const* what = "running kernels");

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace fluoro::gpu
