#include "presenter.hpp"
#include "picture_layer.hpp"
#include "window_error.hpp"

#include <algorithm>
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_vulkan.h>
#include <cstring>
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

/// Vulkan's "how many, then which" calls as one.
template <class Item, class Call> std::vector<Item> list_of(Call call)
{
    std::uint32_t count = 0;
    call(&count, nullptr);
    std::vector<Item> items(count);
    call(&count, items.data());
    items.resize(count);
    return items;
}

} // namespace

struct Presenter::Impl {
    GLFWwindow* window = nullptr;
    VkInstance instance = nullptr;
    VkSurfaceKHR surface = nullptr;
    VkPhysicalDevice physical = nullptr;
    VkPhysicalDeviceProperties properties{};
    std::uint32_t family = 0;
    VkDevice device = nullptr;
    VkQueue queue = nullptr;
    VkDescriptorPool descriptors = nullptr;
    VkCommandPool commands = nullptr;
    VkCommandBuffer frame = nullptr;
    VkFence frame_done = nullptr;
    VkSemaphore acquired = nullptr;
    VkSurfaceFormatKHR format{};
    VkRenderPass pass = nullptr;
    bool has_imgui = false;

    struct SwapChain {
        VkSwapchainKHR chain = nullptr;
        VkExtent2D extent{};
        std::vector<VkImageView> views;
        std::vector<VkFramebuffer> targets;
        std::vector<VkSemaphore> drawn; ///< one per image: its presentation waits for it
    };
    SwapChain swap;
    std::vector<SwapChain> retired; ///< may still be on their way to the screen; freed after the next whole frame
    bool is_swap_stale = true;

    std::optional<PictureLayer> picture, reference_picture;

    explicit Impl(GLFWwindow* window_) : window{window_} {}
    ~Impl();
    void create_instance();
    void choose_device();
    void create_device();
    void create_pass();
    void start_imgui();
    void wait_for_frame();
    bool renew_swap_chain();
    void destroy(SwapChain& old);
    void record(std::uint32_t image, PictureArea const& area, PictureArea const& reference_area);
};

void Presenter::Impl::create_instance()
{
    std::uint32_t count = 0;
    char const** extensions = glfwGetRequiredInstanceExtensions(&count);
    if (!extensions) fail_window("this display takes no Vulkan pictures");
    VkApplicationInfo const app{
        VK_STRUCTURE_TYPE_APPLICATION_INFO, nullptr, "fluorolab", 1, nullptr, 0, VK_API_VERSION_1_2};
    VkInstanceCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO;
    info.pApplicationInfo = &app;
    info.enabledExtensionCount = count;
    info.ppEnabledExtensionNames = extensions;
    check_window(vkCreateInstance(&info, nullptr, &instance), "starting Vulkan");
    check_window(glfwCreateWindowSurface(instance, window, nullptr, &surface), "connecting to the window");
}

void Presenter::Impl::choose_device()
{
    auto const rank = [](VkPhysicalDeviceType type) {
        switch (type) {
        case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
            return 4;
        case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
            return 3;
        case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
            return 2;
        default:
            return 1;
        }
    };
    int best = 0;
    for (VkPhysicalDevice candidate : list_of<VkPhysicalDevice>(
             [&](std::uint32_t*n, VkPhysicalDevice*list) { return vkEnumeratePhysicalDevices(instance, n, list); })) {
        VkPhysicalDeviceProperties found{};
        vkGetPhysicalDeviceProperties(candidate, &found);
        auto const extensions = list_of<VkExtensionProperties>([&](std::uint32_t* n, VkExtensionProperties* list) {
            return vkEnumerateDeviceExtensionProperties(candidate, nullptr, n, list);
        });
        bool const has_swap_chain =
            std::any_of(extensions.begin(), extensions.end(), [](VkExtensionProperties const& e) {
                return std::strcmp(e.extensionName, VK_KHR_SWAPCHAIN_EXTENSION_NAME) == 0;
            });
        if (!has_swap_chain || found.apiVersion < VK_API_VERSION_1_2 || rank(found.deviceType) <= best) continue;
        auto const families = list_of<VkQueueFamilyProperties>([&](std::uint32_t* n, VkQueueFamilyProperties* list) {
            vkGetPhysicalDeviceQueueFamilyProperties(candidate, n, list);
        });
        for (std::uint32_t i = 0; i < families.size(); ++i) {
            VkBool32 can_present = VK_FALSE;
            vkGetPhysicalDeviceSurfaceSupportKHR(candidate, i, surface, &can_present);
            if (!can_present || !(families[i].queueFlags & VK_QUEUE_GRAPHICS_BIT)) continue;
            best = rank(found.deviceType);
            physical = candidate;
            properties = found;
            family = i;
            break;
        }
    }
    if (!physical) fail_window("no Vulkan device can show pictures in it");

    auto const formats = list_of<VkSurfaceFormatKHR>([&](std::uint32_t* n, VkSurfaceFormatKHR* list) {
        return vkGetPhysicalDeviceSurfaceFormatsKHR(physical, surface, n, list);
    });
    if (formats.empty()) fail_window("it offers no pixel format");
    // Grey levels go to the screen as they are: no second gamma curve on top of the display's own.
    auto const plain = std::find_if(formats.begin(), formats.end(), [](VkSurfaceFormatKHR f) {
        return f.format == VK_FORMAT_B8G8R8A8_UNORM || f.format == VK_FORMAT_R8G8B8A8_UNORM;
    });
    format = plain != formats.end() ? *plain : formats.front();
}

