#include "presenter.hpp"
#include "damage.hpp"
#include "picture_layer.hpp"
#include "vulkan_list.hpp"
#include "window_device.hpp"
#include "window_error.hpp"

#include <algorithm>
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_vulkan.h>
#include <imgui.h>
#include <optional>
#include <utility>
#include <vector>
#include <vulkan/vulkan.h>

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

namespace fluoro {
namespace {

constexpr std::uint64_t frame_time_out_ns =
    2'000'000'000; ///< a frame takes milliseconds; the software device some tens
constexpr std::uint64_t acquire_time_out_ns = 100'000'000; ///< shorter than the session's heartbeat limit
constexpr VkClearColorValue background{{0.055f, 0.059f, 0.067f, 1.0f}};

void check_imgui(VkResult result)
{
    check_window(result, "drawing the panels");
}

} // namespace

struct Presenter::Impl {
    GLFWwindow* window = nullptr;
    WindowDevice base;
    VkDevice device = base.device;
    VkQueue queue = base.queue;
    VkDescriptorPool descriptors = nullptr;
    VkCommandPool commands = nullptr;
    VkCommandBuffer frame = nullptr;
    VkFence frame_done = nullptr;
    VkSemaphore acquired = nullptr;
    VkRenderPass pass = nullptr;      ///< of the whole window
    VkRenderPass part_pass = nullptr; ///< leaves what is there
    bool has_imgui = false;

    struct SwapChain {
        VkSwapchainKHR chain = nullptr;
        VkExtent2D extent{};
        std::vector<VkImageView> views;
        std::vector<VkFramebuffer> targets;
        std::vector<VkSemaphore> drawn; ///< one per image: its presentation waits for it
        std::vector<ScreenRect> stale;  ///< of each image: what has changed since it was drawn
        ScreenRect whole() const { return {0, 0, int(extent.width), int(extent.height)}; }
    };
    SwapChain swap;
    std::vector<SwapChain> retired; ///< may still be on their way to the screen; freed after the next whole frame
    bool is_swap_stale = true;
    bool is_shown = false;          ///< the newest draw data and pictures are on the window
    bool are_pictures_new = true;   ///< since the last draw
    std::vector<DrawnPanel> panels; ///< of the last draw
    PictureArea area, reference_area;

    std::optional<PictureLayer> picture, reference_picture;

