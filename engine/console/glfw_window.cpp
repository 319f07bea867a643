#include "glfw_window.hpp"

#include <algorithm>

namespace fluoro {

Window open_window(std::string const& title, int width, int height)
{
    glfwWindowHint(GLFW_CLIENT_API, GLFW_NO_API);
    glfwWindowHint(GLFW_FOCUS_ON_SHOW, GLFW_TRUE);
    int left = 0, top = 0;
    if (GLFWmonitor* const monitor = glfwGetPrimaryMonitor()) {
        int most_width = width, most_height = height;
        glfwGetMonitorWorkarea(monitor, &left, &top, &most_width, &most_height);
        width = std::min(width, most_width);
        height = std::min(height, most_height);
    }
    Window window{glfwCreateWindow(width, height, title.c_str(), nullptr, nullptr)};
    if (window) glfwSetWindowSizeLimits(window.get(), 640, 480, GLFW_DONT_CARE, GLFW_DONT_CARE);
    return window;
}

} // namespace fluoro
