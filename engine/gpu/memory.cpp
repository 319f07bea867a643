#include "vulkan_types.hpp"

#include <algorithm>
#include <cstring>
#include <fluoro/core/expect.hpp>

namespace fluoro::gpu {
namespace {

VkDeviceMemory allocate(Device::Impl& device, VkMemoryRequirements const& needs, std::uint32_t type)
{
    VkMemoryAllocateInfo const info{VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO, nullptr, needs.size, type};
    VkDeviceMemory memory = VK_NULL_HANDLE;
    VkResult const result = vkAllocateMemory(device.handle, &info, nullptr, &memory);
    if (result != VK_SUCCESS)
        throw Error{"the device '" + device.info.name + "' has no room for " + std::to_string(needs.size >> 20) +
                        " MiB more; use a smaller volume or a device with more memory",
                    Error::Kind::failed};
    return memory;
}

} // namespace

Buffer::Buffer(Device& device, std::size_t bytes, Placement placement) : impl_{std::make_unique<Impl>(device.impl())}
{
    FLUORO_EXPECT(bytes > 0);
    auto& d = impl_->device;
    impl_->bytes = bytes;
    VkBufferCreateInfo create{VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO};
    create.size = bytes;
    create.usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT |
                   VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT;
    check(vkCreateBuffer(d.handle, &create, nullptr, &impl_->handle), "vkCreateBuffer");
    VkMemoryRequirements needs{};
    vkGetBufferMemoryRequirements(d.handle, impl_->handle, &needs);
    if (placement == Placement::device) {
        impl_->memory = allocate(d, needs, d.memory_type(needs.memoryTypeBits, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT, 0));
        check(vkBindBufferMemory(d.handle, impl_->handle, impl_->memory, 0), "vkBindBufferMemory");
        return;
    }
    auto const mappable = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    impl_->memory =
        allocate(d, needs, d.memory_type(needs.memoryTypeBits, mappable, VK_MEMORY_PROPERTY_HOST_CACHED_BIT));
    check(vkBindBufferMemory(d.handle, impl_->handle, impl_->memory, 0), "vkBindBufferMemory");
    check(vkMapMemory(d.handle, impl_->memory, 0, VK_WHOLE_SIZE, 0, &impl_->mapped), "vkMapMemory");
}

Buffer::Impl::~Impl()
{
    if (handle) vkDestroyBuffer(device.handle, handle, nullptr);
    if (memory) vkFreeMemory(device.handle, memory, nullptr);
}

Buffer::~Buffer() = default;
Buffer::Buffer(Buffer&&) noexcept = default;
Buffer& Buffer::operator=(Buffer&&) noexcept = default;

std::size_t Buffer::bytes() const
{
    return impl_->bytes;
}

std::span<std::byte> Buffer::mapped()
{
    FLUORO_EXPECT(impl_->mapped);
    return {static_cast<std::byte*>(impl_->mapped), impl_->bytes};
}

Buffer on_device(Device& device, std::span<std::byte const> content)
{
    Buffer buffer{device, std::max<std::size_t>(16, (content.size() + 3) / 4 * 4), Placement::device};
    if (content.empty()) return buffer;
    // At most 64 MiB at a time, so that a large table does not need its size twice.
    std::size_t const part = std::min(content.size(), std::size_t{64} << 20);
    Buffer staging{device, part};
    for (std::size_t first = 0; first < content.size(); first += part) {
        std::size_t const now = std::min(part, content.size() - first);
        std::memcpy(staging.mapped().data(), content.data() + first, now);
        device.impl().run_once("uploading a table", [&](VkCommandBuffer commands) {
            VkBufferCopy const copy{0, first, now};
            vkCmdCopyBuffer(commands, staging.impl().handle, buffer.impl().handle, 1, &copy);
        });
    }
    return buffer;
}

void VolumeTexture::Impl::create(VkFormat format, VkExtent3D extent)
{
    auto& d = device;
    VkImageCreateInfo image{VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO};
    image.imageType = VK_IMAGE_TYPE_3D;
    image.format = format;
    image.extent = extent;
    image.mipLevels = image.arrayLayers = 1;
    image.samples = VK_SAMPLE_COUNT_1_BIT;
    image.tiling = VK_IMAGE_TILING_OPTIMAL;
    image.usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT;
    check(vkCreateImage(d.handle, &image, nullptr, &handle), "vkCreateImage");
    VkMemoryRequirements needs{};
    vkGetImageMemoryRequirements(d.handle, handle, &needs);
    memory = allocate(d, needs, d.memory_type(needs.memoryTypeBits, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT, 0));
    check(vkBindImageMemory(d.handle, handle, memory, 0), "vkBindImageMemory");
    VkImageViewCreateInfo all{VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO};
    all.image = handle;
    all.viewType = VK_IMAGE_VIEW_TYPE_3D;
    all.format = format;
    all.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
    check(vkCreateImageView(d.handle, &all, nullptr, &view), "vkCreateImageView");
}

void VolumeTexture::Impl::fill(Device& owner, VkExtent3D extent, std::span<std::byte const> texels)
{
    auto& d = device;
    auto const barrier = [&](VkCommandBuffer commands, VkImageLayout from, VkImageLayout to, VkAccessFlags before,
                             VkAccessFlags after, VkPipelineStageFlags first, VkPipelineStageFlags then) {
        VkImageMemoryBarrier const change{VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER,
                                          nullptr,
                                          before,
                                          after,
                                          from,
                                          to,
                                          VK_QUEUE_FAMILY_IGNORED,
                                          VK_QUEUE_FAMILY_IGNORED,
                                          handle,
                                          {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1}};
        vkCmdPipelineBarrier(commands, first, then, 0, 0, nullptr, 0, nullptr, 1, &change);
    };
    d.run_once("uploading a volume", [&](VkCommandBuffer commands) {
        barrier(commands, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 0,
                VK_ACCESS_TRANSFER_WRITE_BIT, VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT, VK_PIPELINE_STAGE_TRANSFER_BIT);
    });
    // Groups of planes of at most 64 MiB, so that a large volume does not need its size twice.
    std::size_t const plane = texels.size() / extent.depth;
    std::uint32_t const group =
        std::uint32_t(std::clamp<std::size_t>((std::size_t{64} << 20) / plane, 1, extent.depth));
    Buffer staging{owner, plane * group};
    for (std::uint32_t first = 0; first < extent.depth; first += group) {
        std::uint32_t const now = std::min(group, extent.depth - first);
        std::memcpy(staging.mapped().data(), texels.data() + plane * first, plane * now);
        d.run_once("uploading a volume", [&](VkCommandBuffer commands) {
            VkBufferImageCopy const copy{0,
                                         0,
                                         0,
                                         {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
                                         {0, 0, std::int32_t(first)},
                                         {extent.width, extent.height, now}};
            vkCmdCopyBufferToImage(commands, staging.impl().handle, handle, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 1,
                                   &copy);
        });
    }
    d.run_once("uploading a volume", [&](VkCommandBuffer commands) {
        barrier(commands, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL,
                VK_ACCESS_TRANSFER_WRITE_BIT, VK_ACCESS_SHADER_READ_BIT, VK_PIPELINE_STAGE_TRANSFER_BIT,
                VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT);
    });
}

VolumeTexture::VolumeTexture(Device& device, int columns, int rows, int planes, std::span<std::uint16_t const> texels,
                             Texels use)
    : impl_{std::make_unique<Impl>(device.impl())}
{
    FLUORO_EXPECT(texels.size() == std::size_t(columns) * std::size_t(rows) * std::size_t(planes));
    VkExtent3D const extent{std::uint32_t(columns), std::uint32_t(rows), std::uint32_t(planes)};
    impl_->sampler = use == Texels::filtered ? impl_->device.linear : impl_->device.nearest;
    impl_->create(use == Texels::filtered ? VK_FORMAT_R16_UNORM : VK_FORMAT_R16_UINT, extent);
    impl_->fill(device, extent, std::as_bytes(texels));
}

VolumeTexture::VolumeTexture(Device& device, int columns, int rows, int planes, std::span<std::uint32_t const> texels)
    : impl_{std::make_unique<Impl>(device.impl())}
{
    FLUORO_EXPECT(texels.size() == std::size_t(columns) * std::size_t(rows) * std::size_t(planes));
    VkExtent3D const extent{std::uint32_t(columns), std::uint32_t(rows), std::uint32_t(planes)};
    impl_->sampler = impl_->device.nearest;
    impl_->create(VK_FORMAT_R32_UINT, extent);
    impl_->fill(device, extent, std::as_bytes(texels));
}

VolumeTexture::Impl::~Impl()
{
    if (view) vkDestroyImageView(device.handle, view, nullptr);
    if (handle) vkDestroyImage(device.handle, handle, nullptr);
    if (memory) vkFreeMemory(device.handle, memory, nullptr);
}

VolumeTexture::~VolumeTexture() = default;
VolumeTexture::VolumeTexture(VolumeTexture&&) noexcept = default;
VolumeTexture& VolumeTexture::operator=(VolumeTexture&&) noexcept = default;

} // namespace fluoro::gpu
