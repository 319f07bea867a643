#include "picture_layer.hpp"
#include "window_error.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <fluoro_shaders/console_picture.hpp>
#include <fluoro_shaders/console_picture_area.hpp>
#include <shared/console_picture.h>
#include <span>
#include <vulkan/vulkan.h>

namespace fluoro {

static_assert(sizeof(shared::ConsolePicture) == 32);
static_assert(offsetof(shared::ConsolePicture, columns) == 16);

struct PictureLayer::Impl {
    VkPhysicalDevice physical = nullptr;
    VkDevice device = nullptr;
    VkDescriptorPool descriptors = nullptr;
    VkDescriptorSetLayout set_layout = nullptr;
    VkDescriptorSet set = nullptr;
    VkPipelineLayout layout = nullptr;
    VkPipeline pipeline = nullptr;

    struct Pixels {
        int columns = 0, rows = 0;
        VkImage image = nullptr;
        VkDeviceMemory memory = nullptr;
        VkImageView view = nullptr;
        VkBuffer staging = nullptr;
        VkDeviceMemory staging_memory = nullptr;
        void* mapped = nullptr;
        bool is_fresh = false; ///< the staging buffer holds what the image has not yet
    };
    Pixels picture;

    Impl(VkPhysicalDevice physical_, VkDevice device_) : physical{physical_}, device{device_} {}
    ~Impl();
    void create_set();
    void create_pipeline(VkRenderPass pass);
    VkDeviceMemory allocate(VkMemoryRequirements const& needs, VkMemoryPropertyFlags wanted);
    void create_picture(int columns, int rows);
    void destroy_picture();
};

void PictureLayer::Impl::create_set()
{
    VkDescriptorPoolSize const one{VK_DESCRIPTOR_TYPE_SAMPLED_IMAGE, 1};
    VkDescriptorPoolCreateInfo const pool{VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO, nullptr, 0, 1, 1, &one};
    check_window(vkCreateDescriptorPool(device, &pool, nullptr, &descriptors), "descriptor pool");
    VkDescriptorSetLayoutBinding const binding{shared::console_picture_binding, VK_DESCRIPTOR_TYPE_SAMPLED_IMAGE, 1,
                                               VK_SHADER_STAGE_FRAGMENT_BIT, nullptr};
    VkDescriptorSetLayoutCreateInfo const layout_info{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO, nullptr, 0,
                                                      1, &binding};
    check_window(vkCreateDescriptorSetLayout(device, &layout_info, nullptr, &set_layout), "descriptor layout");
    VkDescriptorSetAllocateInfo const set_info{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO, nullptr, descriptors, 1,
                                               &set_layout};
    check_window(vkAllocateDescriptorSets(device, &set_info, &set), "descriptor set");
}

void PictureLayer::Impl::create_pipeline(VkRenderPass pass)
{
    VkPushConstantRange const block{VK_SHADER_STAGE_FRAGMENT_BIT, 0, sizeof(shared::ConsolePicture)};
    VkPipelineLayoutCreateInfo const layout_info{
        VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO, nullptr, 0, 1, &set_layout, 1, &block};
    check_window(vkCreatePipelineLayout(device, &layout_info, nullptr, &layout), "pipeline layout");

    auto const shader = [&](std::span<std::uint32_t const> words) {
        VkShaderModuleCreateInfo const info{VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO, nullptr, 0, words.size_bytes(),
                                            words.data()};
        VkShaderModule module = nullptr;
        check_window(vkCreateShaderModule(device, &info, nullptr, &module), "shader");
        return module;
    };
    VkShaderModule const area = shader(console_picture_area_spv), grey = shader(console_picture_spv);
    std::array<VkPipelineShaderStageCreateInfo, 2> stages{};
    for (auto& stage : stages) {
        stage.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO;
        stage.pName = "main";
    }
    stages[0].stage = VK_SHADER_STAGE_VERTEX_BIT;
    stages[0].module = area;
    stages[1].stage = VK_SHADER_STAGE_FRAGMENT_BIT;
    stages[1].module = grey;
    VkPipelineVertexInputStateCreateInfo no_vertices{};
    no_vertices.sType = VK_STRUCTURE_TYPE_PIPELINE_VERTEX_INPUT_STATE_CREATE_INFO;
    VkPipelineInputAssemblyStateCreateInfo assembly{};
    assembly.sType = VK_STRUCTURE_TYPE_PIPELINE_INPUT_ASSEMBLY_STATE_CREATE_INFO;
    assembly.topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_LIST;
    VkPipelineViewportStateCreateInfo viewport{};
    viewport.sType = VK_STRUCTURE_TYPE_PIPELINE_VIEWPORT_STATE_CREATE_INFO;
    viewport.viewportCount = viewport.scissorCount = 1;
    VkPipelineRasterizationStateCreateInfo raster{};
    raster.sType = VK_STRUCTURE_TYPE_PIPELINE_RASTERIZATION_STATE_CREATE_INFO;
    raster.lineWidth = 1;
    VkPipelineMultisampleStateCreateInfo samples{};
    samples.sType = VK_STRUCTURE_TYPE_PIPELINE_MULTISAMPLE_STATE_CREATE_INFO;
    samples.rasterizationSamples = VK_SAMPLE_COUNT_1_BIT;
    VkPipelineColorBlendAttachmentState opaque{};
    opaque.colorWriteMask =
        VK_COLOR_COMPONENT_R_BIT | VK_COLOR_COMPONENT_G_BIT | VK_COLOR_COMPONENT_B_BIT | VK_COLOR_COMPONENT_A_BIT;
    VkPipelineColorBlendStateCreateInfo blend{};
    blend.sType = VK_STRUCTURE_TYPE_PIPELINE_COLOR_BLEND_STATE_CREATE_INFO;
    blend.attachmentCount = 1;
    blend.pAttachments = &opaque;
    std::array const moving{VK_DYNAMIC_STATE_VIEWPORT, VK_DYNAMIC_STATE_SCISSOR};
    VkPipelineDynamicStateCreateInfo const dynamic{VK_STRUCTURE_TYPE_PIPELINE_DYNAMIC_STATE_CREATE_INFO, nullptr, 0,
                                                   std::uint32_t(moving.size()), moving.data()};
    VkGraphicsPipelineCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_GRAPHICS_PIPELINE_CREATE_INFO;
    info.stageCount = std::uint32_t(stages.size());
    info.pStages = stages.data();
    info.pVertexInputState = &no_vertices;
    info.pInputAssemblyState = &assembly;
    info.pViewportState = &viewport;
    info.pRasterizationState = &raster;
    info.pMultisampleState = &samples;
    info.pColorBlendState = &blend;
    info.pDynamicState = &dynamic;
    info.layout = layout;
    info.renderPass = pass;
    VkResult const result = vkCreateGraphicsPipelines(device, nullptr, 1, &info, nullptr, &pipeline);
    vkDestroyShaderModule(device, area, nullptr);
    vkDestroyShaderModule(device, grey, nullptr);
    check_window(result, "picture pipeline");
}

VkDeviceMemory PictureLayer::Impl::allocate(VkMemoryRequirements const& needs, VkMemoryPropertyFlags wanted)
{
    VkPhysicalDeviceMemoryProperties memory{};
    vkGetPhysicalDeviceMemoryProperties(physical, &memory);
    for (std::uint32_t i = 0; i < memory.memoryTypeCount; ++i) {
        if (!(needs.memoryTypeBits & (1u << i)) || (memory.memoryTypes[i].propertyFlags & wanted) != wanted) continue;
        VkMemoryAllocateInfo const info{VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO, nullptr, needs.size, i};
        VkDeviceMemory block = nullptr;
        check_window(vkAllocateMemory(device, &info, nullptr, &block), "memory for the picture");
        return block;
    }
    fail_window("no fitting memory for the picture");
}

void PictureLayer::Impl::create_picture(int columns, int rows)
{
    destroy_picture();
    picture.columns = columns;
    picture.rows = rows;
    VkImageCreateInfo image{};
    image.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO;
    image.imageType = VK_IMAGE_TYPE_2D;
    image.format = VK_FORMAT_R16_UINT;
    image.extent = {std::uint32_t(columns), std::uint32_t(rows), 1};
    image.mipLevels = image.arrayLayers = 1;
    image.samples = VK_SAMPLE_COUNT_1_BIT;
    image.usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT;
    check_window(vkCreateImage(device, &image, nullptr, &picture.image), "picture");
    VkMemoryRequirements needs{};
    vkGetImageMemoryRequirements(device, picture.image, &needs);
    picture.memory = allocate(needs, 0);
    check_window(vkBindImageMemory(device, picture.image, picture.memory, 0), "picture");
    VkImageViewCreateInfo view{};
    view.sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO;
    view.image = picture.image;
    view.viewType = VK_IMAGE_VIEW_TYPE_2D;
    view.format = image.format;
    view.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
    check_window(vkCreateImageView(device, &view, nullptr, &picture.view), "picture");

    VkBufferCreateInfo buffer{};
    buffer.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
    buffer.size = VkDeviceSize(columns) * VkDeviceSize(rows) * sizeof(std::uint16_t);
    buffer.usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT;
    check_window(vkCreateBuffer(device, &buffer, nullptr, &picture.staging), "picture");
    vkGetBufferMemoryRequirements(device, picture.staging, &needs);
    picture.staging_memory =
        allocate(needs, VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT);
    check_window(vkBindBufferMemory(device, picture.staging, picture.staging_memory, 0), "picture");
    check_window(vkMapMemory(device, picture.staging_memory, 0, VK_WHOLE_SIZE, 0, &picture.mapped), "picture");

    VkDescriptorImageInfo const sampled{nullptr, picture.view, VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL};
    VkWriteDescriptorSet write{};
    write.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET;
    write.dstSet = set;
    write.dstBinding = shared::console_picture_binding;
    write.descriptorCount = 1;
    write.descriptorType = VK_DESCRIPTOR_TYPE_SAMPLED_IMAGE;
    write.pImageInfo = &sampled;
    vkUpdateDescriptorSets(device, 1, &write, 0, nullptr);
}

void PictureLayer::Impl::destroy_picture()
{
    vkDestroyImageView(device, picture.view, nullptr);
    vkDestroyImage(device, picture.image, nullptr);
    vkFreeMemory(device, picture.memory, nullptr);
    vkDestroyBuffer(device, picture.staging, nullptr);
    vkFreeMemory(device, picture.staging_memory, nullptr);
    picture = {};
}

PictureLayer::Impl::~Impl()
{
    destroy_picture();
    vkDestroyPipeline(device, pipeline, nullptr);
    vkDestroyPipelineLayout(device, layout, nullptr);
    vkDestroyDescriptorSetLayout(device, set_layout, nullptr);
    vkDestroyDescriptorPool(device, descriptors, nullptr);
}

PictureLayer::PictureLayer(VkPhysicalDevice physical, VkDevice device, VkRenderPass pass)
    : impl_{std::make_unique<Impl>(physical, device)}
{
    impl_->create_set();
    impl_->create_pipeline(pass);
}

PictureLayer::~PictureLayer() = default;

void PictureLayer::set(Image<std::uint16_t> const& grey)
{
    Impl& p = *impl_;
    if (grey.columns != p.picture.columns || grey.rows != p.picture.rows) p.create_picture(grey.columns, grey.rows);
    std::memcpy(p.picture.mapped, grey.values.data(), grey.values.size() * sizeof grey.values[0]);
    p.picture.is_fresh = true;
}

void PictureLayer::upload(VkCommandBuffer commands)
{
    Impl& p = *impl_;
    if (!p.picture.is_fresh) return;
    VkImageMemoryBarrier barrier{};
    barrier.sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER;
    barrier.srcQueueFamilyIndex = barrier.dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
    barrier.image = p.picture.image;
    barrier.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
    barrier.dstAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT;
    barrier.oldLayout = VK_IMAGE_LAYOUT_UNDEFINED; // what it held is replaced whole
    barrier.newLayout = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL;
    vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_FRAGMENT_SHADER_BIT, VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 0, nullptr,
                         0, nullptr, 1, &barrier);
    VkBufferImageCopy whole{};
    whole.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1};
    whole.imageExtent = {std::uint32_t(p.picture.columns), std::uint32_t(p.picture.rows), 1};
    vkCmdCopyBufferToImage(commands, p.picture.staging, p.picture.image, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 1,
                           &whole);
    barrier.srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT;
    barrier.dstAccessMask = VK_ACCESS_SHADER_READ_BIT;
    barrier.oldLayout = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL;
    barrier.newLayout = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL;
    vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_FRAGMENT_SHADER_BIT, 0, 0, nullptr,
                         0, nullptr, 1, &barrier);
    p.picture.is_fresh = false;
}

