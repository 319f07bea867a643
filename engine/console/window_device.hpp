#pragma once
#include <cstdint>
#include <string>

struct GLFWwindow;
// Vulkan's handles, as its own header declares them.
struct VkInstance_T;
struct VkSurfaceKHR_T;
struct VkPhysicalDevice_T;
struct VkDevice_T;
struct VkQueue_T;

namespace fluoro {

/// The Vulkan device that shows pictures in a window, and its queue.
class WindowDevice {
public:
    /// Throws Error (failed) when no device can show pictures in `window`.
    explicit WindowDevice(GLFWwindow* window);
    ~WindowDevice();
    WindowDevice(WindowDevice const&) = delete;
    WindowDevice& operator=(WindowDevice const&) = delete;
    /// The device does not answer: left to the driver, not taken down.
    void abandon() { is_abandoned_ = true; }

    VkInstance_T* instance = nullptr;
    VkSurfaceKHR_T* surface = nullptr;
    VkPhysicalDevice_T* physical = nullptr;
    VkDevice_T* device = nullptr;
    VkQueue_T* queue = nullptr;
    std::uint32_t family = 0;
    int format = 0, colour_space = 0; ///< of its pixels: VkFormat, VkColorSpaceKHR
    std::string name;

private:
    void create_instance(GLFWwindow* window);
    void choose_device();
    void create_device();
    void take_down();
    bool is_abandoned_ = false;
};

} // namespace fluoro