    explicit Impl(GLFWwindow* window_) : window{window_}, base{window_} {}
    ~Impl();
    void create_pools();
    VkRenderPass create_pass(bool keeps);
    void start_imgui();
    void wait_for_frame();
    bool renew_swap_chain();
    void destroy(SwapChain& old);
    void note_changes(PictureArea const& to, PictureArea const& reference_to);
    void record(std::uint32_t image);
};

void Presenter::Impl::create_pools()
{
    VkDescriptorPoolSize const fonts{VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 1};
    VkDescriptorPoolCreateInfo pool{};
    pool.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO;
    pool.flags = VK_DESCRIPTOR_POOL_CREATE_FREE_DESCRIPTOR_SET_BIT;
    pool.maxSets = 1;
    pool.poolSizeCount = 1;
    pool.pPoolSizes = &fonts;
    check_window(vkCreateDescriptorPool(device, &pool, nullptr, &descriptors), "descriptor pool");

    VkCommandPoolCreateInfo const command_pool{VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO, nullptr,
                                               VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT, base.family};
    check_window(vkCreateCommandPool(device, &command_pool, nullptr, &commands), "command pool");
    VkCommandBufferAllocateInfo const buffer{VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO, nullptr, commands,
                                             VK_COMMAND_BUFFER_LEVEL_PRIMARY, 1};
    check_window(vkAllocateCommandBuffers(device, &buffer, &frame), "command buffer");
    VkFenceCreateInfo const fence{VK_STRUCTURE_TYPE_FENCE_CREATE_INFO, nullptr, VK_FENCE_CREATE_SIGNALED_BIT};
    check_window(vkCreateFence(device, &fence, nullptr, &frame_done), "fence");
    VkSemaphoreCreateInfo const semaphore{VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO, nullptr, 0};
    check_window(vkCreateSemaphore(device, &semaphore, nullptr, &acquired), "semaphore");
}

VkRenderPass Presenter::Impl::create_pass(bool keeps)
{
    VkAttachmentDescription colour{};
    colour.format = VkFormat(base.format);
    colour.samples = VK_SAMPLE_COUNT_1_BIT;
    colour.loadOp = keeps ? VK_ATTACHMENT_LOAD_OP_LOAD : VK_ATTACHMENT_LOAD_OP_CLEAR;
    colour.storeOp = VK_ATTACHMENT_STORE_OP_STORE;
    colour.stencilLoadOp = VK_ATTACHMENT_LOAD_OP_DONT_CARE;
    colour.stencilStoreOp = VK_ATTACHMENT_STORE_OP_DONT_CARE;
    colour.initialLayout = keeps ? VK_IMAGE_LAYOUT_PRESENT_SRC_KHR : VK_IMAGE_LAYOUT_UNDEFINED;
    colour.finalLayout = VK_IMAGE_LAYOUT_PRESENT_SRC_KHR;
    VkAttachmentReference const reference{0, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL};
    VkSubpassDescription subpass{};
    subpass.pipelineBindPoint = VK_PIPELINE_BIND_POINT_GRAPHICS;
    subpass.colorAttachmentCount = 1;
    subpass.pColorAttachments = &reference;
    // The image may be written only after the semaphore of its acquisition, which waits at this stage.
    VkSubpassDependency dependency{};
    dependency.srcSubpass = VK_SUBPASS_EXTERNAL;
    dependency.srcStageMask = dependency.dstStageMask = VK_PIPELINE_STAGE_COLOR_ATTACHMENT_OUTPUT_BIT;
    dependency.dstAccessMask = VK_ACCESS_COLOR_ATTACHMENT_READ_BIT | VK_ACCESS_COLOR_ATTACHMENT_WRITE_BIT;
    VkRenderPassCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_RENDER_PASS_CREATE_INFO;
    info.attachmentCount = 1;
    info.pAttachments = &colour;
    info.subpassCount = 1;
    info.pSubpasses = &subpass;
    info.dependencyCount = 1;
    info.pDependencies = &dependency;
    VkRenderPass made = nullptr;
    check_window(vkCreateRenderPass(device, &info, nullptr, &made), "render pass");
    return made;
}

void Presenter::Impl::start_imgui()
{
    ImGui_ImplVulkan_InitInfo info{};
    info.Instance = base.instance;
    info.PhysicalDevice = base.physical;
    info.Device = device;
    info.QueueFamily = base.family;
    info.Queue = queue;
    info.DescriptorPool = descriptors;
    info.MinImageCount = info.ImageCount = 2; // one frame is in flight at a time; the backend asks for two at least
    info.MSAASamples = VK_SAMPLE_COUNT_1_BIT;
    info.CheckVkResultFn = check_imgui;
    if (!ImGui_ImplVulkan_Init(&info, pass)) fail_window("the panels cannot be drawn");
    has_imgui = true;
    wait_for_frame();
    VkCommandBufferBeginInfo const once{VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO, nullptr,
                                        VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT, nullptr};
    check_window(vkBeginCommandBuffer(frame, &once), "recording");
    if (!ImGui_ImplVulkan_CreateFontsTexture(frame)) fail_window("its fonts cannot be loaded");
    check_window(vkEndCommandBuffer(frame), "recording");
    check_window(vkResetFences(device, 1, &frame_done), "fence");
    VkSubmitInfo submit{};
    submit.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
    submit.commandBufferCount = 1;
    submit.pCommandBuffers = &frame;
    check_window(vkQueueSubmit(queue, 1, &submit, frame_done), "loading fonts");
    wait_for_frame();
    ImGui_ImplVulkan_DestroyFontUploadObjects();
}

void Presenter::Impl::wait_for_frame()
{
    VkResult const result = vkWaitForFences(device, 1, &frame_done, VK_TRUE, frame_time_out_ns);
    if (result == VK_TIMEOUT) fail_window("the device did not answer within 2 s");
    check_window(result, "waiting for the device");
}

void Presenter::Impl::destroy(SwapChain& old)
{
    for (VkFramebuffer target : old.targets) vkDestroyFramebuffer(device, target, nullptr);
    for (VkImageView view : old.views) vkDestroyImageView(device, view, nullptr);
    for (VkSemaphore semaphore : old.drawn) vkDestroySemaphore(device, semaphore, nullptr);
    if (old.chain) vkDestroySwapchainKHR(device, old.chain, nullptr);
    old = {};
}

bool Presenter::Impl::renew_swap_chain()
{
    VkSurfaceCapabilitiesKHR limits{};
    check_window(vkGetPhysicalDeviceSurfaceCapabilitiesKHR(base.physical, base.surface, &limits),
                 "asking the window's size");
    VkExtent2D extent = limits.currentExtent;
    if (extent.width == 0xffffffffu) {
        int width = 0, height = 0;
        glfwGetFramebufferSize(window, &width, &height);
        extent.width = std::clamp(std::uint32_t(width), limits.minImageExtent.width, limits.maxImageExtent.width);
        extent.height = std::clamp(std::uint32_t(height), limits.minImageExtent.height, limits.maxImageExtent.height);
    }
    if (extent.width == 0 || extent.height == 0) return false;

    std::uint32_t const most = limits.maxImageCount ? limits.maxImageCount : 8;
    VkSwapchainCreateInfoKHR info{};
    info.sType = VK_STRUCTURE_TYPE_SWAPCHAIN_CREATE_INFO_KHR;
    info.surface = base.surface;
    info.minImageCount = std::min(std::max(limits.minImageCount, 2u), most);
    info.imageFormat = VkFormat(base.format);
    info.imageColorSpace = VkColorSpaceKHR(base.colour_space);
    info.imageExtent = extent;
    info.imageArrayLayers = 1;
    info.imageUsage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT;
    info.imageSharingMode = VK_SHARING_MODE_EXCLUSIVE;
    info.preTransform = limits.currentTransform;
    info.compositeAlpha = (limits.supportedCompositeAlpha & VK_COMPOSITE_ALPHA_OPAQUE_BIT_KHR)
                              ? VK_COMPOSITE_ALPHA_OPAQUE_BIT_KHR
                              : VK_COMPOSITE_ALPHA_INHERIT_BIT_KHR;
    info.presentMode = VK_PRESENT_MODE_FIFO_KHR;
    info.clipped = VK_FALSE; // an image keeps what was drawn, for the next time
    info.oldSwapchain = swap.chain;
    SwapChain fresh;
    VkResult const result = vkCreateSwapchainKHR(device, &info, nullptr, &fresh.chain);
    if (swap.chain) retired.push_back(std::exchange(swap, {}));
    check_window(result, "swap chain");
    fresh.extent = extent;
    swap = fresh;
    for (VkImage image : list_of<VkImage>(
             [&](std::uint32_t*n, VkImage*list) { return vkGetSwapchainImagesKHR(device, swap.chain, n, list); })) {
        VkImageViewCreateInfo view{};
        view.sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO;
        view.image = image;
        view.viewType = VK_IMAGE_VIEW_TYPE_2D;
        view.format = VkFormat(base.format);
        view.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
        check_window(vkCreateImageView(device, &view, nullptr, &swap.views.emplace_back()), "image view");
        VkFramebufferCreateInfo target{};
        target.sType = VK_STRUCTURE_TYPE_FRAMEBUFFER_CREATE_INFO;
        target.renderPass = pass;
        target.attachmentCount = 1;
        target.pAttachments = &swap.views.back();
        target.width = extent.width;
        target.height = extent.height;
        target.layers = 1;
        check_window(vkCreateFramebuffer(device, &target, nullptr, &swap.targets.emplace_back()), "frame buffer");
        VkSemaphoreCreateInfo const semaphore{VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO, nullptr, 0};
        check_window(vkCreateSemaphore(device, &semaphore, nullptr, &swap.drawn.emplace_back()), "semaphore");
        swap.stale.push_back(swap.whole());
    }
    is_swap_stale = is_shown = false;
    return true;
}

/// Adds to what each image of the swap chain lacks what looks different from the last draw.
void Presenter::Impl::note_changes(PictureArea const& to, PictureArea const& reference_to)
{
    std::vector<DrawnPanel> now = drawn_panels(*ImGui::GetDrawData());
    bool const is_all = std::exchange(are_pictures_new, false) || area != to || reference_area != reference_to;
    ScreenRect const changed = is_all ? swap.whole() : changed_area(panels, now, swap.whole());
    panels = std::move(now);
    area = to;
    reference_area = reference_to;
    for (ScreenRect& stale : swap.stale) stale = united(stale, changed);
    is_shown = is_shown && changed.is_empty();
}

void Presenter::Impl::record(std::uint32_t image)
{
    VkCommandBufferBeginInfo const once{VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO, nullptr,
                                        VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT, nullptr};
    check_window(vkBeginCommandBuffer(frame, &once), "recording");
    picture->upload(frame);
    reference_picture->upload(frame);
    ScreenRect part = std::exchange(swap.stale[image], {});
    auto const touches = [&](PictureArea const& a) {
        return a.side > 0 &&
               !common(part, {int(a.left), int(a.top), int(a.left + a.side) + 1, int(a.top + a.side) + 1}).is_empty();
    };
    bool const is_whole = touches(area) || touches(reference_area) || part == swap.whole();
    if (is_whole) part = swap.whole();
    VkClearValue clear{};
    clear.color = background;
    VkRenderPassBeginInfo begin{};
    begin.sType = VK_STRUCTURE_TYPE_RENDER_PASS_BEGIN_INFO;
    begin.renderPass = is_whole ? pass : part_pass;
    begin.framebuffer = swap.targets[image];
    begin.renderArea = {
        {part.left, part.top},
        {std::uint32_t(std::max(0, part.right - part.left)), std::uint32_t(std::max(0, part.bottom - part.top))}};
    begin.clearValueCount = 1;
    begin.pClearValues = &clear;
    // An image that lacks nothing is shown as it is.
    if (is_whole || !part.is_empty()) {
        vkCmdBeginRenderPass(frame, &begin, VK_SUBPASS_CONTENTS_INLINE);
        if (is_whole) {
            picture->draw(frame, area, int(swap.extent.width), int(swap.extent.height));
            reference_picture->draw(frame, reference_area, int(swap.extent.width), int(swap.extent.height));
        } else {
            VkClearAttachment const ground{VK_IMAGE_ASPECT_COLOR_BIT, 0, clear};
            VkClearRect const there{begin.renderArea, 0, 1};
            vkCmdClearAttachments(frame, 1, &ground, 1, &there);
            clip_to(*ImGui::GetDrawData(), part);
        }
        ImGui_ImplVulkan_RenderDrawData(ImGui::GetDrawData(), frame);
        vkCmdEndRenderPass(frame);
    }
    check_window(vkEndCommandBuffer(frame), "recording");
}

Presenter::Impl::~Impl()
{
    // No throw and no endless wait on the way out: a device that does not answer is left to the driver.
    if (frame_done && vkWaitForFences(device, 1, &frame_done, VK_TRUE, frame_time_out_ns) == VK_TIMEOUT) {
        base.abandon();
        return;
    }
    vkQueueWaitIdle(queue);
    if (has_imgui) ImGui_ImplVulkan_Shutdown();
    picture.reset();
    reference_picture.reset();
    destroy(swap);
    for (SwapChain& old : retired) destroy(old);
    vkDestroyRenderPass(device, pass, nullptr);
    vkDestroyRenderPass(device, part_pass, nullptr);
    vkDestroySemaphore(device, acquired, nullptr);
    vkDestroyFence(device, frame_done, nullptr);
    vkDestroyCommandPool(device, commands, nullptr);
    vkDestroyDescriptorPool(device, descriptors, nullptr);
}

Presenter::Presenter(GLFWwindow* window) : impl_{std::make_unique<Impl>(window)}
{
    impl_->create_pools();
    impl_->pass = impl_->create_pass(false);
    impl_->part_pass = impl_->create_pass(true);
    impl_->picture.emplace(impl_->base.physical, impl_->device, impl_->pass);
    impl_->reference_picture.emplace(impl_->base.physical, impl_->device, impl_->pass);
    impl_->start_imgui();
}

Presenter::~Presenter() = default;

void Presenter::begin()
{
    ImGui_ImplVulkan_NewFrame();
}

void Presenter::set_picture(Image<std::uint16_t> const& grey)
{
    impl_->wait_for_frame(); // the last frame may still be reading the staging buffer
    impl_->picture->set(grey);
    impl_->are_pictures_new = true;
}

void Presenter::set_reference(Image<std::uint16_t> const& grey)
{
    impl_->wait_for_frame();
    impl_->reference_picture->set(grey);
    impl_->are_pictures_new = true;
}

void Presenter::replace_fonts()
{
    impl_->wait_for_frame();
    ImGui_ImplVulkan_Shutdown(); // the backend of ImGui 1.86 cannot replace a font texture
    impl_->has_imgui = false;
    impl_->start_imgui();
    impl_->are_pictures_new = true; // and all letters
}

bool Presenter::draw(PictureArea const& area, PictureArea const& reference)
{
    Impl& p = *impl_;
    p.wait_for_frame();
    if (p.is_swap_stale && !p.renew_swap_chain()) return false;
    p.note_changes(area, reference);
    if (p.is_shown) return true;
    std::uint32_t image = 0;
    VkResult const got =
        vkAcquireNextImageKHR(p.device, p.swap.chain, acquire_time_out_ns, p.acquired, nullptr, &image);
    if (got == VK_TIMEOUT || got == VK_NOT_READY) return false;
    if (got == VK_ERROR_OUT_OF_DATE_KHR) {
        p.is_swap_stale = true;
        return false;
    }
    check_window(got, "taking the next image");
    p.record(image);
    check_window(vkResetFences(p.device, 1, &p.frame_done), "fence");
    VkPipelineStageFlags const wait_at = VK_PIPELINE_STAGE_COLOR_ATTACHMENT_OUTPUT_BIT;
    VkSubmitInfo submit{};
    submit.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
    submit.waitSemaphoreCount = 1;
    submit.pWaitSemaphores = &p.acquired;
    submit.pWaitDstStageMask = &wait_at;
    submit.commandBufferCount = 1;
    submit.pCommandBuffers = &p.frame;
    submit.signalSemaphoreCount = 1;
    submit.pSignalSemaphores = &p.swap.drawn[image];
    check_window(vkQueueSubmit(p.queue, 1, &submit, p.frame_done), "drawing");
    VkPresentInfoKHR present{};
    present.sType = VK_STRUCTURE_TYPE_PRESENT_INFO_KHR;
    present.waitSemaphoreCount = 1;
    present.pWaitSemaphores = &p.swap.drawn[image];
    present.swapchainCount = 1;
    present.pSwapchains = &p.swap.chain;
    present.pImageIndices = &image;
    VkResult const shown = vkQueuePresentKHR(p.queue, &present);
    p.is_shown = true;
    if (shown == VK_ERROR_OUT_OF_DATE_KHR || shown == VK_SUBOPTIMAL_KHR || got == VK_SUBOPTIMAL_KHR)
        p.is_swap_stale = true;
    else
        check_window(shown, "showing the picture");
    if (!p.is_swap_stale && !p.retired.empty()) {
        p.wait_for_frame();
        for (auto& old : p.retired) p.destroy(old);
        p.retired.clear();
    }
    return true;
}

void Presenter::show_again()
{
    impl_->is_shown = false;
}

std::string Presenter::device_name() const
{
    return impl_->base.name;
}

} // namespace fluoro
