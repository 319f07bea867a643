#include "vulkan_types.hpp"

#include <fluoro/core/expect.hpp>

namespace fluoro::gpu {
namespace {

VkDescriptorType descriptor_type(KernelLayout const& layout, int binding)
{
    return binding < layout.uniforms                    ? VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER
           : binding < layout.uniforms + layout.buffers ? VK_DESCRIPTOR_TYPE_STORAGE_BUFFER
                                                        : VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER;
}

} // namespace

Kernel::Kernel(Device& device, std::span<std::uint32_t const> spirv, KernelLayout const& layout)
    : impl_{std::make_unique<Impl>(device.impl())}
{
    auto& d = impl_->device;
    impl_->layout = layout;
    VkPhysicalDeviceProperties properties{};
    vkGetPhysicalDeviceProperties(d.physical, &properties);
    auto const most = properties.limits.maxPerStageDescriptorStorageBuffers;
    if (std::uint32_t(layout.buffers) > most)
        throw Error{"the device '" + d.info.name + "' binds " + std::to_string(most) + " buffers to a kernel, " +
                        std::to_string(layout.buffers) + " are needed; choose another device",
                    Error::Kind::failed};
    std::vector<VkDescriptorSetLayoutBinding> bindings;
    for (int i = 0; i < layout.uniforms + layout.buffers + layout.textures; ++i)
        bindings.push_back({std::uint32_t(i), descriptor_type(layout, i), 1, VK_SHADER_STAGE_COMPUTE_BIT, nullptr});
    VkDescriptorSetLayoutCreateInfo const set{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO, nullptr, 0,
                                              std::uint32_t(bindings.size()), bindings.data()};
    check(vkCreateDescriptorSetLayout(d.handle, &set, nullptr, &impl_->set_layout), "vkCreateDescriptorSetLayout");
    VkPushConstantRange const push{VK_SHADER_STAGE_COMPUTE_BIT, 0, std::uint32_t(layout.push_constant_bytes)};
    VkPipelineLayoutCreateInfo const pipeline_layout{
        VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO, nullptr, 0, 1, &impl_->set_layout,
        layout.push_constant_bytes ? 1u : 0u,          &push};
    check(vkCreatePipelineLayout(d.handle, &pipeline_layout, nullptr, &impl_->pipeline_layout),
          "vkCreatePipelineLayout");
    VkShaderModuleCreateInfo const code{VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO, nullptr, 0, spirv.size_bytes(),
                                        spirv.data()};
    VkShaderModule module = VK_NULL_HANDLE;
    check(vkCreateShaderModule(d.handle, &code, nullptr, &module), "vkCreateShaderModule");
    VkComputePipelineCreateInfo pipeline{VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO};
    pipeline.stage = {VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                      nullptr,
                      0,
                      VK_SHADER_STAGE_COMPUTE_BIT,
                      module,
                      "main",
                      nullptr};
    pipeline.layout = impl_->pipeline_layout;
    VkResult const result = vkCreateComputePipelines(d.handle, VK_NULL_HANDLE, 1, &pipeline, nullptr, &impl_->pipeline);
    vkDestroyShaderModule(d.handle, module, nullptr);
    check(result, "vkCreateComputePipelines");
}

Kernel::Impl::~Impl()
{
    if (pipeline) vkDestroyPipeline(device.handle, pipeline, nullptr);
    if (pipeline_layout) vkDestroyPipelineLayout(device.handle, pipeline_layout, nullptr);
    if (set_layout) vkDestroyDescriptorSetLayout(device.handle, set_layout, nullptr);
}

Kernel::~Kernel() = default;
Kernel::Kernel(Kernel&&) noexcept = default;
Kernel& Kernel::operator=(Kernel&&) noexcept = default;

struct CommandList::Impl {
    Device::Impl& device;
    VkCommandBuffer commands = VK_NULL_HANDLE;
    VkDescriptorPool sets = VK_NULL_HANDLE;
    VkQueryPool queries = VK_NULL_HANDLE;
    std::uint32_t marks = 0;
    int dispatches = 0;
    bool has_work = false; ///< something was recorded that the next command may depend on
    bool is_recording = false;
    static constexpr std::uint32_t most_marks = 256;
    static constexpr std::uint32_t most_dispatches = 256;

