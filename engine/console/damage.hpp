#pragma once
#include <cstdint>
#include <vector>

struct ImDrawData;

namespace fluoro {

/// Whole pixels of the window's frame buffer; right and bottom do not belong to it.
struct ScreenRect {
    int left = 0, top = 0, right = 0, bottom = 0;
    bool is_empty() const { return left >= right || top >= bottom; }
    friend bool operator==(ScreenRect const&, ScreenRect const&) = default;
};
/// The smallest that holds both.
ScreenRect united(ScreenRect const& a, ScreenRect const& b);
ScreenRect common(ScreenRect const& a, ScreenRect const& b);

/// One of ImGui's windows as it was drawn: corners of triangles, in their order.
struct DrawnPanel {
    struct Corner {
        float x = 0, y = 0; ///< [pixels]
        float u = 0, v = 0; ///< place in the texture
        std::uint32_t colour = 0;
        friend bool operator==(Corner const&, Corner const&) = default;
    };
    std::vector<Corner> corners;
    std::vector<float> clips; ///< of its pieces, four edges each
};
/// All panels of this redraw.
std::vector<DrawnPanel> drawn_panels(ImDrawData const& data);
/// What of the window looks different: from the first to the last corner that differs. All of it (`whole`) where panels
/// have come or gone.
ScreenRect changed_area(std::vector<DrawnPanel> const& before, std::vector<DrawnPanel> const& now,
                        ScreenRect const& whole);
/// Leaves out of the drawing what lies outside `area`.
void clip_to(ImDrawData& data, ScreenRect const& area);

} // namespace fluoro
