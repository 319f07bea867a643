#pragma once
// Inside the gpu module only: the Vulkan handles behind the public classes.
#include <fluoro/core/error.hpp>
#include <fluoro/gpu/device.hpp>
#include <fluoro/gpu/kernel.hpp>
#include <fluoro/gpu/memory.hpp>

#include <mutex>
#include <span>
#include <vulkan/vulkan_core.h>

namespace fluoro::gpu {

/// Throws Error (failed) naming the call when Vulkan refused it.
void check(VkResult result, char const* call);

/// A Vulkan instance, with the validation layer when asked for.
class Instance {
public:
    explicit Instance(bool validation);
    ~Instance();
    Instance(Instance const&) = delete;
    Instance& operator=(Instance const&) = delete;
    VkInstance handle() const { return handle_; }
    std::vector<std::string> messages() const;
    void add_message(std::string const& message);

private:
    VkInstance handle_ = VK_NULL_HANDLE;
    VkDebugUtilsMessengerEXT messenger_ = VK_NULL_HANDLE;
    mutable std::mutex mutex_;
    std::vector<std::string> messages_;
};

DeviceInfo describe(VkPhysicalDevice device);
/// Index of a queue family that computes, or -1.
int compute_family(VkPhysicalDevice device);

struct Device::Impl {
    explicit Impl(bool validation) : instance{validation} {}
    Instance instance;
    VkPhysicalDevice physical = VK_NULL_HANDLE;
    VkDevice handle = VK_NULL_HANDLE;
    VkQueue queue = VK_NULL_HANDLE;
    std::uint32_t family = 0;
    VkCommandPool pool = VK_NULL_HANDLE;
    VkSampler linear = VK_NULL_HANDLE, nearest = VK_NULL_HANDLE;
    VkPhysicalDeviceMemoryProperties memory{};
    double timestamp_period_ns = 0; ///< 0 = no time stamps on this queue
    DeviceInfo info;

    /// Records with `fill`, submits, waits. For uploads.
    template <class Fill> void run_once(char const* what, Fill const& fill);
    /// Throws Error (failed) naming `what` waited when the device is lost or does not answer within a minute.
    void submit_and_wait(VkCommandBuffer commands, char const* what);
    std::uint32_t memory_type(std::uint32_t allowed, VkMemoryPropertyFlags wanted, VkMemoryPropertyFlags liked) const;
};

struct Buffer::Impl {
    Device::Impl& device;
    VkBuffer handle = VK_NULL_HANDLE;
    VkDeviceMemory memory = VK_NULL_HANDLE;
    std::size_t bytes = 0;
    void* mapped = nullptr;
    explicit Impl(Device::Impl& d) : device{d} {}
    ~Impl();
};

struct VolumeTexture::Impl {
    Device::Impl& device;
    VkImage handle = VK_NULL_HANDLE;
    VkDeviceMemory memory = VK_NULL_HANDLE;
    VkImageView view = VK_NULL_HANDLE;
    VkSampler sampler = VK_NULL_HANDLE;
    explicit Impl(Device::Impl& d) : device{d} {}
    ~Impl();
    void create(VkFormat format, VkExtent3D extent);
    void fill(Device& owner, VkExtent3D extent, std::span<std::byte const> texels);
};

struct Kernel::Impl {
    Device::Impl& device;
    KernelLayout layout;
    VkDescriptorSetLayout set_layout = VK_NULL_HANDLE;
    VkPipelineLayout pipeline_layout = VK_NULL_HANDLE;
    VkPipeline pipeline = VK_NULL_HANDLE;
    explicit Impl(Device::Impl& d) : device{d} {}
    ~Impl();
};

template <class Fill> void Device::Impl::run_once(char const* what, Fill const& fill)
{
    VkCommandBufferAllocateInfo const allocate{VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO, nullptr, pool,
                                               VK_COMMAND_BUFFER_LEVEL_PRIMARY, 1};
    VkCommandBuffer commands = VK_NULL_HANDLE;
    check(vkAllocateCommandBuffers(handle, &allocate, &commands), "vkAllocateCommandBuffers");
    VkCommandBufferBeginInfo begin{VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO, nullptr,
                                   VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT, nullptr};
    check(vkBeginCommandBuffer(commands, &begin), "vkBeginCommandBuffer");
    fill(commands);
    check(vkEndCommandBuffer(commands), "vkEndCommandBuffer");
    submit_and_wait(commands, what);
    vkFreeCommandBuffers(handle, pool, 1, &commands);
}

} // namespace fluoro::gpu
