#include "vulkan_types.hpp"

#include <algorithm>
#include <cstring>

namespace fluoro::gpu {
namespace {

char const* name_of(VkResult result)
{
    switch (result) {
    case VK_ERROR_OUT_OF_HOST_MEMORY:
        return "out of host memory";
    case VK_ERROR_OUT_OF_DEVICE_MEMORY:
        return "out of device memory";
    case VK_ERROR_DEVICE_LOST:
        return "the device was lost";
    case VK_ERROR_INITIALIZATION_FAILED:
        return "initialisation failed";
    case VK_ERROR_LAYER_NOT_PRESENT:
        return "a layer is not installed (Debian: vulkan-validationlayers)";
    case VK_ERROR_INCOMPATIBLE_DRIVER:
        return "no Vulkan driver found (Debian: mesa-vulkan-drivers)";
    case VK_TIMEOUT:
        return "no answer in time";
    default:
        return "refused";
    }
}

VKAPI_ATTR VkBool32 VKAPI_CALL on_message(VkDebugUtilsMessageSeverityFlagBitsEXT, VkDebugUtilsMessageTypeFlagsEXT,
                                          VkDebugUtilsMessengerCallbackDataEXT const* data, void* instance)
{
    static_cast<Instance*>(instance)->add_message(data->pMessage);
    return VK_FALSE;
}

} // namespace

void check(VkResult result, char const* call)
{
    if (result == VK_SUCCESS) return;
    throw Error{std::string{"Vulkan: "} + call + ": " + name_of(result) + " (" + std::to_string(int(result)) +
                    "); `fluorolab doctor` shows what this machine can do",
                Error::Kind::failed};
}

Instance::Instance(bool validation)
{
    VkApplicationInfo application{VK_STRUCTURE_TYPE_APPLICATION_INFO};
    application.pApplicationName = "fluorolab";
    application.apiVersion = VK_API_VERSION_1_2;

    VkDebugUtilsMessengerCreateInfoEXT listen{VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT};
    listen.messageSeverity =
        VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT;
    listen.messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT;
    listen.pfnUserCallback = on_message;
    listen.pUserData = this;
    VkValidationFeatureEnableEXT const enabled[] = {VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT};
    VkValidationFeaturesEXT features{VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT, &listen, 1, enabled, 0, nullptr};

    char const* const layers[] = {"VK_LAYER_KHRONOS_validation"};
    char const* const extensions[] = {VK_EXT_DEBUG_UTILS_EXTENSION_NAME};
    VkInstanceCreateInfo create{VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO};
    create.pApplicationInfo = &application;
    if (validation) {
        create.pNext = &features;
        create.enabledLayerCount = 1;
        create.ppEnabledLayerNames = layers;
        create.enabledExtensionCount = 1;
        create.ppEnabledExtensionNames = extensions;
    }
    check(vkCreateInstance(&create, nullptr, &handle_), "vkCreateInstance");
    if (validation) {
        auto const make = reinterpret_cast<PFN_vkCreateDebugUtilsMessengerEXT>(
            vkGetInstanceProcAddr(handle_, "vkCreateDebugUtilsMessengerEXT"));
        if (make) check(make(handle_, &listen, nullptr, &messenger_), "vkCreateDebugUtilsMessengerEXT");
    }
}

Instance::~Instance()
{
    if (messenger_) {
        auto const destroy = reinterpret_cast<PFN_vkDestroyDebugUtilsMessengerEXT>(
            vkGetInstanceProcAddr(handle_, "vkDestroyDebugUtilsMessengerEXT"));
        if (destroy) destroy(handle_, messenger_, nullptr);
    }
    vkDestroyInstance(handle_, nullptr);
}

std::vector<std::string> Instance::messages() const
{
    std::scoped_lock const lock{mutex_};
    return messages_;
}

void Instance::add_message(std::string const& message)
{
    std::scoped_lock const lock{mutex_};
    messages_.push_back(message);
}

int compute_family(VkPhysicalDevice device)
{
    std::uint32_t count = 0;
    vkGetPhysicalDeviceQueueFamilyProperties(device, &count, nullptr);
    std::vector<VkQueueFamilyProperties> families(count);
    vkGetPhysicalDeviceQueueFamilyProperties(device, &count, families.data());
    for (std::uint32_t i = 0; i < count; ++i)
        if (families[i].queueFlags & VK_QUEUE_COMPUTE_BIT) return int(i);
    return -1;
}

DeviceInfo describe(VkPhysicalDevice device)
{
    VkPhysicalDeviceDriverProperties driver{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES};
    VkPhysicalDeviceProperties2 properties{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, &driver, {}};
    VkPhysicalDeviceProperties basic{};
    vkGetPhysicalDeviceProperties(device, &basic);
    bool const is_recent = basic.apiVersion >= VK_API_VERSION_1_2;
    if (is_recent) vkGetPhysicalDeviceProperties2(device, &properties);

    DeviceInfo info;
    info.name = basic.deviceName;
    info.driver = is_recent ? std::string{driver.driverName} + " " + driver.driverInfo : "unknown";
    info.api_version = std::to_string(VK_API_VERSION_MAJOR(basic.apiVersion)) + "." +
                       std::to_string(VK_API_VERSION_MINOR(basic.apiVersion)) + "." +
                       std::to_string(VK_API_VERSION_PATCH(basic.apiVersion));
    info.is_software = basic.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU;
    info.max_texture_side = int(basic.limits.maxImageDimension3D);
    VkPhysicalDeviceMemoryProperties memory{};
    vkGetPhysicalDeviceMemoryProperties(device, &memory);
    for (std::uint32_t i = 0; i < memory.memoryHeapCount; ++i)
        if (memory.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT)
            info.memory_bytes = std::max<std::uint64_t>(info.memory_bytes, memory.memoryHeaps[i].size);
    VkFormatProperties format{};
    vkGetPhysicalDeviceFormatProperties(device, VK_FORMAT_R16_UNORM, &format);
    info.filters_16_bit = (format.optimalTilingFeatures & VK_FORMAT_FEATURE_SAMPLED_IMAGE_FILTER_LINEAR_BIT) != 0;
    if (!is_recent)
        info.unusable_because = "its driver knows only Vulkan " + info.api_version + ", 1.2 is needed";
    else if (compute_family(device) < 0)
        info.unusable_because = "it has no compute queue";
    info.is_usable = info.unusable_because.empty();
    return info;
}

std::vector<DeviceInfo> list_devices()
{
    std::vector<DeviceInfo> devices;
    try {
        Instance const instance{false};
        std::uint32_t count = 0;
        if (vkEnumeratePhysicalDevices(instance.handle(), &count, nullptr) != VK_SUCCESS) return devices;
        std::vector<VkPhysicalDevice> handles(count);
        vkEnumeratePhysicalDevices(instance.handle(), &count, handles.data());
        for (auto const handle : handles) devices.push_back(describe(handle));
    } catch (Error const&) {
        // No loader or no driver: the list is empty, and whoever asked says so.
    }
    return devices;
}

} // namespace fluoro::gpu
