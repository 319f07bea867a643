#pragma once
#include <backends/imgui_impl_glfw.h>
#include <imgui.h>
#include <memory>
#include <string>

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

namespace fluoro {

/// GLFW, once.
struct Glfw {
    bool is_up = glfwInit() == GLFW_TRUE;
    Glfw() = default;
    ~Glfw()
    {
        if (is_up) glfwTerminate();
    }
    Glfw(Glfw const&) = delete;
    Glfw& operator=(Glfw const&) = delete;
};

struct WindowCloser {
    void operator()(GLFWwindow* window) const { glfwDestroyWindow(window); }
};
using Window = std::unique_ptr<GLFWwindow, WindowCloser>;

struct ImGuiContextOwner {
    ImGuiContextOwner() { ImGui::CreateContext(); }
    ~ImGuiContextOwner() { ImGui::DestroyContext(); }
    ImGuiContextOwner(ImGuiContextOwner const&) = delete;
    ImGuiContextOwner& operator=(ImGuiContextOwner const&) = delete;
};

struct ImGuiGlfwOwner {
    explicit ImGuiGlfwOwner(GLFWwindow* window) { ImGui_ImplGlfw_InitForVulkan(window, true); }
    ~ImGuiGlfwOwner() { ImGui_ImplGlfw_Shutdown(); }
    ImGuiGlfwOwner(ImGuiGlfwOwner const&) = delete;
    ImGuiGlfwOwner& operator=(ImGuiGlfwOwner const&) = delete;
};

/// A window of at most the monitor's free area [pixels]; none where the system gives none.
Window open_window(std::string const& title, int width, int height);

} // namespace fluoro