void Presenter::Impl::create_device()
{
    float const priority = 1;
    VkDeviceQueueCreateInfo queue_info{};
    queue_info.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO;
    queue_info.queueFamilyIndex = family;
    queue_info.queueCount = 1;
    queue_info.pQueuePriorities = &priority;
    char const* const extension = VK_KHR_SWAPCHAIN_EXTENSION_NAME;
    VkDeviceCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO;
    info.queueCreateInfoCount = 1;
    info.pQueueCreateInfos = &queue_info;
    info.enabledExtensionCount = 1;
    info.ppEnabledExtensionNames = &extension;
    check_window(vkCreateDevice(physical, &info, nullptr, &device), "opening the device");
    vkGetDeviceQueue(device, family, 0, &queue);

    VkDescriptorPoolSize const fonts{VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 1};
    VkDescriptorPoolCreateInfo pool{};
    pool.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO;
    pool.flags = VK_DESCRIPTOR_POOL_CREATE_FREE_DESCRIPTOR_SET_BIT;
    pool.maxSets = 1;
    pool.poolSizeCount = 1;
    pool.pPoolSizes = &fonts;
    check_window(vkCreateDescriptorPool(device, &pool, nullptr, &descriptors), "descriptor pool");

    VkCommandPoolCreateInfo const command_pool{VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO, nullptr,
                                               VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT, family};
    check_window(vkCreateCommandPool(device, &command_pool, nullptr, &commands), "command pool");
    VkCommandBufferAllocateInfo const buffer{VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO, nullptr, commands,
                                             VK_COMMAND_BUFFER_LEVEL_PRIMARY, 1};
    check_window(vkAllocateCommandBuffers(device, &buffer, &frame), "command buffer");
    VkFenceCreateInfo const fence{VK_STRUCTURE_TYPE_FENCE_CREATE_INFO, nullptr, VK_FENCE_CREATE_SIGNALED_BIT};
    check_window(vkCreateFence(device, &fence, nullptr, &frame_done), "fence");
    VkSemaphoreCreateInfo const semaphore{VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO, nullptr, 0};
    check_window(vkCreateSemaphore(device, &semaphore, nullptr, &acquired), "semaphore");
}

void Presenter::Impl::create_pass()
{
    VkAttachmentDescription colour{};
    colour.format = format.format;
    colour.samples = VK_SAMPLE_COUNT_1_BIT;
    colour.loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR;
    colour.storeOp = VK_ATTACHMENT_STORE_OP_STORE;
    colour.stencilLoadOp = VK_ATTACHMENT_LOAD_OP_DONT_CARE;
    colour.stencilStoreOp = VK_ATTACHMENT_STORE_OP_DONT_CARE;
    colour.initialLayout = VK_IMAGE_LAYOUT_UNDEFINED;
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
    dependency.dstAccessMask = VK_ACCESS_COLOR_ATTACHMENT_WRITE_BIT;
    VkRenderPassCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_RENDER_PASS_CREATE_INFO;
    info.attachmentCount = 1;
    info.pAttachments = &colour;
    info.subpassCount = 1;
    info.pSubpasses = &subpass;
    info.dependencyCount = 1;
    info.pDependencies = &dependency;
    check_window(vkCreateRenderPass(device, &info, nullptr, &pass), "render pass");
}

