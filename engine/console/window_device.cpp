#include "window_device.hpp"
#include "vulkan_list.hpp"
#include "window_error.hpp"

#include <algorithm>
#include <cstring>
#include <vulkan/vulkan.h>

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

namespace fluoro {

WindowDevice::WindowDevice(GLFWwindow* window)
{
    try {
        create_instance(window);
        choose_device();
        create_device();
    } catch (...) {
        take_down();
        throw;
    }
}

WindowDevice::~WindowDevice()
{
    if (!is_abandoned_) take_down();
}

void WindowDevice::take_down()
{
    if (device) vkDestroyDevice(device, nullptr);
    if (surface) vkDestroySurfaceKHR(instance, surface, nullptr);
    if (instance) vkDestroyInstance(instance, nullptr);
}

void WindowDevice::create_instance(GLFWwindow* window)
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

void WindowDevice::choose_device()
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
            name = found.deviceName;
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
    VkSurfaceFormatKHR const chosen = plain != formats.end() ? *plain : formats.front();
    format = chosen.format;
    colour_space = chosen.colorSpace;
}

void WindowDevice::create_device()
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
}

} // namespace fluoro