void PictureLayer::draw(VkCommandBuffer commands, PictureArea const& area, int width, int height)
{
    Impl const& p = *impl_;
    float const right = std::min(area.left + area.side, float(width));
    float const bottom = std::min(area.top + area.side, float(height));
    if (p.picture.image && area.left >= 0 && area.top >= 0 && right > area.left && bottom > area.top) {
        VkViewport const viewport{0, 0, float(width), float(height), 0, 1};
        VkRect2D const clip{{std::int32_t(area.left), std::int32_t(area.top)},
                            {std::uint32_t(right - area.left), std::uint32_t(bottom - area.top)}};
        shared::ConsolePicture const block{{area.left, area.top, area.side, area.side},
                                           std::uint32_t(p.picture.columns),
                                           std::uint32_t(p.picture.rows),
                                           area.is_smooth ? 1u : 0u,
                                           0u};
        vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, p.pipeline);
        vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, p.layout, 0, 1, &p.set, 0, nullptr);
        vkCmdPushConstants(commands, p.layout, VK_SHADER_STAGE_FRAGMENT_BIT, 0, sizeof block, &block);
        vkCmdSetViewport(commands, 0, 1, &viewport);
        vkCmdSetScissor(commands, 0, 1, &clip);
        vkCmdDraw(commands, 3, 1, 0, 0);
    }
}

} // namespace fluoro
