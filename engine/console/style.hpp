#pragma once
#include <cstdint>

namespace fluoro {

/// Colours of the console, 0xAABBGGRR as ImGui packs them. Text on any ground it stands on here has a contrast of at
/// least 4.5:1; the signal colours are of the Okabe-Ito palette and never stand alone: shape or words say the same.
namespace palette {
constexpr std::uint32_t rgb(std::uint32_t hex)
{
    return 0xff000000u | ((hex & 0xffu) << 16) | (hex & 0xff00u) | (hex >> 16);
}
inline constexpr std::uint32_t ground = rgb(0x0e0f11); ///< the window, around the picture
inline constexpr std::uint32_t panel = rgb(0x15181c);
inline constexpr std::uint32_t card = rgb(0x1d2126);
inline constexpr std::uint32_t edge = rgb(0x343a42);
inline constexpr std::uint32_t text = rgb(0xe9ecef);
inline constexpr std::uint32_t quiet_text = rgb(0x9fa9b3);
inline constexpr std::uint32_t button = rgb(0x2b313a);
inline constexpr std::uint32_t button_hover = rgb(0x353c46);
inline constexpr std::uint32_t accent = rgb(0x56b4e9); ///< something is held or on
inline constexpr std::uint32_t beam = rgb(0xe69f00);   ///< the radiation lamp, nothing else
inline constexpr std::uint32_t notice = rgb(0xf0e442);
// What a patient's monitor shows in these colours, with its name beside it.
inline constexpr std::uint32_t ecg = rgb(0x4bdc7d);
inline constexpr std::uint32_t pressure = rgb(0xff7b72);
inline constexpr std::uint32_t saturation = rgb(0x4fd8e0);
inline constexpr std::uint32_t breath = rgb(0xe9ecef);
inline constexpr std::uint32_t on_bright = rgb(0x0e0f11); ///< text on accent, beam and notice
} // namespace palette

/// Fonts in ImGui's atlas, by index.
enum class Face { regular, bold, large, small_print };

/// Fills ImGui's font atlas and style for this scale (1 = 15 pixels a line of text). The fonts are those of the system
/// (DejaVu Sans); without them ImGui's own is scaled.
void apply_style(double scale);

} // namespace fluoro