    explicit Impl(Device::Impl& d) : device{d} {}
    void begin()
    {
        if (is_recording) return;
        check(vkResetDescriptorPool(device.handle, sets, 0), "vkResetDescriptorPool");
        VkCommandBufferBeginInfo const info{VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO, nullptr,
                                            VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT, nullptr};
        check(vkBeginCommandBuffer(commands, &info), "vkBeginCommandBuffer");
        if (queries) vkCmdResetQueryPool(commands, queries, 0, most_marks);
        is_recording = true;
        marks = 0;
        dispatches = 0;
        has_work = false;
    }
    /// What was written before is seen by what follows.
    void order()
    {
        VkMemoryBarrier const barrier{VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr,
                                      VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
                                      VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT |
                                          VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT};
        VkPipelineStageFlags const stages = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT;
        if (has_work) vkCmdPipelineBarrier(commands, stages, stages, 0, 1, &barrier, 0, nullptr, 0, nullptr);
        has_work = true;
    }
};

CommandList::CommandList(Device& device) : impl_{std::make_unique<Impl>(device.impl())}
{
    auto& d = impl_->device;
    VkCommandBufferAllocateInfo const allocate{VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO, nullptr, d.pool,
                                               VK_COMMAND_BUFFER_LEVEL_PRIMARY, 1};
    check(vkAllocateCommandBuffers(d.handle, &allocate, &impl_->commands), "vkAllocateCommandBuffers");
    VkDescriptorPoolSize const sizes[] = {{VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 8 * Impl::most_dispatches},
                                          {VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, 4 * Impl::most_dispatches},
                                          {VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 4 * Impl::most_dispatches}};
    VkDescriptorPoolCreateInfo const pool{
        VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO, nullptr, 0, Impl::most_dispatches, 3, sizes};
    check(vkCreateDescriptorPool(d.handle, &pool, nullptr, &impl_->sets), "vkCreateDescriptorPool");
    if (d.timestamp_period_ns > 0) {
        VkQueryPoolCreateInfo const queries{
            VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO, nullptr, 0, VK_QUERY_TYPE_TIMESTAMP, Impl::most_marks, 0};
        check(vkCreateQueryPool(d.handle, &queries, nullptr, &impl_->queries), "vkCreateQueryPool");
    }
}

CommandList::~CommandList()
{
    auto& d = impl_->device;
    if (impl_->queries) vkDestroyQueryPool(d.handle, impl_->queries, nullptr);
    vkDestroyDescriptorPool(d.handle, impl_->sets, nullptr);
    vkFreeCommandBuffers(d.handle, d.pool, 1, &impl_->commands);
}

void CommandList::dispatch(Kernel const& kernel, std::vector<Buffer const*> const& buffers,
                           std::vector<VolumeTexture const*> const& textures, std::span<std::byte const> push_constants,
                           std::uint32_t groups_x, std::uint32_t groups_y)
{
    auto const& k = kernel.impl();
    FLUORO_EXPECT(int(buffers.size()) == k.layout.uniforms + k.layout.buffers &&
                  int(textures.size()) == k.layout.textures);
    FLUORO_EXPECT(push_constants.size() == k.layout.push_constant_bytes);
    if (impl_->dispatches == int(Impl::most_dispatches)) run("a long list of kernels");
    impl_->begin();
    auto& d = impl_->device;

    VkDescriptorSetAllocateInfo const allocate{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO, nullptr, impl_->sets, 1,
                                               &k.set_layout};
    VkDescriptorSet set = VK_NULL_HANDLE;
    check(vkAllocateDescriptorSets(d.handle, &allocate, &set), "vkAllocateDescriptorSets");
    std::vector<VkDescriptorBufferInfo> buffer_infos(buffers.size());
    std::vector<VkDescriptorImageInfo> image_infos(textures.size());
    std::vector<VkWriteDescriptorSet> writes;
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        buffer_infos[i] = {buffers[i]->impl().handle, 0, VK_WHOLE_SIZE};
        writes.push_back({VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET, nullptr, set, std::uint32_t(i), 0, 1,
                          descriptor_type(k.layout, int(i)), nullptr, &buffer_infos[i], nullptr});
    }
    for (std::size_t i = 0; i < textures.size(); ++i) {
        image_infos[i] = {textures[i]->impl().sampler, textures[i]->impl().view,
                          VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL};
        writes.push_back({VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET, nullptr, set, std::uint32_t(buffers.size() + i), 0, 1,
                          VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, &image_infos[i], nullptr, nullptr});
    }
    vkUpdateDescriptorSets(d.handle, std::uint32_t(writes.size()), writes.data(), 0, nullptr);

