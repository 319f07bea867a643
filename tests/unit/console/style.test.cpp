#include "style.hpp"
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <utility>

using namespace fluoro;

namespace {

/// Relative luminance and contrast as WCAG 2.1 defines them.
double luminance(std::uint32_t colour)
{
    auto const linear = [&](int shift) {
        double const c = double((colour >> shift) & 0xff) / 255;
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(0) + 0.7152 * linear(8) + 0.0722 * linear(16);
}

double contrast(std::uint32_t a, std::uint32_t b)
{
    double const la = luminance(a), lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

} // namespace

TEST(Style, text_can_be_read_on_every_ground_it_stands_on)
{
    using namespace palette;
    std::pair<std::uint32_t, std::uint32_t> const pairs[] = {
        {text, ground},       {text, panel},       {text, card},       {text, button},       {text, button_hover},
        {quiet_text, ground}, {quiet_text, panel}, {quiet_text, card}, {quiet_text, button}, {notice, panel},
        {accent, panel},      {on_bright, accent}, {on_bright, beam},  {on_bright, notice},  {quiet_text, button_hover},
        {notice, card},       {ecg, card},         {pressure, card},   {saturation, card},   {breath, card},
        {ecg, ground},        {pressure, ground},  {breath, ground},
    };
    for (auto const& [ink, paper] : pairs) EXPECT_GE(contrast(ink, paper), 4.5) << std::hex << ink << " on " << paper;
}

TEST(Style, black_on_white_has_the_contrast_of_the_standard)
{
    EXPECT_NEAR(contrast(palette::rgb(0x000000), palette::rgb(0xffffff)), 21, 1e-9);
}
