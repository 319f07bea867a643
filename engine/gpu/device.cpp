#include "vulkan_types.hpp"

#include <algorithm>
#include <cctype>

namespace fluoro::gpu {
namespace {

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return char(std::tolower(c)); });
    return text;
}

VkPhysicalDevice choose(VkInstance instance, std::string const& wanted)
{
    std::uint32_t count = 0;
    check(vkEnumeratePhysicalDevices(instance, &count, nullptr), "vkEnumeratePhysicalDevices");
    std::vector<VkPhysicalDevice> handles(count);
    check(vkEnumeratePhysicalDevices(instance, &count, handles.data()), "vkEnumeratePhysicalDevices");
    VkPhysicalDevice best = VK_NULL_HANDLE;
    int best_rank = -1;
    std::string seen;
    for (auto const handle : handles) {
        DeviceInfo const info = describe(handle);
        seen += (seen.empty() ? "" : "; ") + info.name + (info.is_usable ? "" : " (" + info.unusable_because + ")");
        if (!info.is_usable || lower(info.name).find(lower(wanted)) == std::string::npos) continue;
        VkPhysicalDeviceProperties properties{};
        vkGetPhysicalDeviceProperties(handle, &properties);
        int const rank = properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU     ? 3
                         : properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU ? 2
                         : info.is_software                                                ? 0
                                                                                           : 1;
        if (rank > best_rank) {
            best = handle;
            best_rank = rank;
        }
    }
    if (best) return best;
    if (wanted.empty())
        throw Error{"no usable Vulkan device" + (seen.empty() ? std::string{} : ": " + seen) +
                        "; on Debian install mesa-vulkan-drivers for the software device",
                    Error::Kind::failed};
    throw Error{"no Vulkan device is called '" + wanted + "'; this machine has: " + (seen.empty() ? "none" : seen)};
}

} // namespace

Device::Device(std::string const& name, bool validation) : impl_{std::make_unique<Impl>(validation)}
{
    Impl& d = *impl_;
    d.physical = choose(d.instance.handle(), name);
    d.info = describe(d.physical);
    d.family = std::uint32_t(compute_family(d.physical));
    vkGetPhysicalDeviceMemoryProperties(d.physical, &d.memory);

    VkPhysicalDeviceProperties properties{};
    vkGetPhysicalDeviceProperties(d.physical, &properties);
    std::uint32_t count = 0;
    vkGetPhysicalDeviceQueueFamilyProperties(d.physical, &count, nullptr);
    std::vector<VkQueueFamilyProperties> families(count);
    vkGetPhysicalDeviceQueueFamilyProperties(d.physical, &count, families.data());
    if (families[d.family].timestampValidBits > 0) d.timestamp_period_ns = double(properties.limits.timestampPeriod);

    float const priority = 1;
    VkDeviceQueueCreateInfo const queue{VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO, nullptr, 0, d.family, 1, &priority};
    VkDeviceCreateInfo create{VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO};
    create.queueCreateInfoCount = 1;
    create.pQueueCreateInfos = &queue;
    check(vkCreateDevice(d.physical, &create, nullptr, &d.handle), "vkCreateDevice");
    vkGetDeviceQueue(d.handle, d.family, 0, &d.queue);

    VkCommandPoolCreateInfo const pool{VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO, nullptr,
                                       VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT, d.family};
    check(vkCreateCommandPool(d.handle, &pool, nullptr, &d.pool), "vkCreateCommandPool");
    VkSamplerCreateInfo sampler{VK_STRUCTURE_TYPE_SAMPLER_CREATE_INFO};
    sampler.magFilter = sampler.minFilter = VK_FILTER_LINEAR;
    sampler.addressModeU = sampler.addressModeV = sampler.addressModeW = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE;
    check(vkCreateSampler(d.handle, &sampler, nullptr, &d.linear), "vkCreateSampler");
    sampler.magFilter = sampler.minFilter = VK_FILTER_NEAREST;
    check(vkCreateSampler(d.handle, &sampler, nullptr, &d.nearest), "vkCreateSampler");
}

Device::~Device()
{
    if (!impl_->handle) return;
    vkDeviceWaitIdle(impl_->handle);
    vkDestroySampler(impl_->handle, impl_->linear, nullptr);
    vkDestroySampler(impl_->handle, impl_->nearest, nullptr);
    vkDestroyCommandPool(impl_->handle, impl_->pool, nullptr);
    vkDestroyDevice(impl_->handle, nullptr);
}

DeviceInfo const& Device::info() const
{
    return impl_->info;
}

std::vector<std::string> Device::validation_messages() const
{
    return impl_->instance.messages();
}

void Device::Impl::submit_and_wait(VkCommandBuffer commands, char const* what)
{
    VkFenceCreateInfo const create{VK_STRUCTURE_TYPE_FENCE_CREATE_INFO, nullptr, 0};
    VkFence fence = VK_NULL_HANDLE;
    check(vkCreateFence(handle, &create, nullptr, &fence), "vkCreateFence");
    VkSubmitInfo submit{VK_STRUCTURE_TYPE_SUBMIT_INFO};
    submit.commandBufferCount = 1;
    submit.pCommandBuffers = &commands;
    VkResult result = vkQueueSubmit(queue, 1, &submit, fence);
    if (result == VK_SUCCESS) result = vkWaitForFences(handle, 1, &fence, VK_TRUE, 60'000'000'000ull);
    // A fence that the device may still signal is not ours to destroy.
    if (result != VK_TIMEOUT) vkDestroyFence(handle, fence, nullptr);
    if (result == VK_TIMEOUT)
        throw Error{
            "Vulkan: '" + info.name + "' has not finished " + what +
                " within a minute; it is overloaded or hangs: `fluorolab doctor` shows what this machine can do",
            Error::Kind::failed};
    check(result, what);
}

std::uint32_t Device::Impl::memory_type(std::uint32_t allowed, VkMemoryPropertyFlags wanted,
                                        VkMemoryPropertyFlags liked) const
{
    for (VkMemoryPropertyFlags const flags : {wanted | liked, wanted})
        for (std::uint32_t i = 0; i < memory.memoryTypeCount; ++i)
            if ((allowed >> i & 1u) && (memory.memoryTypes[i].propertyFlags & flags) == flags) return i;
    throw Error{"Vulkan: the device has no memory of the kind needed", Error::Kind::failed};
}

} // namespace fluoro::gpu