    impl_->order();
    vkCmdBindPipeline(impl_->commands, VK_PIPELINE_BIND_POINT_COMPUTE, k.pipeline);
    vkCmdBindDescriptorSets(impl_->commands, VK_PIPELINE_BIND_POINT_COMPUTE, k.pipeline_layout, 0, 1, &set, 0, nullptr);
    if (!push_constants.empty())
        vkCmdPushConstants(impl_->commands, k.pipeline_layout, VK_SHADER_STAGE_COMPUTE_BIT, 0,
                           std::uint32_t(push_constants.size()), push_constants.data());
    vkCmdDispatch(impl_->commands, groups_x, groups_y, 1);
    ++impl_->dispatches;
}

void CommandList::fill(Buffer const& buffer, std::uint32_t word)
{
    impl_->begin();
    impl_->order();
    vkCmdFillBuffer(impl_->commands, buffer.impl().handle, 0, VK_WHOLE_SIZE, word);
}

void CommandList::copy(Buffer const& from, Buffer const& to)
{
    FLUORO_EXPECT(from.bytes() <= to.bytes());
    impl_->begin();
    impl_->order();
    VkBufferCopy const all{0, 0, from.bytes()};
    vkCmdCopyBuffer(impl_->commands, from.impl().handle, to.impl().handle, 1, &all);
}

void CommandList::mark()
{
    impl_->begin();
    if (impl_->queries && impl_->marks < Impl::most_marks)
        vkCmdWriteTimestamp(impl_->commands, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, impl_->queries, impl_->marks);
    ++impl_->marks;
}

std::vector<double> CommandList::run(char const* what)
{
    if (!impl_->is_recording) return {};
    auto& d = impl_->device;
    VkMemoryBarrier const to_host{VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr,
                                  VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT, VK_ACCESS_HOST_READ_BIT};
    vkCmdPipelineBarrier(impl_->commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT,
                         VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &to_host, 0, nullptr, 0, nullptr);
    check(vkEndCommandBuffer(impl_->commands), "vkEndCommandBuffer");
    impl_->is_recording = false;
    d.submit_and_wait(impl_->commands, what);
    std::vector<double> times;
    std::uint32_t const marks = std::min(impl_->marks, Impl::most_marks);
    if (impl_->queries && marks > 1) {
        std::vector<std::uint64_t> stamps(marks);
        check(vkGetQueryPoolResults(d.handle, impl_->queries, 0, marks, marks * sizeof(std::uint64_t), stamps.data(),
                                    sizeof(std::uint64_t), VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT),
              "vkGetQueryPoolResults");
        for (std::uint32_t i = 1; i < marks; ++i)
            times.push_back(double(stamps[i] - stamps[i - 1]) * d.timestamp_period_ns * 1e-6);
    }
    return times;
}

} // namespace fluoro::gpu
