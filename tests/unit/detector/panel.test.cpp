#include <fluoro/detector/panel.hpp>

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <set>

namespace fluoro {
namespace {

PanelModel worn_panel()
{
    PanelModel panel;
    panel.sensitivity_spread = 0.015;
    panel.dead_elements = 1e-4;
    panel.dead_lines = 1e-3;
    return panel;
}

// 2596 x 2596 elements of 0.154 mm: 674 dead ones, of which 512^2 / 2596^2 stand in the middle format, 26 +- 5 on each
// panel.
TEST(Panel, the_share_of_dead_elements_is_the_models)
{
    PanelModel panel = worn_panel();
    panel.dead_lines = 0;
    int found = 0, panels = 20;
    for (int seed = 1; seed <= panels; ++seed) {
        panel.seed = std::uint64_t(seed);
        found += int(panel_map(panel, 512, 512, panel.native_pitch_mm).repairs.size());
    }
    double const expected = panels * 1e-4 * 512 * 512;
    EXPECT_NEAR(found, expected, 4 * std::sqrt(expected));
}

TEST(Panel, a_dead_line_goes_across_the_picture)
{
    PanelModel panel = worn_panel();
    panel.dead_elements = 0;
    panel.dead_lines = 5e-3; // 13 each way, two or three of them in the middle fifth
    auto const map = panel_map(panel, 512, 512, panel.native_pitch_mm);
    std::vector<int> in_column(512), in_row(512);
    for (auto const& repair : map.repairs) {
        ++in_column[repair.pixel % 512];
        ++in_row[repair.pixel / 512];
    }
    EXPECT_GT(std::count(in_column.begin(), in_column.end(), 512), 0);
    EXPECT_GT(std::count(in_row.begin(), in_row.end(), 512), 0);
}

// The elements are charged together: in a pixel of 2.5 x 2.5 of them a dead one is missed by its share of the area,
// which the map knows; nothing is repaired.
TEST(Panel, a_dead_element_in_a_large_pixel_lowers_its_sensitivity)
{
    PanelModel panel = worn_panel();
    panel.sensitivity_spread = 0;
    panel.dead_lines = 0;
    auto const map = panel_map(panel, 512, 512, 0.385);
    EXPECT_TRUE(map.repairs.empty());
    double lost = 0;
    for (float left : map.sensitivity) {
        lost += 1 - left;
        EXPECT_GT(left, 0.5f);
    }
    // 197.1 mm of 400 mm: 674 x 0.243 elements of 0.16 pixels each, Poisson.
    double const elements = 674 * std::pow(197.12 / 399.8, 2);
    EXPECT_NEAR(lost / 0.16, elements, 4 * std::sqrt(elements));
}

// 0.154 mm of an element in 0.2 mm pixels: where it falls within one it takes 59 % of its area, and what is left is too
// little; where it is split between two or four, each keeps more than half. So some are repaired and some are not.
TEST(Panel, a_pixel_that_lost_half_of_its_area_is_repaired)
{
    PanelModel panel = worn_panel();
    panel.sensitivity_spread = 0;
    panel.dead_lines = 0;
    auto const map = panel_map(panel, 512, 512, 0.2);
    std::size_t lowered = 0;
    for (float left : map.sensitivity) {
        EXPECT_TRUE(left == 0 || left >= 0.5f) << left;
        lowered += left > 0 && left < 1;
    }
    EXPECT_GT(map.repairs.size(), 5u);
    EXPECT_GT(lowered, 20u);
}

TEST(Panel, joined_elements_are_less_uneven)
{
    PanelModel panel;
    panel.sensitivity_spread = 0.015;
    for (double pitch_mm : {0.154, 0.308}) {
        auto const map = panel_map(panel, 256, 256, pitch_mm);
        double sum = 0, squares = 0;
        for (float s : map.sensitivity) {
            sum += s;
            squares += (s - 1.0) * (s - 1.0);
        }
        double const n = 65536, expected = 0.015 * 0.154 / pitch_mm;
        EXPECT_NEAR(sum / n, 1, 4 * expected / 256);
        EXPECT_NEAR(std::sqrt(squares / n), expected, 4 * expected / std::sqrt(2 * n));
    }
}

// Zoomed in, the same element stands elsewhere in the picture and at the same place on the panel.
TEST(Panel, a_defect_keeps_its_place_when_the_format_changes)
{
    PanelModel panel = worn_panel();
    panel.dead_lines = 0;
    auto const wide = panel_map(panel, 1024, 1024, 0.154), narrow = panel_map(panel, 512, 512, 0.154);
    std::set<std::size_t> seen;
    for (auto const& repair : wide.repairs) {
        std::size_t const x = repair.pixel % 1024, y = repair.pixel / 1024;
        if (x >= 256 && x < 768 && y >= 256 && y < 768) seen.insert((y - 256) * 512 + x - 256);
    }
    std::set<std::size_t> expected;
    for (auto const& repair : narrow.repairs) expected.insert(repair.pixel);
    EXPECT_FALSE(expected.empty());
    EXPECT_EQ(seen, expected);
}

TEST(Panel, one_panel_is_not_another)
{
    PanelModel panel = worn_panel();
    auto const one = panel_map(panel, 128, 128, 0.154);
    EXPECT_EQ(one.sensitivity, panel_map(panel, 128, 128, 0.154).sensitivity);
    panel.seed = 2;
    EXPECT_NE(one.sensitivity, panel_map(panel, 128, 128, 0.154).sensitivity);
}

TEST(Panel, what_stands_in_is_sound_and_next_to_it)
{
    PanelModel panel = worn_panel();
    panel.dead_elements = 0.01; // clusters occur
    panel.dead_lines = 5e-3;
    auto const map = panel_map(panel, 300, 200, 0.154);
    ASSERT_GT(map.repairs.size(), 500u);
    for (auto const& repair : map.repairs) {
        ASSERT_FALSE(repair.from.empty());
        float sum = 0;
        for (std::size_t i = 0; i < repair.from.size(); ++i) {
            EXPECT_GT(map.sensitivity[repair.from[i]], 0.5f);
            int const dx = int(repair.from[i] % 300) - int(repair.pixel % 300),
                      dy = int(repair.from[i] / 300) - int(repair.pixel / 300);
            EXPECT_LE(std::max(std::abs(dx), std::abs(dy)), 3); // no cluster of these is wider
            sum += repair.weights[i];
        }
        EXPECT_NEAR(sum, 1, 1e-6);
    }
}

} // namespace
} // namespace fluoro