void Presenter::Impl::start_imgui()
{
    ImGui_ImplVulkan_InitInfo info{};
    info.Instance = instance;
    info.PhysicalDevice = physical;
    info.Device = device;
    info.QueueFamily = family;
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
    check_window(vkGetPhysicalDeviceSurfaceCapabilitiesKHR(physical, surface, &limits), "asking the window's size");
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
    info.surface = surface;
    info.minImageCount = std::min(std::max(limits.minImageCount, 2u), most);
    info.imageFormat = format.format;
    info.imageColorSpace = format.colorSpace;
    info.imageExtent = extent;
    info.imageArrayLayers = 1;
    info.imageUsage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT;
    info.imageSharingMode = VK_SHARING_MODE_EXCLUSIVE;
    info.preTransform = limits.currentTransform;
    info.compositeAlpha = (limits.supportedCompositeAlpha & VK_COMPOSITE_ALPHA_OPAQUE_BIT_KHR)
                              ? VK_COMPOSITE_ALPHA_OPAQUE_BIT_KHR
                              : VK_COMPOSITE_ALPHA_INHERIT_BIT_KHR;
    info.presentMode = VK_PRESENT_MODE_FIFO_KHR;
    info.clipped = VK_TRUE;
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
        view.format = format.format;
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
    }
    is_swap_stale = false;
    return true;
}

void Presenter::Impl::record(std::uint32_t image, PictureArea const& area, PictureArea const& reference_area)
{
    VkCommandBufferBeginInfo const once{VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO, nullptr,
                                        VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT, nullptr};
    check_window(vkBeginCommandBuffer(frame, &once), "recording");
    picture->upload(frame);
    reference_picture->upload(frame);
    VkClearValue clear{};
    clear.color = background;
    VkRenderPassBeginInfo begin{};
    begin.sType = VK_STRUCTURE_TYPE_RENDER_PASS_BEGIN_INFO;
    begin.renderPass = pass;
    begin.framebuffer = swap.targets[image];
    begin.renderArea.extent = swap.extent;
    begin.clearValueCount = 1;
    begin.pClearValues = &clear;
    vkCmdBeginRenderPass(frame, &begin, VK_SUBPASS_CONTENTS_INLINE);
    picture->draw(frame, area, int(swap.extent.width), int(swap.extent.height));
    reference_picture->draw(frame, reference_area, int(swap.extent.width), int(swap.extent.height));
    ImGui_ImplVulkan_RenderDrawData(ImGui::GetDrawData(), frame);
    vkCmdEndRenderPass(frame);
    check_window(vkEndCommandBuffer(frame), "recording");
}

Presenter::Impl::~Impl()
{
    if (device) {
        // No throw and no endless wait on the way out: a device that does not answer is left to the driver.
        if (frame_done && vkWaitForFences(device, 1, &frame_done, VK_TRUE, frame_time_out_ns) == VK_TIMEOUT) return;
        vkQueueWaitIdle(queue);
        if (has_imgui) ImGui_ImplVulkan_Shutdown();
        picture.reset();
        reference_picture.reset();
        destroy(swap);
        for (SwapChain& old : retired) destroy(old);
        vkDestroyRenderPass(device, pass, nullptr);
        vkDestroySemaphore(device, acquired, nullptr);
        vkDestroyFence(device, frame_done, nullptr);
        vkDestroyCommandPool(device, commands, nullptr);
        vkDestroyDescriptorPool(device, descriptors, nullptr);
        vkDestroyDevice(device, nullptr);
    }
    if (surface) vkDestroySurfaceKHR(instance, surface, nullptr);
    if (instance) vkDestroyInstance(instance, nullptr);
}

Presenter::Presenter(GLFWwindow* window) : impl_{std::make_unique<Impl>(window)}
{
    impl_->create_instance();
    impl_->choose_device();
    impl_->create_device();
    impl_->create_pass();
    impl_->picture.emplace(impl_->physical, impl_->device, impl_->pass);
    impl_->reference_picture.emplace(impl_->physical, impl_->device, impl_->pass);
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
}

void Presenter::set_reference(Image<std::uint16_t> const& grey)
{
    impl_->wait_for_frame();
    impl_->reference_picture->set(grey);
}

void Presenter::replace_fonts()
{
    impl_->wait_for_frame();
    ImGui_ImplVulkan_Shutdown(); // the backend of ImGui 1.86 cannot replace a font texture
    impl_->has_imgui = false;
    impl_->start_imgui();
}

bool Presenter::draw(PictureArea const& area, PictureArea const& reference)
{
    Impl& p = *impl_;
    p.wait_for_frame();
    if (p.is_swap_stale && !p.renew_swap_chain()) return false;
    std::uint32_t image = 0;
    VkResult const got =
        vkAcquireNextImageKHR(p.device, p.swap.chain, acquire_time_out_ns, p.acquired, nullptr, &image);
    if (got == VK_TIMEOUT || got == VK_NOT_READY) return false;
    if (got == VK_ERROR_OUT_OF_DATE_KHR) {
        p.is_swap_stale = true;
        return false;
    }
    check_window(got, "taking the next image");
    p.record(image, area, reference);
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

std::string Presenter::device_name() const
{
    return impl_->properties.deviceName;
}

} // namespace fluoro
