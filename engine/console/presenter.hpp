#pragma once
#include <fluoro/image/image.hpp>
#include <memory>
#include <string>

struct GLFWwindow;

namespace fluoro {

/// Where the live image stands in the window [pixels of the window's frame buffer].
struct PictureArea {
    float left = 0, top = 0, side = 0;
    bool is_smooth = true; ///< bilinear, else nearest pixel
    friend bool operator==(PictureArea const&, PictureArea const&) = default;
};

/// The window's own small Vulkan device: swap chain, the live image, and Dear ImGui on top. It shares nothing with the
/// projector's device. Every wait has a time-out. A lost or stuck device throws Error (failed).
class Presenter {
public:
    /// Needs a current ImGui context with the GLFW backend running. Throws Error (failed) when no device can show
    /// `window`.
    explicit Presenter(GLFWwindow* window);
    ~Presenter();
    Presenter(Presenter const&) = delete;
    Presenter& operator=(Presenter const&) = delete;

    /// Call before ImGui::NewFrame().
    void begin();
    /// Shows `picture` from the next draw on: 12 bits, 0 .. 4095.
    void set_picture(Image<std::uint16_t> const& picture);
    /// The same for the reference monitor.
    void set_reference(Image<std::uint16_t> const& picture);
    /// The atlas of ImGui's fonts was rebuilt.
    void replace_fonts();
    /// Draws the pictures and ImGui's newest draw data, of both what has changed; a reference without extent is left
    /// out. False when nothing could be shown now (minimised, or the window system is busy): try again later.
    bool draw(PictureArea const& area, PictureArea const& reference);
    /// The window has lost what was shown: the next draw() shows it again, changed or not.
    void show_again();
    std::string device_name() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace fluoro
