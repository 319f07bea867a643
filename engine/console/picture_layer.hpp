#pragma once
#include "presenter.hpp"
#include <fluoro/image/image.hpp>
#include <memory>

// Vulkan's handles, as its own header declares them.
struct VkPhysicalDevice_T;
struct VkDevice_T;
struct VkRenderPass_T;
struct VkCommandBuffer_T;

namespace fluoro {

/// The live image on the window's device: 12-bit grey levels, scaled and dithered to the screen by a small shader.
class PictureLayer {
public:
    PictureLayer(VkPhysicalDevice_T* physical, VkDevice_T* device, VkRenderPass_T* pass);
    ~PictureLayer();
    PictureLayer(PictureLayer const&) = delete;
    PictureLayer& operator=(PictureLayer const&) = delete;

    /// No frame that reads the picture may be under way.
    void set(Image<std::uint16_t> const& grey);
    /// Copies a new picture to the device; before the render pass.
    void upload(VkCommandBuffer_T* commands);
    /// Inside the render pass; the window is `width` x `height` pixels. Nothing before the first picture.
    void draw(VkCommandBuffer_T* commands, PictureArea const& area, int width, int height);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace fluoro
