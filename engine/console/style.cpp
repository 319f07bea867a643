#include "style.hpp"

#include <filesystem>
#include <imgui.h>

namespace fluoro {
namespace {

constexpr double regular_pixels = 15;

void add_font(char const* file, double pixels)
{
    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    std::filesystem::path const path = std::filesystem::path{"/usr/share/fonts/truetype/dejavu"} / file;
    std::error_code ignored;
    if (std::filesystem::is_regular_file(path, ignored)) {
        atlas.AddFontFromFileTTF(path.c_str(), float(pixels));
        return;
    }
    ImFontConfig config;
    config.SizePixels = float(pixels);
    atlas.AddFontDefault(&config);
}

} // namespace

void apply_style(double scale)
{
    ImGuiIO& io = ImGui::GetIO();
    io.Fonts->Clear();
    double const pixels = regular_pixels * scale;
    // In the order of Face.
    add_font("DejaVuSans.ttf", pixels);
    add_font("DejaVuSans-Bold.ttf", pixels);
    add_font("DejaVuSans-Bold.ttf", 1.5 * pixels);
    add_font("DejaVuSans.ttf", 0.8 * pixels);
    io.Fonts->Build();

    ImGuiStyle style;
    ImGui::StyleColorsDark(&style);
    auto const set = [&](ImGuiCol slot, std::uint32_t colour) {
        style.Colors[slot] = ImGui::ColorConvertU32ToFloat4(colour);
    };
    set(ImGuiCol_WindowBg, palette::panel);
    set(ImGuiCol_ChildBg, palette::card);
    set(ImGuiCol_Border, palette::edge);
    set(ImGuiCol_Text, palette::text);
    set(ImGuiCol_TextDisabled, palette::quiet_text);
    set(ImGuiCol_Button, palette::button);
    set(ImGuiCol_ButtonHovered, palette::button_hover);
    set(ImGuiCol_ButtonActive, palette::accent);
    set(ImGuiCol_FrameBg, palette::button);
    set(ImGuiCol_FrameBgHovered, palette::button_hover);
    set(ImGuiCol_PopupBg, palette::card);
    set(ImGuiCol_Header, palette::edge);
    set(ImGuiCol_HeaderHovered, palette::button_hover);
    set(ImGuiCol_HeaderActive, palette::edge);
    set(ImGuiCol_Tab, palette::button);
    set(ImGuiCol_TabHovered, palette::button_hover);
    set(ImGuiCol_TabActive, palette::edge);
    set(ImGuiCol_TabUnfocused, palette::button);
    set(ImGuiCol_TabUnfocusedActive, palette::edge);
    set(ImGuiCol_ScrollbarBg, palette::panel);
    set(ImGuiCol_ScrollbarGrab, palette::edge);
    style.WindowRounding = 0;
    style.WindowBorderSize = 0;
    style.FrameRounding = 3;
    style.FramePadding = {14, 6};
    style.WindowPadding = {9, 9};
    style.ItemSpacing = {6, 6};
    style.ScrollbarSize = 10;
    style.ScaleAllSizes(float(scale));
    ImGui::GetStyle() = style;
}

} // namespace fluoro
